// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a run of kind `outliers` keeps in its folder, one file for each input of layers, because it
/// is too large for the table that every view loads. Read by core/analysis/outlier_atlas_file.h.
namespace bitprism {

/// Magnitudes in 8 bits: sixteen bins to an octave, of equal width within the octave (a value is
/// known within 1/32 of itself), and code 255 for the bin of the largest. Code 0 stands for all
/// that lies 15.9 octaves and more below it, and for zero.
struct MagnitudeScale
{
    /// Leading 12 bits (exponent and four of the mantissa) of the largest magnitude as a float.
    int topBin = 0;

    /// Middle of the bin; 0 for code 0. Ascending in `code`.
    float magnitude(std::uint8_t code) const;
};

/// Magnitudes of a layer's input, channels down and tokens across.
struct OutlierMap
{
    std::int64_t channels = 0; ///< of the input
    std::int64_t tokens = 0; ///< calibration tokens that entered, padding left out
    /// So many neighbouring channels (tokens) share a cell, which holds their largest magnitude.
    std::int64_t channelPool = 1;
    std::int64_t tokenPool = 1;
    MagnitudeScale scale;
    std::vector<std::uint8_t> codes; ///< [mapChannels(), mapTokens()], row-major

    std::int64_t mapChannels() const { return (channels + channelPool - 1) / channelPool; }
    std::int64_t mapTokens() const { return (tokens + tokenPool - 1) / tokenPool; }

    /// A top outlier channel with every token. `firstToken`: before it the codes are the pooled
    /// ones, because the channel was not among the largest yet; 0 for nearly all.
    struct ChannelRow
    {
        std::int64_t channel = 0;
        std::int64_t firstToken = 0;
        std::vector<std::uint8_t> codes; ///< [tokens]
    };
    std::vector<ChannelRow> rows; ///< the largest first, at most 16
    std::vector<float> channelMaxAbs; ///< [channels], exact
    std::vector<float> channelMedian; ///< [channels], of |x| over tokens, within 1/16 of itself
    std::vector<float> channel99; ///< [channels], 0.99 quantile of |x|, likewise
    std::vector<float> tokenLow; ///< [tokens], smallest value over channels, exact
    std::vector<float> tokenHigh; ///< [tokens]
    std::vector<float> gain; ///< [channels], of the norm that feeds the layers; empty: none

    float tokenMaxAbs(std::size_t token) const
    {
        return std::max(-tokenLow[token], tokenHigh[token]);
    }
};

/// The calibration tokens of one stack, in the order of maps' columns.
struct AtlasTokens
{
    std::vector<std::int64_t> samples; ///< [tokens], from 0
    std::vector<std::int64_t> positions; ///< [tokens], within the sample
    std::vector<std::int64_t> ids; ///< [tokens]; empty where the stack reads features
    std::vector<std::string> pieces; ///< text of each id in `vocabulary`
    std::vector<std::int64_t> vocabulary; ///< ids that occur, ascending

    std::int64_t count() const { return static_cast<std::int64_t>(samples.size()); }
    /// Text of token `token`; empty where the stack reads features.
    std::string text(std::int64_t token) const;
    /// Text of tokens [first, last) of the same sample as `token`, clipped to that sample.
    std::string textAround(std::int64_t token, std::int64_t first, std::int64_t last) const;
};

} // namespace bitprism
