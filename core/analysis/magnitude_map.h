// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_atlas.h"

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// Leading 12 bits of a magnitude as a float: MagnitudeScale's bins before they are cut to 8 bits.
inline std::uint16_t magnitudeBin(float value)
{
    return static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) & 0x7fffffffU) >> 19);
}

/// How large the map of one input may become.
struct MapLimits
{
    std::int64_t channels = 4096;
    std::int64_t tokens = 2048;
    std::int64_t cells = std::int64_t{1} << 23;
};

/// The cells of an OutlierMap while tokens come in: neighbouring channels share a cell from the
/// start where there are many, tokens as soon as they do not fit (pairs join). A cell is a maximum
/// over fixed tokens, so that any order of adding and merging gives the same.
class MagnitudeMap
{
public:
    MagnitudeMap(std::int64_t channels, const MapLimits &limits);

    std::int64_t channelPool() const { return m_channelPool; }
    std::int64_t tokenPool() const { return m_tokenPool; }
    std::int64_t tokens() const { return m_tokens; } ///< one past the last that was added

    /// Makes room for tokens below `end`; add() is then safe from several threads for disjoint
    /// channels.
    void reserveTokens(std::int64_t end);
    /// Bins of channels [first, first + bins.size()) of one token; `first` is a multiple of
    /// channelPool().
    void add(std::int64_t token, std::int64_t first, std::span<const std::uint16_t> bins);
    /// Throws InternalError unless both are of one size.
    void merge(const MagnitudeMap &other);

    /// What the cell of a channel and token holds.
    std::uint16_t bin(std::int64_t channel, std::int64_t token) const;
    std::uint16_t largestBin() const;
    /// Codes below `scale`, channels down: [mapChannels, mapTokens].
    std::vector<std::uint8_t> codes(const MagnitudeScale &scale) const;
    static std::uint8_t code(const MagnitudeScale &scale, std::uint16_t bin);

private:
    void joinTokens();

    std::int64_t m_channels = 0;
    std::int64_t m_channelPool = 1;
    std::int64_t m_mapChannels = 0;
    std::int64_t m_capacity = 1; ///< cells across
    std::int64_t m_tokenPool = 1;
    std::int64_t m_tokens = 0;
    std::vector<std::uint16_t> m_bins; ///< [cells across, mapChannels]: a token's channels together
};

/// Full rows of the channels that are the largest so far, beside the map.
class TopChannelRows
{
public:
    static constexpr std::size_t watched = 32; ///< more than are kept at the end
    static constexpr std::size_t kept = 16;

    /// After `map` and `channelMaxAbs` [channels] took in tokens [firstToken, firstToken + count);
    /// `value(channel, i)` is the i-th of them.
    template <typename Value>
    void add(const MagnitudeMap &map, std::span<const float> channelMaxAbs, std::int64_t firstToken,
             std::int64_t count, const Value &value)
    {
        for (Row &row : follow(map, channelMaxAbs, firstToken, firstToken + count)) {
            for (std::int64_t i = 0; i < count; ++i) {
                const auto token = static_cast<std::size_t>(firstToken + i);
                row.bins[token] = magnitudeBin(value(row.channel, i));
                row.isOwn[token] = true;
            }
        }
    }
    /// After `map` and `channelMaxAbs` were merged; what the other did not watch is filled from the
    /// map.
    void merge(const TopChannelRows &other, const MagnitudeMap &map,
               std::span<const float> channelMaxAbs);
    std::vector<OutlierMap::ChannelRow> rows(const MagnitudeScale &scale,
                                             std::span<const float> channelMaxAbs) const;

private:
    struct Row
    {
        std::int64_t channel = 0;
        std::vector<std::uint16_t> bins; ///< by token
        std::vector<bool> isOwn; ///< by token; false: of the map's cell, shared with others
    };
    std::vector<Row> &follow(const MagnitudeMap &map, std::span<const float> channelMaxAbs,
                             std::int64_t first, std::int64_t end);

    std::vector<Row> m_rows;
};

/// The `count` largest of `values`, the first of equal ones first.
std::vector<std::int64_t> largestOf(std::span<const float> values, std::size_t count);

} // namespace bitprism
