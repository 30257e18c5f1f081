// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/pareto_front.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The least value known at or below each of many costs; a bound from above for all others.
class ValueTable
{
public:
    ValueTable(double least, double most, std::size_t points)
        : m_least(least)
        , m_values(std::clamp<std::size_t>(4 * points, 64, 1 << 17), infinite)
        , m_perCost(most > least ? static_cast<double>(m_values.size() - 1) / (most - least) : 0)
    {
    }

    void add(double cost, double value)
    {
        // The first part that begins at this cost or above: rounding errors only loosen the bound.
        const std::size_t part = std::min(m_values.size() - 1, partOf(cost) + 1);
        m_values[part] = std::min(m_values[part], value);
    }
    /// Spreads what was added to all larger costs.
    void finish()
    {
        for (std::size_t i = 1; i < m_values.size(); ++i) {
            m_values[i] = std::min(m_values[i], m_values[i - 1]);
        }
    }
    /// Whether a point that costs no more is strictly better.
    bool beats(double cost, double value) const
    {
        const std::size_t part = partOf(cost);
        return part > 0 && m_values[part - 1] < value;
    }

private:
    std::size_t partOf(double cost) const
    {
        return static_cast<std::size_t>(std::max(0.0, (cost - m_least) * m_perCost));
    }

    double m_least;
    std::vector<double> m_values;
    double m_perCost;
};

/// Positions of the corners of the lower convex hull.
std::vector<std::size_t> hullOf(const ParetoFront &front)
{
    std::vector<std::size_t> hull;
    for (std::size_t i = 0; i < front.size(); ++i) {
        while (hull.size() > 1) {
            const std::size_t a = hull[hull.size() - 2];
            const std::size_t b = hull.back();
            const double cross
                = (front.costs[b] - front.costs[a]) * (front.values[i] - front.values[a])
                - (front.values[b] - front.values[a]) * (front.costs[i] - front.costs[a]);
            if (cross > 0) {
                break;
            }
            hull.pop_back();
        }
        hull.push_back(i);
    }
    return hull;
}

struct Pair
{
    double cost;
    double value;
    std::uint32_t first;
    std::uint32_t second;
};

bool isBefore(const Pair &a, const Pair &b)
{
    if (a.cost != b.cost) {
        return a.cost < b.cost;
    }
    if (a.value != b.value) {
        return a.value < b.value;
    }
    return a.first != b.first ? a.first < b.first : a.second < b.second;
}

/// `pairs` are sorted.
TracedFront frontOf(const std::vector<Pair> &pairs)
{
    TracedFront result;
    for (const Pair &pair : pairs) {
        if (result.front.values.empty() || pair.value < result.front.values.back()) {
            result.front.costs.push_back(pair.cost);
            result.front.values.push_back(pair.value);
            result.first.push_back(pair.first);
            result.second.push_back(pair.second);
        }
    }
    return result;
}

/// Sums with a handful of points: the shifted copies are merged one after another.
TracedFront mergeFew(const ParetoFront &left, const ParetoFront &right)
{
    std::vector<Pair> merged;
    std::vector<Pair> next;
    for (std::size_t j = 0; j < right.size(); ++j) {
        next.clear();
        next.reserve(merged.size() + left.size());
        double least = infinite;
        std::size_t old = 0;
        for (std::size_t i = 0; i < left.size() || old < merged.size();) {
            Pair pair;
            if (i < left.size()) {
                pair = {left.costs[i] + right.costs[j], left.values[i] + right.values[j],
                        static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)};
            }
            if (i == left.size() || (old < merged.size() && isBefore(merged[old], pair))) {
                pair = merged[old++];
            } else {
                ++i;
            }
            if (pair.value < least) {
                least = pair.value;
                next.push_back(pair);
            }
        }
        merged.swap(next);
    }
    return frontOf(merged);
}

