// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"

#include <span>
#include <stop_token>

namespace bitprism {

/// How far quantized weights lie from the originals; sums in double.
struct WeightError
{
    double meanSquared = 0;
    double relative = 0; ///< squared error over the squared weights; 0 for weights all zero
    double maxAbs = 0;
};

WeightError weightError(std::span<const float> original, std::span<const float> quantized);

/// tr(D H D^T) / tr(W H W^T) with D = quantized - original: the squared output error relative to
/// the output's square on the inputs that made H [cols, cols]. 0 where the output is zero.
double relativeOutputError(MatrixView<const float> original, MatrixView<const float> quantized,
                           MatrixView<const float> hessian, const std::stop_token &stop = {});

} // namespace bitprism
