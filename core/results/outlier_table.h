// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

struct OutlierChannel
{
    std::int64_t channel = 0;
    double maxAbs = 0;
};

/// Counts of equal-width bins over [low, high].
struct Histogram
{
    double low = 0;
    double high = 0;
    std::vector<std::int64_t> counts;
};

/// Statistics of one layer's input on the calibration set.
struct LayerOutliers
{
    std::string layer;
    double maxAbs = 0;
    double kurtosis = 0; ///< fourth standardised moment over all entries; 3 for a Gaussian
    std::vector<OutlierChannel> outlierChannels; ///< the largest first, at most 16
    /// Quantiles over tokens of each token's largest magnitude: 0.5, 0.9, 0.99, 1.
    double tokenMaxMedian = 0;
    double tokenMax90 = 0;
    double tokenMax99 = 0;
    double tokenMaxLargest = 0;
    std::vector<double> channelMaxAbs; ///< [cols]
    Histogram inputHistogram;
    Histogram weightHistogram;
};

struct OutlierTable final : Result
{
    static constexpr std::string_view kind = "outliers";

    std::string model;
    std::string data;
    std::int64_t tokens = 0;
    double seconds = 0;
    /// The rows are about the weights themselves, because the model cannot be run: channels are
    /// columns, and what is said of tokens is said of rows.
    bool isOfWeights = false;
    std::vector<LayerOutliers> layers;
    bool complete = false;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static OutlierTable fromJson(const nlohmann::json &json);
};

} // namespace bitprism