/// Sums of the hulls' corners with everything: near the front everywhere.
ValueTable boundOf(const ParetoFront &left, const ParetoFront &right)
{
    ValueTable table(left.costs.front() + right.costs.front(),
                     left.costs.back() + right.costs.back(), left.size() + right.size());
    for (const std::size_t j : hullOf(right)) {
        for (std::size_t i = 0; i < left.size(); ++i) {
            table.add(left.costs[i] + right.costs[j], left.values[i] + right.values[j]);
        }
    }
    for (const std::size_t i : hullOf(left)) {
        for (std::size_t j = 0; j < right.size(); ++j) {
            table.add(left.costs[i] + right.costs[j], left.values[i] + right.values[j]);
        }
    }
    table.finish();
    return table;
}

} // namespace

TracedFront paretoFront(const std::vector<double> &costs, const std::vector<double> &values)
{
    BITPRISM_ASSERT(costs.size() == values.size() && !costs.empty(), "points");
    BITPRISM_ASSERT(costs.size() <= std::numeric_limits<std::uint32_t>::max(), "positions fit");
    const auto [least, most] = std::minmax_element(costs.begin(), costs.end());
    ValueTable table(*least, *most, 1 << 12);
    for (std::size_t i = 0; i < costs.size(); ++i) {
        table.add(costs[i], values[i]);
    }
    table.finish();
    std::vector<Pair> kept;
    for (std::size_t i = 0; i < costs.size(); ++i) {
        if (!table.beats(costs[i], values[i])) {
            kept.push_back({costs[i], values[i], static_cast<std::uint32_t>(i), 0});
        }
    }
    std::sort(kept.begin(), kept.end(), isBefore);
    TracedFront result = frontOf(kept);
    result.second.clear();
    return result;
}

TracedFront mergeFronts(const ParetoFront &left, const ParetoFront &right,
                        const std::stop_token &stop)
{
    BITPRISM_ASSERT(left.size() > 0 && right.size() > 0, "fronts have points");
    constexpr std::size_t few = 24;
    if (right.size() <= few) {
        return mergeFew(left, right);
    }
    constexpr std::size_t chunk = 64;
    const ValueTable bound = boundOf(left, right);
    const std::size_t chunks = (left.size() + chunk - 1) / chunk;
    std::vector<std::vector<Pair>> found(chunks);
    parallelFor(chunks, 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t c = begin; c < end && !stop.stop_requested(); ++c) {
            const std::size_t first = c * chunk;
            const std::size_t last = std::min(first + chunk, left.size());
            for (std::size_t j = 0; j < right.size(); ++j) {
                const double least = left.values[last - 1] + right.values[j];
                if (bound.beats(left.costs[first] + right.costs[j], least)) {
                    continue;
                }
                for (std::size_t i = first; i < last; ++i) {
                    const Pair pair{left.costs[i] + right.costs[j],
                                    left.values[i] + right.values[j], static_cast<std::uint32_t>(i),
                                    static_cast<std::uint32_t>(j)};
                    if (!bound.beats(pair.cost, pair.value)) {
                        found[c].push_back(pair);
                    }
                }
            }
        }
    });
    throwIfStopped(stop);
    std::vector<Pair> all;
    for (const std::vector<Pair> &part : found) {
        all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end(), isBefore);
    return frontOf(all);
}

bool thinFront(TracedFront &traced, std::size_t maxPoints)
{
    const ParetoFront &front = traced.front;
    if (front.size() <= maxPoints) {
        return false;
    }
    const double least = front.costs.front();
    const double width = (front.costs.back() - least) / static_cast<double>(maxPoints);
    const auto partOf = [&](std::size_t i) {
        return std::min(maxPoints - 1, static_cast<std::size_t>((front.costs[i] - least) / width));
    };
    TracedFront kept;
    for (std::size_t i = 0; i < front.size(); ++i) {
        // Values fall: the last of a part is its least.
        if (i == 0 || i + 1 == front.size() || partOf(i) != partOf(i + 1)) {
            kept.front.costs.push_back(front.costs[i]);
            kept.front.values.push_back(front.values[i]);
            kept.first.push_back(traced.first[i]);
            if (!traced.second.empty()) {
                kept.second.push_back(traced.second[i]);
            }
        }
    }
    traced = std::move(kept);
    return true;
}

} // namespace bitprism
