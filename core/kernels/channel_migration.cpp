// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/channel_migration.h"

#include "core/kernels/rank_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

double smoothingScale(double inputMax, double weightMax, double alpha)
{
    constexpr double least = 1e-5;
    const double weight = std::max(weightMax, least);
    return std::max(std::pow(inputMax, alpha) / std::pow(weight, 1 - alpha), least);
}

std::vector<float> migratedGains(std::span<const float> gains, double guard)
{
    std::vector<double> magnitudes;
    for (const float gain : gains) {
        magnitudes.push_back(std::fabs(gain));
    }
    const double least = gains.empty() ? 0 : guard * quantiles(magnitudes, std::array{0.5}).front();
    std::vector<float> moved(gains.begin(), gains.end());
    for (std::size_t j = 0; j < moved.size(); ++j) {
        if (magnitudes[j] < least || magnitudes[j] == 0) {
            moved[j] = 1;
        }
    }
    return moved;
}

double suppressionShift(double low, double high) { return (high + low) / 2; }

double suppressionScale(double low, double high, double threshold)
{
    return std::max({1.0, high / threshold, -low / threshold});
}

double lowestThreshold(bool isLayerNorm) { return isLayerNorm ? 1 : 0.1; }

} // namespace bitprism
