// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/threshold_search.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

at::Tensor scalesFor(const at::Tensor &high, const at::Tensor &low, double threshold)
{
    return at::maximum(high / threshold, low / -threshold).clamp_min(1);
}

ThresholdChoice
searchThreshold(const at::Tensor &high, const at::Tensor &low, double lowest,
                const std::function<double(const at::Tensor &scale, double threshold)> &objective)
{
    constexpr double candidateWidth = 0.5;
    constexpr double fewest = 100;
    ThresholdChoice choice;
    choice.scale = at::ones_like(high);
    choice.threshold = at::maximum(high, -low).max().item<double>();
    const double span = choice.threshold - lowest;
    if (span <= 0) {
        return choice;
    }
    const double reach = std::max(0.0, high.max().item<double>());
    const double steps = std::max(fewest, std::floor(reach / candidateWidth));
    const double largest = choice.threshold;
    double least = 0;
    for (double i = 0; i <= steps; ++i) {
        const double threshold = largest - i * span / steps;
        const at::Tensor scale = scalesFor(high, low, threshold);
        choice.objectives.push_back(objective(scale, threshold));
        if (i == 0 || choice.objectives.back() < least) {
            least = choice.objectives.back();
            choice.threshold = threshold;
            choice.scale = scale;
        }
    }
    return choice;
}

} // namespace bitprism
