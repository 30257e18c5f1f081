// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/threshold_search.h"

#include "core/models/run_states.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

at::Tensor scalesFor(const at::Tensor &high, const at::Tensor &low, double threshold)
{
    return at::maximum(high / threshold, low / -threshold).clamp_min(1);
}

double thresholdSteps(double highest)
{
    constexpr double candidateWidth = 0.5;
    constexpr double fewest = 100;
    return std::max(fewest, std::floor(std::max(0.0, highest) / candidateWidth));
}

ThresholdChoice
searchThreshold(const at::Tensor &high, const at::Tensor &low, double lowest,
                const std::function<double(const at::Tensor &scale, double threshold)> &objective,
                std::size_t threads)
{
    ThresholdChoice choice;
    choice.scale = at::ones_like(high);
    choice.threshold = at::maximum(high, -low).max().item<double>();
    const double span = choice.threshold - lowest;
    if (span <= 0) {
        return choice;
    }
    const double steps = thresholdSteps(high.max().item<double>());
    const double largest = choice.threshold;
    const auto thresholdOf
        = [&](std::size_t i) { return largest - static_cast<double>(i) * span / steps; };
    choice.objectives.resize(static_cast<std::size_t>(steps) + 1);
    const auto tryOne = [&](std::size_t i) {
        const double threshold = thresholdOf(i);
        choice.objectives[i] = objective(scalesFor(high, low, threshold), threshold);
    };
    if (threads > 1) {
        forEachOnThreads(choice.objectives.size(), threads, tryOne);
    } else {
        for (std::size_t i = 0; i < choice.objectives.size(); ++i) {
            tryOne(i);
        }
    }
    const auto least = std::min_element(choice.objectives.begin(), choice.objectives.end());
    choice.threshold = thresholdOf(static_cast<std::size_t>(least - choice.objectives.begin()));
    choice.scale = scalesFor(high, low, choice.threshold);
    return choice;
}

} // namespace bitprism
