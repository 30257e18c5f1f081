// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/magnitude_counts.h"

#include "core/base/error.h"

#include <algorithm>
#include <cstring>

namespace bitprism {

namespace {

constexpr int mantissaBits = 23;
constexpr std::uint32_t signBit = 1U << 31;
constexpr std::uint32_t infinity = 0xFFU << mantissaBits;

double endOf(std::uint32_t bin, int fractionBits)
{
    const std::uint32_t bits = bin << (mantissaBits - fractionBits);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace

void MagnitudeCounts::Side::add(std::uint32_t bin, std::int64_t count)
{
    // Below the first bin the difference wraps round and is too large as well.
    if (const std::size_t index = bin - m_first; index < m_counts.size()) {
        m_counts[index] += count;
        return;
    }
    if (m_counts.empty()) {
        m_first = bin;
    } else if (bin < m_first) {
        m_counts.insert(m_counts.begin(), m_first - bin, 0);
        m_first = bin;
    }
    m_counts.resize(std::max<std::size_t>(m_counts.size(), bin - m_first + 1), 0);
    m_counts[bin - m_first] += count;
}

void MagnitudeCounts::add(float value)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    const std::uint32_t bin = (bits & ~signBit) >> (mantissaBits - m_fractionBits);
    if (bin == 0) {
        ++m_zeros;
    } else {
        m_sides[bits >> 31].add(bin, 1);
    }
}

void MagnitudeCounts::add(const at::Tensor &values)
{
    const at::Tensor flat = values.detach().to(at::kCPU, at::kFloat).contiguous().view(-1);
    const float *value = flat.data_ptr<float>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        add(value[i]);
    }
}

void MagnitudeCounts::merge(const MagnitudeCounts &other)
{
    BITPRISM_ASSERT(m_fractionBits == other.m_fractionBits, "merged counts have the same bins");
    m_zeros += other.m_zeros;
    for (std::size_t side = 0; side < m_sides.size(); ++side) {
        const Side &from = other.m_sides[side];
        for (std::size_t i = 0; i < from.counts().size(); ++i) {
            if (from.counts()[i] > 0) {
                m_sides[side].add(from.first() + static_cast<std::uint32_t>(i), from.counts()[i]);
            }
        }
    }
}

std::int64_t MagnitudeCounts::total() const
{
    std::int64_t sum = m_zeros;
    for (const Side &side : m_sides) {
        for (const std::int64_t count : side.counts()) {
            sum += count;
        }
    }
    return sum;
}

bool MagnitudeCounts::isFinite() const
{
    const std::uint32_t firstOther = infinity >> (mantissaBits - m_fractionBits);
    for (const Side &side : m_sides) {
        if (!side.counts().empty() && side.first() + side.counts().size() > firstOther) {
            return false;
        }
    }
    return true;
}

void MagnitudeCounts::forEach(
    const std::function<void(double low, double high, std::int64_t count)> &call) const
{
    const auto &[positive, negative] = m_sides;
    for (std::size_t i = negative.counts().size(); i-- > 0;) { // from the most negative
        const std::uint32_t bin = negative.first() + static_cast<std::uint32_t>(i);
        if (negative.counts()[i] > 0) {
            call(-endOf(bin + 1, m_fractionBits), -endOf(bin, m_fractionBits),
                 negative.counts()[i]);
        }
    }
    if (m_zeros > 0) {
        call(0, endOf(1, m_fractionBits), m_zeros);
    }
    for (std::size_t i = 0; i < positive.counts().size(); ++i) {
        const std::uint32_t bin = positive.first() + static_cast<std::uint32_t>(i);
        if (positive.counts()[i] > 0) {
            call(endOf(bin, m_fractionBits), endOf(bin + 1, m_fractionBits), positive.counts()[i]);
        }
    }
}

} // namespace bitprism
