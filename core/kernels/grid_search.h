// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/uniform_quantizer.h"

#include <span>
#include <stop_token>

namespace bitprism::detail {

/// Smallest and largest value.
struct ValueRange
{
    float low = 0;
    float high = 0;
};
ValueRange valueRange(std::span<const float> values);

/// Throws BadInput for options no grid can have.
void checkOptions(const GridOptions &options);

/// fitGrid() without its checks.
Grid fitGroup(std::span<const float> group, const GridOptions &options,
              const std::stop_token &stop = {});

/// One grid for each row of `group` [rows, g], or one for all if `grids` has one element, by
/// ClipSearch::Hessian with H's block `hessian` [g, g].
void searchByHessian(MatrixView<const float> group, MatrixView<const float> hessian,
                     const GridOptions &options, std::span<Grid> grids,
                     const std::stop_token &stop = {});

/// The zero point before rounding that a range has at `scale`: what the Hessian search rounds both
/// ways. Asymmetric rules only.
float exactZeroPoint(float low, float scale, RangeRule rule);
/// Within what the rule allows.
std::int16_t clampZeroPoint(float zeroPoint, RangeRule rule, int bits);

} // namespace bitprism::detail
