// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"
#include "core/kernels/uniform_quantizer.h"

#include <stop_token>
#include <vector>

namespace bitprism {

/// AWQ's clip search (Lin et al., arXiv 2306.00978, its published code): for each row and group,
/// the limit m = absmax (1 - i / (2 steps)), i = 0 .. steps - 1, whose clamped and quantized
/// weights change the layer's output least, and never more than without clipping. `hessian` [cols,
/// cols] is a multiple of sum x x^T over all calibration tokens, which gives the mean squared
/// change of a group's part of the output without a pass over the tokens (the published code takes
/// 512 of them). Returns the limits, [rows, groups]. Same result for any thread count. O(steps rows
/// cols groupSize).
std::vector<float> awqClipLimits(MatrixView<const float> weights, MatrixView<const float> hessian,
                                 const GridOptions &options, int steps,
                                 const std::stop_token &stop = {});

/// Clamps each group of `weights` to its limit.
void clampGroups(MatrixView<float> weights, const GridOptions &options,
                 const std::vector<float> &limits);

} // namespace bitprism
