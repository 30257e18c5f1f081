// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/token_sample.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::int64_t fewest = 16;
constexpr std::int64_t most = 256;

/// splitmix64's output function, in [0, 1).
double hashOf(std::int64_t number)
{
    auto x = static_cast<std::uint64_t>(number) + 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    x ^= x >> 31;
    return static_cast<double>(x >> 11) * 0x1p-53;
}

std::size_t sampleCount(std::int64_t cols, std::int64_t cells)
{
    return static_cast<std::size_t>(
        std::clamp(cells / std::max<std::int64_t>(1, cols), fewest, most));
}

} // namespace

TokenSample::TokenSample(std::int64_t channels, std::int64_t cells)
    : m_channels(static_cast<std::size_t>(channels))
    , m_random(sampleCount(channels, cells))
{
}

void TokenSample::offer(std::vector<Entry> &list, std::size_t room, double key, std::int64_t token,
                        std::span<const float> values)
{
    const auto isBehind = [&](const Entry &entry) {
        return entry.key != key ? entry.key < key : entry.token > token;
    };
    if (list.size() == room && !isBehind(list.back())) {
        return;
    }
    const auto place = std::find_if(list.begin(), list.end(), isBehind);
    list.insert(place, {key, token, {values.begin(), values.end()}});
    if (list.size() > room) {
        list.pop_back();
    }
}

void TokenSample::add(std::int64_t token, std::span<const float> values)
{
    double squares = 0;
    float largest = 0;
    for (const float value : values) {
        squares += static_cast<double>(value) * value;
        largest = std::max(largest, std::fabs(value));
    }
    offer(m_largest, extremesOfEach, largest, token, values);
    offer(m_longest, extremesOfEach, squares, token, values);
    offer(m_drawn, m_random, -hashOf(token), token, values);
}

void TokenSample::merge(const TokenSample &other)
{
    BITPRISM_ASSERT(m_channels == other.m_channels && m_random == other.m_random,
                    "merged samples are of one input");
    for (const Entry &entry : other.m_largest) {
        offer(m_largest, extremesOfEach, entry.key, entry.token, entry.values);
    }
    for (const Entry &entry : other.m_longest) {
        offer(m_longest, extremesOfEach, entry.key, entry.token, entry.values);
    }
    for (const Entry &entry : other.m_drawn) {
        offer(m_drawn, m_random, entry.key, entry.token, entry.values);
    }
}

TokenSample::Kept TokenSample::kept() const
{
    Kept kept;
    const auto take = [&](const std::vector<Entry> &list) {
        for (const Entry &entry : list) {
            if (std::find(kept.tokens.begin(), kept.tokens.end(), entry.token)
                == kept.tokens.end()) {
                kept.tokens.push_back(entry.token);
                kept.values.insert(kept.values.end(), entry.values.begin(), entry.values.end());
            }
        }
    };
    take(m_largest);
    take(m_longest);
    kept.extremes = static_cast<std::int64_t>(kept.tokens.size());
    take(m_drawn);
    return kept;
}

std::vector<std::int64_t> drawnRows(std::int64_t rows, std::int64_t cols, std::int64_t cells)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = static_cast<std::int64_t>(i);
    }
    const std::size_t count = std::min(order.size(), sampleCount(cols, cells));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(),
                      [](std::int64_t a, std::int64_t b) { return hashOf(a) < hashOf(b); });
    order.resize(count);
    return order;
}

} // namespace bitprism
