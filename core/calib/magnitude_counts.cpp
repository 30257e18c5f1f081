// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/magnitude_counts.h"

#include <cstring>

namespace bitprism {

namespace {

constexpr int droppedBits = 17; // of 32: what remains is sign, exponent and six bits of fraction
constexpr std::uint32_t magnitudeBins = 1U << (32 - droppedBits);
constexpr std::uint32_t signBin = magnitudeBins / 2;

double endOf(std::uint32_t bin)
{
    const std::uint32_t bits = bin << droppedBits;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace

void MagnitudeCounts::add(const at::Tensor &values)
{
    const at::Tensor flat = values.detach().to(at::kCPU, at::kFloat).contiguous().view(-1);
    m_counts.resize(magnitudeBins, 0);
    const float *value = flat.data_ptr<float>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, value + i, sizeof bits);
        ++m_counts[bits >> droppedBits];
    }
}

void MagnitudeCounts::merge(const MagnitudeCounts &other)
{
    m_counts.resize(std::max(m_counts.size(), other.m_counts.size()), 0);
    for (std::size_t i = 0; i < other.m_counts.size(); ++i) {
        m_counts[i] += other.m_counts[i];
    }
}

std::int64_t MagnitudeCounts::total() const
{
    std::int64_t sum = 0;
    for (const std::int64_t count : m_counts) {
        sum += count;
    }
    return sum;
}

void MagnitudeCounts::forEach(
    const std::function<void(double low, double high, std::int64_t count)> &call) const
{
    if (m_counts.empty()) {
        return;
    }
    for (std::uint32_t bin = magnitudeBins - 1; bin >= signBin; --bin) { // from the most negative
        if (m_counts[bin] > 0) {
            const std::uint32_t magnitude = bin - signBin;
            call(-endOf(magnitude + 1), -endOf(magnitude), m_counts[bin]);
        }
    }
    for (std::uint32_t bin = 0; bin < signBin; ++bin) {
        if (m_counts[bin] > 0) {
            call(endOf(bin), endOf(bin + 1), m_counts[bin]);
        }
    }
}

} // namespace bitprism
