// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/channel_sketch.h"

#include "core/base/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr int droppedBits = 20; // of a float: exponent and three bits of the fraction remain
constexpr std::uint32_t firstBin = (127U - 24U) << 3; // 2^-24, in units of a bin
constexpr std::uint32_t binCount = 40U << 3; // up to 2^16

std::uint32_t binOf(float value)
{
    const std::uint32_t bin = (std::bit_cast<std::uint32_t>(value) & 0x7fffffffU) >> droppedBits;
    return std::clamp(bin, firstBin, firstBin + binCount - 1) - firstBin;
}

/// 0 for the lowest bin, which holds zeros too.
float middleOf(std::uint32_t bin)
{
    const std::uint32_t bits = ((bin + firstBin) << droppedBits) + (1U << (droppedBits - 1));
    return bin == 0 ? 0 : std::bit_cast<float>(bits);
}

bool isAhead(const TokenValue &a, const TokenValue &b)
{
    const float x = std::fabs(a.value);
    const float y = std::fabs(b.value);
    return x != y ? x > y : a.token < b.token;
}

} // namespace

ChannelSketch::ChannelSketch(std::int64_t channels)
    : m_channels(static_cast<std::size_t>(channels))
    , m_low(m_channels, std::numeric_limits<float>::infinity())
    , m_high(m_channels, -std::numeric_limits<float>::infinity())
    , m_powerSums(4 * m_channels)
    , m_top(m_channels)
    , m_least(m_channels, -1)
    , m_counts(m_channels * binCount)
{
    for (auto &entries : m_top) {
        entries.fill({-1, 0});
    }
}

void ChannelSketch::insert(std::size_t channel, TokenValue entry)
{
    auto &entries = m_top[channel];
    for (TokenValue &slot : entries) {
        if (slot.token < 0) {
            slot = entry;
            break;
        }
        if (isAhead(entry, slot)) {
            std::swap(slot, entry); // the rest moves down
        }
    }
    const TokenValue &last = entries.back();
    m_least[channel] = last.token < 0 ? -1 : std::fabs(last.value);
}

void ChannelSketch::add(std::int64_t token, std::int64_t first, std::span<const float> values)
{
    const auto at = static_cast<std::size_t>(first);
    double *sums = m_powerSums.data() + at;
    for (std::size_t j = 0; j < values.size(); ++j) {
        const double x = values[j];
        sums[j] += x;
        sums[m_channels + j] += x * x;
        sums[2 * m_channels + j] += x * x * x;
        sums[3 * m_channels + j] += x * x * x * x;
    }
    for (std::size_t j = 0; j < values.size(); ++j) {
        const float x = values[j];
        m_low[at + j] = std::min(m_low[at + j], x);
        m_high[at + j] = std::max(m_high[at + j], x);
        ++m_counts[(at + j) * binCount + binOf(x)];
        if (std::fabs(x) >= m_least[at + j]) { // equal ones count where they come earlier
            insert(at + j, {token, x});
        }
    }
}

void ChannelSketch::merge(const ChannelSketch &other)
{
    BITPRISM_ASSERT(m_channels == other.m_channels, "merged sketches are of one input");
    for (std::size_t i = 0; i < m_powerSums.size(); ++i) {
        m_powerSums[i] += other.m_powerSums[i];
    }
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        m_counts[i] += other.m_counts[i];
    }
    for (std::size_t j = 0; j < m_channels; ++j) {
        m_low[j] = std::min(m_low[j], other.m_low[j]);
        m_high[j] = std::max(m_high[j], other.m_high[j]);
        for (const TokenValue &entry : other.m_top[j]) {
            if (entry.token >= 0) {
                insert(j, entry);
            }
        }
    }
}

std::vector<float> ChannelSketch::maxAbs() const
{
    std::vector<float> largest(m_channels);
    for (std::size_t j = 0; j < m_channels; ++j) {
        largest[j] = m_low[j] > m_high[j] ? 0 : std::max(-m_low[j], m_high[j]);
    }
    return largest;
}

std::vector<TokenValue> ChannelSketch::top(std::int64_t channel) const
{
    std::vector<TokenValue> entries;
    for (const TokenValue &entry : m_top[static_cast<std::size_t>(channel)]) {
        if (entry.token >= 0) {
            entries.push_back(entry);
        }
    }
    return entries;
}

std::vector<float> ChannelSketch::quantile(double probability) const
{
    std::vector<float> result(m_channels);
    for (std::size_t j = 0; j < m_channels; ++j) {
        const std::uint32_t *counts = m_counts.data() + j * binCount;
        double total = 0;
        for (std::uint32_t bin = 0; bin < binCount; ++bin) {
            total += counts[bin];
        }
        double seen = 0;
        for (std::uint32_t bin = 0; bin < binCount && total > 0; ++bin) {
            seen += counts[bin];
            if (seen >= probability * total) {
                result[j] = middleOf(bin);
                break;
            }
        }
    }
    return result;
}

double kurtosisOf(const std::array<double, 4> &sums, double count)
{
    if (!(count > 0)) {
        return 0;
    }
    const double mean = sums[0] / count;
    const double square = sums[1] / count;
    const double variance = square - mean * mean;
    if (!(variance > 0)) {
        return 0;
    }
    const double fourth = sums[3] / count - 4 * mean * sums[2] / count + 6 * mean * mean * square
        - 3 * mean * mean * mean * mean;
    return fourth / (variance * variance);
}

} // namespace bitprism
