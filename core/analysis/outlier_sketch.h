// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/channel_sketch.h"
#include "core/analysis/magnitude_map.h"
#include "core/analysis/token_sample.h"
#include "core/kernels/matrix_view.h"
#include "core/results/outlier_samples.h"

#include <array>
#include <cstdint>
#include <vector>

namespace bitprism {

/// All that the outlier atlas keeps of one input of layers, in one pass over its tokens and in
/// memory that does not grow with them (but for eight bytes a token and two for each watched
/// channel): about 1.5 kB a channel and the map.
class OutlierSketch
{
public:
    /// `firstToken`: number of the first token that add() will bring, for a shard.
    OutlierSketch(std::int64_t channels, const MapLimits &limits, std::int64_t firstToken = 0);

    /// The next tokens, [tokens, channels], finite. O(tokens channels).
    void add(MatrixView<const float> x);
    /// Takes in a shard of other tokens, as if they had been added here.
    void merge(const OutlierSketch &other);

    std::int64_t channels() const { return m_channelCount; }
    std::int64_t tokens() const { return m_tokens; } ///< added, those of merged shards included
    std::vector<float> tokenMaxAbs() const; ///< by token's number
    const ChannelSketch &perChannel() const { return m_channels; }
    /// Over all entries.
    double kurtosis() const;

    OutlierMap map() const;
    /// Without the norm and the layers, which it does not know.
    InputSamples samples() const;

private:
    void addTokens(MatrixView<const float> x);

    std::int64_t m_channelCount = 0;
    std::int64_t m_next = 0;
    std::int64_t m_tokens = 0;
    ChannelSketch m_channels;
    MagnitudeMap m_map;
    TopChannelRows m_rows;
    TokenSample m_sample;
    std::vector<float> m_tokenLow; ///< by token's number; infinite where none was added
    std::vector<float> m_tokenHigh;
};

} // namespace bitprism
