// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_sketch.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <limits>

namespace bitprism {

namespace {

constexpr std::int64_t channelsAtOnce = 256; // what stays in the cache while all tokens pass

} // namespace

OutlierSketch::OutlierSketch(std::int64_t channels, const MapLimits &limits,
                             std::int64_t firstToken)
    : m_channelCount(channels)
    , m_next(firstToken)
    , m_channels(channels)
    , m_map(channels, limits)
    , m_sample(channels, sampleCells)
{
}

void OutlierSketch::add(MatrixView<const float> x)
{
    if (x.rows == 0) {
        return;
    }
    m_map.reserveTokens(m_next + x.rows);
    const std::int64_t step = channelsAtOnce * m_map.channelPool();
    const auto chunks = static_cast<std::size_t>((m_channelCount + step - 1) / step);
    parallelFor(chunks, 1, [&](std::size_t begin, std::size_t end) {
        std::vector<std::uint16_t> bins(static_cast<std::size_t>(step));
        for (std::size_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t first = static_cast<std::int64_t>(chunk) * step;
            const auto width = static_cast<std::size_t>(std::min(step, m_channelCount - first));
            for (std::int64_t i = 0; i < x.rows; ++i) {
                const std::span<const float> values(x.row(i) + first, width);
                for (std::size_t j = 0; j < width; ++j) {
                    bins[j] = magnitudeBin(values[j]);
                }
                m_map.add(m_next + i, first, {bins.data(), width});
                m_channels.add(m_next + i, first, values);
            }
        }
    });
    addTokens(x);
    m_rows.add(m_map, m_channels.maxAbs(), m_next, x.rows,
               [&x](std::int64_t channel, std::int64_t i) { return x(i, channel); });
    m_next += x.rows;
    m_tokens += x.rows;
}

void OutlierSketch::addTokens(MatrixView<const float> x)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    m_tokenLow.resize(static_cast<std::size_t>(m_next + x.rows), infinity);
    m_tokenHigh.resize(m_tokenLow.size(), -infinity);
    for (std::int64_t i = 0; i < x.rows; ++i) {
        const std::span<const float> values(x.row(i), static_cast<std::size_t>(m_channelCount));
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        m_tokenLow[static_cast<std::size_t>(m_next + i)] = *low;
        m_tokenHigh[static_cast<std::size_t>(m_next + i)] = *high;
        m_sample.add(m_next + i, values);
    }
}

std::vector<float> OutlierSketch::tokenMaxAbs() const
{
    std::vector<float> largest(m_tokenLow.size());
    for (std::size_t i = 0; i < largest.size(); ++i) {
        largest[i] = std::max({-m_tokenLow[i], m_tokenHigh[i], 0.0F});
    }
    return largest;
}

void OutlierSketch::merge(const OutlierSketch &other)
{
    m_channels.merge(other.m_channels);
    m_map.merge(other.m_map);
    m_sample.merge(other.m_sample);
    m_rows.merge(other.m_rows, m_map, m_channels.maxAbs());
    constexpr float infinity = std::numeric_limits<float>::infinity();
    m_tokenLow.resize(std::max(m_tokenLow.size(), other.m_tokenLow.size()), infinity);
    m_tokenHigh.resize(m_tokenLow.size(), -infinity);
    for (std::size_t i = 0; i < other.m_tokenLow.size(); ++i) {
        m_tokenLow[i] = std::min(m_tokenLow[i], other.m_tokenLow[i]);
        m_tokenHigh[i] = std::max(m_tokenHigh[i], other.m_tokenHigh[i]);
    }
    m_next = std::max(m_next, other.m_next);
    m_tokens += other.m_tokens;
}

double OutlierSketch::kurtosis() const
{
    const auto count = static_cast<std::size_t>(m_channelCount);
    std::array<double, 4> sums{};
    for (std::size_t power = 0; power < 4; ++power) {
        for (std::size_t j = 0; j < count; ++j) {
            sums[power] += m_channels.powerSums()[power * count + j];
        }
    }
    return kurtosisOf(sums, static_cast<double>(m_channelCount) * static_cast<double>(m_tokens));
}

OutlierMap OutlierSketch::map() const
{
    OutlierMap map;
    map.channels = m_channelCount;
    map.tokens = m_next;
    map.channelPool = m_map.channelPool();
    map.tokenPool = m_map.tokenPool();
    map.scale.topBin = m_map.largestBin();
    map.codes = m_map.codes(map.scale);
    map.channelMaxAbs = m_channels.maxAbs();
    map.rows = m_rows.rows(map.scale, map.channelMaxAbs);
    map.channelMedian = m_channels.quantile(0.5);
    map.channel99 = m_channels.quantile(0.99);
    map.tokenLow = m_tokenLow;
    map.tokenHigh = m_tokenHigh;
    return map;
}

InputSamples OutlierSketch::samples() const
{
    InputSamples samples;
    samples.channels = m_channelCount;
    samples.tokens = m_tokens;
    samples.low = m_channels.low();
    samples.high = m_channels.high();
    samples.powerSums = m_channels.powerSums();
    TokenSample::Kept kept = m_sample.kept();
    samples.extremes = kept.extremes;
    samples.sampleTokens = std::move(kept.tokens);
    samples.sample = std::move(kept.values);
    return samples;
}

} // namespace bitprism
