// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"
#include "core/results/model_info.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// A linear layer (or table) as a family lays it out.
struct LayerLayout
{
    std::string name; ///< unique in the model, without ".weight"
    std::string kind;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    bool hasBias = true;
    std::string inputGroup = {};
    std::string producer = {};
    bool isTransposed = false;
    std::string source = {}; ///< the name in the checkpoint where layers share one; empty: `name`
};

/// Any other tensor: norms, single biases.
struct TensorLayout
{
    std::string name;
    std::vector<std::int64_t> shape; ///< as used: layers' weights [rows, cols]
    std::string source = {};
};

/// What one block, the embeddings or the head consist of.
struct PartLayout
{
    std::vector<LayerLayout> layers;
    std::vector<TensorLayout> others;

    /// A norm's scale and shift over `size` channels, with their names behind `name`.
    void addNorm(const std::string &name, std::int64_t size, const std::string &scale = ".weight",
                 const std::string &shift = ".bias", const std::string &source = {});
    /// Everything, the layers' weights and biases included.
    std::vector<TensorLayout> tensors() const;
};

/// Tensor names, shapes and roles of a single-stack model: one table for the description and the
/// forward pass.
struct ModelLayout
{
    PartLayout embeddings;
    std::vector<PartLayout> blocks;
    PartLayout head;
};

/// Adds the layers of `layout` to `info`, and sets `runnable` and `problem`: a missing tensor makes
/// the model not runnable. BadInput where a shape contradicts config.json or a weight is no
/// floating-point number.
void describeLayout(const io::Checkpoint &checkpoint, const ModelLayout &layout, ModelInfo &info);

/// What stands before `suffix` in the name of the layer that ends with it; empty where none does.
std::string prefixOf(const ModelInfo &info, std::string_view suffix);
/// The first of `prefixes` with which the checkpoint has PREFIX + `name`; else the first.
std::string prefixIn(const io::Checkpoint &checkpoint, std::vector<std::string> prefixes,
                     const std::string &name);

} // namespace bitprism
