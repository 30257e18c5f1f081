// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/magnitude_map.h"

#include "core/base/error.h"

#include <algorithm>
#include <numeric>

namespace bitprism {

MagnitudeMap::MagnitudeMap(std::int64_t channels, const MapLimits &limits)
    : m_channels(channels)
    , m_channelPool((channels + limits.channels - 1) / limits.channels)
    , m_mapChannels((channels + m_channelPool - 1) / m_channelPool)
    , m_capacity(std::clamp<std::int64_t>(limits.cells / m_mapChannels, 1, limits.tokens))
{
}

void MagnitudeMap::joinTokens()
{
    const std::int64_t cells = static_cast<std::int64_t>(m_bins.size()) / m_mapChannels;
    const auto width = static_cast<std::size_t>(m_mapChannels);
    for (std::int64_t i = 0; i < cells; ++i) {
        const std::uint16_t *from = m_bins.data() + static_cast<std::size_t>(i) * width;
        std::uint16_t *to = m_bins.data() + static_cast<std::size_t>(i / 2) * width;
        for (std::size_t j = 0; j < width; ++j) {
            to[j] = i % 2 == 0 ? from[j] : std::max(to[j], from[j]);
        }
    }
    m_bins.resize(static_cast<std::size_t>((cells + 1) / 2) * width);
    m_tokenPool *= 2;
}

void MagnitudeMap::reserveTokens(std::int64_t end)
{
    m_tokens = std::max(m_tokens, end);
    while ((m_tokens + m_tokenPool - 1) / m_tokenPool > m_capacity) {
        joinTokens();
    }
    m_bins.resize(static_cast<std::size_t>((m_tokens + m_tokenPool - 1) / m_tokenPool)
                  * static_cast<std::size_t>(m_mapChannels));
}

void MagnitudeMap::add(std::int64_t token, std::int64_t first, std::span<const std::uint16_t> bins)
{
    std::uint16_t *cells
        = m_bins.data() + (token / m_tokenPool) * m_mapChannels + first / m_channelPool;
    if (m_channelPool == 1) {
        for (std::size_t j = 0; j < bins.size(); ++j) {
            cells[j] = std::max(cells[j], bins[j]);
        }
        return;
    }
    const auto pool = static_cast<std::size_t>(m_channelPool);
    for (std::size_t j = 0; j < bins.size(); ++j) {
        cells[j / pool] = std::max(cells[j / pool], bins[j]);
    }
}

void MagnitudeMap::merge(const MagnitudeMap &other)
{
    BITPRISM_ASSERT(m_channels == other.m_channels && m_channelPool == other.m_channelPool
                        && m_capacity == other.m_capacity,
                    "merged maps are of one input");
    MagnitudeMap added = other;
    const std::int64_t end = std::max(m_tokens, other.m_tokens);
    reserveTokens(end);
    added.reserveTokens(end);
    for (std::size_t i = 0; i < m_bins.size(); ++i) {
        m_bins[i] = std::max(m_bins[i], added.m_bins[i]);
    }
}

std::uint16_t MagnitudeMap::bin(std::int64_t channel, std::int64_t token) const
{
    return m_bins[static_cast<std::size_t>((token / m_tokenPool) * m_mapChannels
                                           + channel / m_channelPool)];
}

std::uint16_t MagnitudeMap::largestBin() const
{
    return m_bins.empty() ? std::uint16_t{0} : *std::max_element(m_bins.begin(), m_bins.end());
}

std::uint8_t MagnitudeMap::code(const MagnitudeScale &scale, std::uint16_t bin)
{
    const int above = static_cast<int>(bin) - (scale.topBin - 255);
    return bin == 0 || above < 0 ? std::uint8_t{0}
                                 : static_cast<std::uint8_t>(std::min(above, 255));
}

std::vector<std::uint8_t> MagnitudeMap::codes(const MagnitudeScale &scale) const
{
    constexpr std::int64_t tile = 64; // a transposition by cache lines
    const std::int64_t across
        = m_bins.empty() ? 0 : static_cast<std::int64_t>(m_bins.size()) / m_mapChannels;
    std::vector<std::uint8_t> codes(m_bins.size());
    for (std::int64_t t0 = 0; t0 < across; t0 += tile) {
        for (std::int64_t c0 = 0; c0 < m_mapChannels; c0 += tile) {
            for (std::int64_t t = t0; t < std::min(t0 + tile, across); ++t) {
                for (std::int64_t c = c0; c < std::min(c0 + tile, m_mapChannels); ++c) {
                    codes[static_cast<std::size_t>(c * across + t)]
                        = code(scale, m_bins[static_cast<std::size_t>(t * m_mapChannels + c)]);
                }
            }
        }
    }
    return codes;
}

std::vector<TopChannelRows::Row> &TopChannelRows::follow(const MagnitudeMap &map,
                                                         std::span<const float> channelMaxAbs,
                                                         std::int64_t first, std::int64_t end)
{
    std::vector<Row> rows;
    for (const std::int64_t channel : largestOf(channelMaxAbs, watched)) {
        const auto known = std::find_if(m_rows.begin(), m_rows.end(),
                                        [&](const Row &row) { return row.channel == channel; });
        Row row;
        row.channel = channel;
        if (known != m_rows.end()) {
            row = std::move(*known);
        }
        const auto had = static_cast<std::int64_t>(row.bins.size());
        row.bins.resize(static_cast<std::size_t>(std::max(end, had)));
        row.isOwn.resize(row.bins.size());
        for (std::int64_t token = had; token < first; ++token) {
            row.bins[static_cast<std::size_t>(token)] = map.bin(channel, token);
        }
        rows.push_back(std::move(row));
    }
    m_rows = std::move(rows);
    return m_rows;
}

void TopChannelRows::merge(const TopChannelRows &other, const MagnitudeMap &map,
                           std::span<const float> channelMaxAbs)
{
    std::vector<Row> rows;
    for (const std::int64_t channel : largestOf(channelMaxAbs, watched)) {
        Row row;
        row.channel = channel;
        row.bins.resize(static_cast<std::size_t>(map.tokens()));
        row.isOwn.resize(row.bins.size());
        for (const TopChannelRows *from : {static_cast<const TopChannelRows *>(this), &other}) {
            for (const Row &part : from->m_rows) {
                for (std::size_t i = 0; part.channel == channel && i < part.bins.size(); ++i) {
                    if (part.isOwn[i]) {
                        row.bins[i] = part.bins[i];
                        row.isOwn[i] = true;
                    }
                }
            }
        }
        for (std::size_t i = 0; i < row.bins.size(); ++i) {
            if (!row.isOwn[i]) {
                row.bins[i] = map.bin(channel, static_cast<std::int64_t>(i));
            }
        }
        rows.push_back(std::move(row));
    }
    m_rows = std::move(rows);
}

std::vector<OutlierMap::ChannelRow> TopChannelRows::rows(const MagnitudeScale &scale,
                                                         std::span<const float> channelMaxAbs) const
{
    std::vector<OutlierMap::ChannelRow> rows;
    for (const std::int64_t channel : largestOf(channelMaxAbs, kept)) {
        for (const Row &row : m_rows) {
            if (row.channel == channel) {
                OutlierMap::ChannelRow &out = rows.emplace_back();
                out.channel = channel;
                for (std::size_t i = 0; i < row.bins.size(); ++i) {
                    out.codes.push_back(MagnitudeMap::code(scale, row.bins[i]));
                    out.firstToken
                        = row.isOwn[i] ? out.firstToken : static_cast<std::int64_t>(i) + 1;
                }
            }
        }
    }
    return rows;
}

std::vector<std::int64_t> largestOf(std::span<const float> values, std::size_t count)
{
    std::vector<std::int64_t> order(values.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](std::int64_t a, std::int64_t b) {
                          const float x = values[static_cast<std::size_t>(a)];
                          const float y = values[static_cast<std::size_t>(b)];
                          return x != y ? x > y : a < b;
                      });
    order.resize(count);
    return order;
}

} // namespace bitprism
