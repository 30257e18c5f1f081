// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace bitprism {

/// What a search for the threshold of Outlier Suppression+ found (Wei et al., arXiv 2304.09145,
/// section 3.2.2).
struct ThresholdChoice
{
    at::Tensor scale; ///< [channels], at least 1: max(1, high / threshold, low / -threshold)
    double threshold = 0;
    std::vector<double> objectives; ///< by candidate; empty where nothing was tried
};

/// The scales that `threshold` asks for, of channels that reach from `low` to `high` once shifted.
at::Tensor scalesFor(const at::Tensor &high, const at::Tensor &low, double threshold);

/// Steps between the thresholds that are tried of channels that reach up to `highest`:
/// max(100, highest / 0.5).
double thresholdSteps(double highest);

/// Tries thresholdSteps() + 1 thresholds from the largest magnitude down to `lowest`, and keeps the
/// first of the least objective. Where the largest magnitude is no higher than `lowest` every scale
/// is 1 and nothing is tried. `objective` is called on `threads` threads at once; the result does
/// not depend on them.
ThresholdChoice
searchThreshold(const at::Tensor &high, const at::Tensor &low, double lowest,
                const std::function<double(const at::Tensor &scale, double threshold)> &objective,
                std::size_t threads = 1);

} // namespace bitprism
