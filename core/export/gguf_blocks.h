// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/exporter.h"
#include "core/kernels/encoding.h"
#include "core/kernels/ggml_types.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bitprism {

/// A layer's codes in blocks of ggml.
struct GgmlBlocks
{
    GgmlType type = GgmlType::Q4_0;
    std::vector<std::byte> bytes; ///< rows one after another
};

/// The blocks that hold `codes` exactly: ggml's own, or uniform codes whose blocks of 32 columns
/// have one F16 scale and the zero point in the middle (4 bits: Q4_0, 5: Q5_0, 8: Q8_0) or a
/// minimum that F16 holds (Q4_1, Q5_1). Throws BadInput that names `tensor` and the nearest thing
/// that would do.
GgmlBlocks ggmlBlocksOf(const QuantizedWeight &codes, const std::string &tensor);

/// Throws BadInput for planned codes that will have no such blocks.
void requireGgmlCodes(const PlannedCodes &codes);

} // namespace bitprism
