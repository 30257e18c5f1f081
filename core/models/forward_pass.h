// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/models/block.h"
#include "core/models/stream_state.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bitprism {

/// Where a forward pass gets the tensors that belong to no block: through the model's overlay,
/// FP32, on the device.
class TensorSource
{
public:
    virtual ~TensorSource() = default;
    virtual at::Tensor load(const std::string &name) const = 0;
    virtual at::Tensor loadRows(const std::string &name, const at::Tensor &indices) const = 0;
};

/// A tensor that a forward pass will ask its block for.
struct ExpectedTensor
{
    std::string name; ///< as in the checkpoint; unique in the model
    std::vector<std::int64_t> shape; ///< as the forward pass uses it: layers' weights [rows, cols]
    /// The checkpoint's tensor it is read from, where several blocks share one; empty: `name`.
    std::string source = {};
};

/// The forward pass of one family bound to one configuration; stateless between calls.
class ForwardPass
{
public:
    virtual ~ForwardPass() = default;
    /// Every tensor that runBlock() (for headOf(): finish()) reads. The model checks them against
    /// the checkpoint when it opens, and loads these.
    virtual std::vector<ExpectedTensor> tensorsOf(BlockId id) const = 0;
    /// What begin() reads.
    virtual std::vector<ExpectedTensor> embeddingTensors(int stack) const = 0;

    virtual StreamState begin(const TensorSource &source, int stack, const Batch &batch) const = 0;
    /// `layers` are the block's layers, in the order of ModelInfo; hooks get them by reference.
    virtual void runBlock(const Block &block, const std::vector<const LayerInfo *> &layers,
                          StreamState &state, BlockHooks *hooks) const = 0;
    virtual at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &layers,
                              const at::Tensor &hidden, BlockHooks *hooks) const = 0;
};

/// Component of kind `forward`; its id equals the family's.
class ForwardPassFactory
{
public:
    using Interface = ForwardPassFactory;
    static constexpr Kind kind = Kind::forward;
    virtual ~ForwardPassFactory() = default;
    /// `config` is the parsed config.json.
    virtual std::unique_ptr<ForwardPass> bind(const ModelInfo &info, const Json &config) const = 0;
};

} // namespace bitprism
