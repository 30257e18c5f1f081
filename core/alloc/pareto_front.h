// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

namespace bitprism {

/// Points of which none costs less and damages less than another: costs rise, values fall, both
/// strictly.
struct ParetoFront
{
    std::vector<double> costs;
    std::vector<double> values;

    std::size_t size() const { return costs.size(); }
};

/// A front whose points know where they come from.
struct TracedFront
{
    ParetoFront front;
    std::vector<std::uint32_t> first; ///< position in what was given, or in the left front
    std::vector<std::uint32_t> second; ///< in the right front; empty for paretoFront()
};

/// The front of points in any order. Of equal points the one given first stays. O(n log n), in
/// practice O(n): most points are dropped by a table of the least value up to each of many costs.
TracedFront paretoFront(const std::vector<double> &costs, const std::vector<double> &values);

/// The front of all sums of a point of `left` and one of `right` (high-impact-ratio.md 3.5, step
/// 3): exact. Chunks of pairs that sums of the fronts' convex hulls already beat are skipped, which
/// leaves a few per cent of them.
TracedFront mergeFronts(const ParetoFront &left, const ParetoFront &right,
                        const std::stop_token &stop = {});

/// At most about `maxPoints` points: cuts the range of costs into equal parts and keeps the least
/// value in each, and the cheapest point always. True if any was left out.
bool thinFront(TracedFront &traced, std::size_t maxPoints);

} // namespace bitprism
