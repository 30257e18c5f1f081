// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/rank_statistics.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace bitprism {

namespace {

bool allFinite(std::span<const double> values)
{
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::vector<std::size_t> ascendingOrder(std::span<const double> values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

double pairsOf(std::size_t count)
{
    return static_cast<double>(count) * (static_cast<double>(count) - 1) / 2;
}

/// Pairs of equal neighbours in a sorted sequence, equal meaning isEqual(position, position + 1).
template <typename IsEqual> double tiedPairs(std::size_t count, const IsEqual &isEqual)
{
    double tied = 0;
    std::size_t first = 0;
    for (std::size_t i = 1; i <= count; ++i) {
        if (i == count || !isEqual(i - 1, i)) {
            tied += pairsOf(i - first);
            first = i;
        }
    }
    return tied;
}

/// Sorts `values` and returns the number of pairs that stood in falling order.
double sortCountingInversions(std::vector<double> &values)
{
    double inversions = 0;
    std::vector<double> merged(values.size());
    for (std::size_t width = 1; width < values.size(); width *= 2) {
        for (std::size_t begin = 0; begin < values.size(); begin += 2 * width) {
            const std::size_t middle = std::min(begin + width, values.size());
            const std::size_t end = std::min(begin + 2 * width, values.size());
            std::size_t left = begin;
            std::size_t right = middle;
            for (std::size_t out = begin; out < end; ++out) {
                if (right == end || (left < middle && values[left] <= values[right])) {
                    merged[out] = values[left++];
                } else {
                    inversions += static_cast<double>(middle - left);
                    merged[out] = values[right++];
                }
            }
        }
        values.swap(merged);
    }
    return inversions;
}

std::optional<double> pearson(const std::vector<double> &x, const std::vector<double> &y)
{
    const auto count = static_cast<double>(x.size());
    const double meanX = std::accumulate(x.begin(), x.end(), 0.0) / count;
    const double meanY = std::accumulate(y.begin(), y.end(), 0.0) / count;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - meanX) * (x[i] - meanX);
        yy += (y[i] - meanY) * (y[i] - meanY);
        xy += (x[i] - meanX) * (y[i] - meanY);
    }
    if (!(xx > 0) || !(yy > 0)) {
        return std::nullopt;
    }
    return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

} // namespace

std::vector<double> averageRanks(std::span<const double> values)
{
    const std::vector<std::size_t> order = ascendingOrder(values);
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first + 1;
        while (end < order.size() && values[order[end]] == values[order[first]]) {
            ++end;
        }
        const double rank = (static_cast<double>(first) + static_cast<double>(end) + 1) / 2;
        for (; first < end; ++first) {
            ranks[order[first]] = rank;
        }
    }
    return ranks;
}

std::optional<double> spearmanCorrelation(std::span<const double> x, std::span<const double> y)
{
    BITPRISM_ASSERT(x.size() == y.size(), "ranks are compared in pairs");
    if (x.size() < 2 || !allFinite(x) || !allFinite(y)) {
        return std::nullopt;
    }
    return pearson(averageRanks(x), averageRanks(y));
}

std::optional<double> kendallTau(std::span<const double> x, std::span<const double> y)
{
    BITPRISM_ASSERT(x.size() == y.size(), "ranks are compared in pairs");
    if (x.size() < 2 || !allFinite(x) || !allFinite(y)) {
        return std::nullopt;
    }
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return x[a] < x[b] || (x[a] == x[b] && y[a] < y[b]);
    });
    const double tiedX = tiedPairs(
        order.size(), [&](std::size_t a, std::size_t b) { return x[order[a]] == x[order[b]]; });
    const double tiedBoth = tiedPairs(order.size(), [&](std::size_t a, std::size_t b) {
        return x[order[a]] == x[order[b]] && y[order[a]] == y[order[b]];
    });
    std::vector<double> sorted;
    for (const std::size_t index : order) {
        sorted.push_back(y[index]);
    }
    const double discordant = sortCountingInversions(sorted);
    const double tiedY = tiedPairs(
        sorted.size(), [&](std::size_t a, std::size_t b) { return sorted[a] == sorted[b]; });
    const double pairs = pairsOf(x.size());
    if (tiedX == pairs || tiedY == pairs) {
        return std::nullopt;
    }
    const double difference = pairs - tiedX - tiedY + tiedBoth - 2 * discordant;
    return difference / std::sqrt((pairs - tiedX) * (pairs - tiedY));
}

double sortedQuantile(std::span<const double> sorted, double probability)
{
    BITPRISM_ASSERT(!sorted.empty(), "an empty set has no quantile");
    BITPRISM_ASSERT(probability >= 0 && probability <= 1, "a probability");
    const double position = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double share = position - static_cast<double>(below);
    return sorted[below] + share * (sorted[above] - sorted[below]);
}

std::vector<double> quantiles(std::span<const double> values, std::span<const double> probabilities)
{
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> result;
    for (const double probability : probabilities) {
        result.push_back(sortedQuantile(sorted, probability));
    }
    return result;
}

} // namespace bitprism
