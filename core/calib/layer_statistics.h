// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitprism {

/// Which sums a pass over the calibration set keeps; one pass feeds all.
struct StatisticsNeeds
{
    bool hessian = false; ///< 2/n sum x x^T
    bool channels = false; ///< maxima and moments per input channel
    bool tokens = false; ///< each token's largest magnitude
    bool histogram = false;

    StatisticsNeeds &operator|=(const StatisticsNeeds &other);
};

/// Sums over the calibration tokens that entered one input group. Mergeable: shards add up.
struct LayerStatistics
{
    std::int64_t cols = 0;
    std::int64_t tokens = 0;
    std::int64_t samples = 0;
    at::Tensor outerSum; ///< [cols, cols], FP32: sum x x^T over tokens; undefined unless asked for
    std::vector<float> channelMaxAbs; ///< [cols]
    std::vector<double> channelSum; ///< [cols]
    std::vector<double> channelAbsSum; ///< [cols]
    std::vector<double> channelSquareSum; ///< [cols]
    double sum = 0; ///< over all entries, for the four moments
    double squareSum = 0;
    double cubeSum = 0;
    double fourthSum = 0;
    std::vector<float> tokenMaxAbs; ///< one per token
    Histogram histogram;

    void merge(const LayerStatistics &other);
    /// 2/n sum x x^T with n = tokens (base-methods.md 3; GPTQ does not depend on the normaliser).
    at::Tensor hessian() const;
    double kurtosis() const;
};

/// Hooks that collect statistics per input group while a block runs.
class StatisticsCollector;

} // namespace bitprism
