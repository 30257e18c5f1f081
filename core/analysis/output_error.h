// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/input_change.h"

#include <cstdint>
#include <vector>

namespace bitprism {

// What rounding an input and a weight does to the output, on sampled tokens and rows. Matrices are
// row-major; `cols` are the channels of the input.

/// x rounded to an asymmetric min-max grid, minus x: per row, or one grid over `range`.
std::vector<float> inputError(const std::vector<float> &x, std::int64_t cols,
                              const InputRange &range, int bits, bool perToken);
/// w rounded to symmetric min-max grids, one for each row, minus w.
std::vector<float> weightError(const std::vector<float> &w, std::int64_t cols, int bits);

/// result = a b^T, [rows of a, rows of b].
void multiply(const std::vector<float> &a, const std::vector<float> &b, std::int64_t cols,
              std::vector<float> &result);

/// Sums of squares of a [tokens, rows] matrix: over all, by token, and by row; tokens weighted but
/// in `byToken`.
struct Squares
{
    double total = 0;
    std::vector<double> byToken;
    std::vector<double> byRow;
};
Squares squaresOf(const std::vector<float> &matrix, const std::vector<double> &weights);

/// Standard error of error.total / output.total by linearisation, tokens and rows drawn apart.
double ratioStderr(const InputSamples &samples, const WeightRows &layer, const Squares &error,
                   const Squares &output);

} // namespace bitprism
