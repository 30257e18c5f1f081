// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// A layer's name and its codes.
using NamedWeight = std::pair<std::string, QuantizedWeightPtr>;

/// Writes quantized layers as one safetensors file that appears complete and flushed or not at all.
/// Arrays are named LAYER.ARRAY; the metadata hold the encoding of each layer, in order.
void writeCodeFile(const std::filesystem::path &file, const std::vector<NamedWeight> &layers);

/// Reads what writeCodeFile() wrote, in order. Throws BadInput, naming file and layer, for anything
/// else.
std::vector<NamedWeight> readCodeFile(const std::filesystem::path &file);

} // namespace bitprism
