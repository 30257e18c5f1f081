// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One calibration token, and what was found there.
struct TokenMark
{
    std::int64_t token = 0; ///< counted over all samples of its stack, padding left out: map column
    std::int64_t sample = 0; ///< from 0
    std::int64_t position = 0; ///< within the sample, from 0
    std::int64_t id = -1; ///< in the vocabulary; -1 where the stack reads features
    std::string text; ///< the token's own; empty where the stack reads features
    std::string before; ///< text of up to eight tokens before it, and after it
    std::string after;
    double value = 0; ///< with its sign
};

struct OutlierChannel
{
    std::int64_t channel = 0;
    double maxAbs = 0;
    std::optional<double> gain = {}; ///< of the norm that feeds the layer, at this channel
    std::vector<TokenMark> tokens = {}; ///< that excite it most, the largest first, at most 5
};

/// Counts of equal-width bins over [low, high].
struct Histogram
{
    double low = 0;
    double high = 0;
    std::vector<std::int64_t> counts;
};

/// How much of the squared output error of quantizing a layer's input goes away where its largest
/// channels are kept as they are: because their own error does, and because the grid of the others
/// becomes finer. On the cached tokens; asymmetric min-max grids; weights unquantized.
struct ErrorShare
{
    int bits = 8;
    std::int64_t channels = 0; ///< kept: the first of outlierChannels, 1 % of all and at least one
    double perTensor = 0; ///< at most 1; one static grid
    double perToken = 0; ///< one grid for each token
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
    /// Quantiles over all entries of the magnitude, within 1/128 of themselves: 0.5, 0.99, 0.999.
    double magnitudeMedian = 0;
    double magnitude99 = 0;
    double magnitude999 = 0;
    double channelMaxMedian = 0; ///< median over channels of channelMaxAbs
    std::vector<double> channelMaxAbs; ///< [cols]
    Histogram inputHistogram;
    Histogram weightHistogram;
    double weightMaxAbs = 0;
    double weightKurtosis = 0;
    std::string norm; ///< tensor of the gain that scales this input; empty: no norm feeds it
    /// Spearman's, of |gain| and channelMaxAbs; nothing without a norm or where one is constant.
    std::optional<double> gainCorrelation;
    std::vector<ErrorShare> errorShares; ///< at 8, 6 and 4 bits
    int tokenStack = 0; ///< whose tokens enter: another's for what attends to another stack
    /// File of the input's map in the run's folder, shared by layers of one input
    /// (core/analysis/outlier_atlas_file.h); empty: none is kept.
    std::string atlasFile;
};

/// A token that the model's attention rests on without need (Xiao et al., arXiv 2309.17453).
struct AttentionSink
{
    TokenMark token; ///< value: share of attention it gets, mean over heads and queries that see it
    int heads = 0; ///< in how many it gets more than 0.3 (Gu et al., arXiv 2410.10781)
};

/// What leaves a block, and where its attention rests.
struct BlockOutliers
{
    int stack = 0;
    int block = 0;
    double maxAbs = 0; ///< over the block's output
    double medianAbs = 0;
    int heads = 0; ///< of its attention; 0 where it was not seen
    /// Tokens with an entry above 100 and above 1,000 times the median (Sun et al.,
    /// arXiv 2402.17762); the largest first, at most 16.
    std::vector<TokenMark> massive;
    std::vector<std::int64_t> massiveChannels; ///< channel of each of `massive`
    std::vector<AttentionSink> sinks; ///< with heads > 0; the strongest first, at most 16
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
    std::vector<BlockOutliers> blocks;
    std::vector<std::string> notes; ///< "length 2048 was cut to the model's context, 512"
    bool complete = false;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static OutlierTable fromJson(const nlohmann::json &json);
};

/// One layer's or block's part of the JSON, for journals.
nlohmann::json toJson(const LayerOutliers &layer);
nlohmann::json toJson(const BlockOutliers &block);
LayerOutliers layerOutliersFromJson(const nlohmann::json &json);
BlockOutliers blockOutliersFromJson(const nlohmann::json &json);

} // namespace bitprism
