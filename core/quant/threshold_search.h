// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

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

/// Tries n + 1 thresholds from the largest magnitude down to `lowest`, n = max(100, highest / 0.5),
/// and keeps the first of the least objective. Where the largest magnitude is no higher than
/// `lowest` every scale is 1 and nothing is tried.
ThresholdChoice
searchThreshold(const at::Tensor &high, const at::Tensor &low, double lowest,
                const std::function<double(const at::Tensor &scale, double threshold)> &objective);

} // namespace bitprism
