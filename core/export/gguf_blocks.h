// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/ggml_types.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bitprism {

/// The block type that holds `codes` exactly: ggml's own, or for uniform codes whose blocks of 32
/// columns have one F16 scale, the type with the zero point in the middle (4 bits: Q4_0, 5: Q5_0,
/// 8: Q8_0) or with a minimum that F16 holds (Q4_1, Q5_1), which no outline promises. Throws
/// BadInput that names `tensor` and the nearest thing that would do.
GgmlType ggmlTypeOf(const QuantizedWeight &codes, const std::string &tensor);

/// The blocks of that type, rows one after another. Throws the same.
std::vector<std::byte> ggmlBlocksOf(const QuantizedWeight &codes, const std::string &tensor);

} // namespace bitprism
