// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_edits.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// A layer's name and its codes.
using NamedWeight = std::pair<std::string, QuantizedWeightPtr>;

/// What a run keeps of one unit: its quantized layers, and the tensors edited beside them.
struct CodeFile
{
    std::vector<NamedWeight> layers;
    TensorEdits edits;
};

/// Writes quantized layers as one safetensors file that appears complete and flushed or not at all.
/// Arrays are named LAYER.ARRAY; the metadata hold the encoding of each layer, in order. Edited
/// tensors are named edit:TENSOR, F32.
void writeCodeFile(const std::filesystem::path &file, const std::vector<NamedWeight> &layers,
                   const TensorEdits &edits = {});

/// Reads what writeCodeFile() wrote, layers in order. Throws BadInput, naming file and layer, for
/// anything else.
CodeFile readCodeFile(const std::filesystem::path &file);

/// What a run says its codes are, RunSummary::codesSha256: layers in the model's order, whatever
/// order they were quantized in, and edits.
std::string codesSha256(const ModelInfo &model, const QuantizedOverlay &codes);

} // namespace bitprism
