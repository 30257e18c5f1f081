// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
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

} // namespace bitprism
