// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/magnitude_counts.h"
#include "core/quant/signed_grid.h"

#include <string_view>

namespace bitprism {

/// What a grid of activations reaches.
struct ActivationRange
{
    double low = 0; ///< at most 0
    double high = 0; ///< at least 0
};

/// The range that holds zero and every counted value.
ActivationRange wholeRange(const MagnitudeCounts &counts);

/// wholeRange() cut where |x| leaves out 1 - `kept` of the values.
ActivationRange percentileRange(const MagnitudeCounts &counts, double kept);

/// Mean squared rounding error of the counted values, taken as uniform within each bin, on the grid
/// that `range` gives: exact for such values, so candidates compare smoothly however small the
/// step. Symmetric: symmetricCodes() of that name over the larger end.
double roundingError(const MagnitudeCounts &counts, const ActivationRange &range, int bits,
                     bool isSymmetric, std::string_view grid = symmetricGrids::positive);

/// The range of least roundingError() among whole ones shrunk by powers of 2^(1/8) (symmetric), or
/// at either end by powers of 2^(1/4), down to 1/1024 and 1/256. Never worse than the whole range.
ActivationRange searchedRange(const MagnitudeCounts &counts, int bits, bool isSymmetric,
                              std::string_view grid = symmetricGrids::positive);

} // namespace bitprism
