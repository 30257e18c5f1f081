// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace bitprism {

/// Two costs of one run: less is better in both.
struct ParetoPoint
{
    double x = 0;
    double y = 0;
};

/// Places of the points that no other beats: none is at most as large in both and smaller in one.
/// By rising x, equal points all; points that are not finite never. O(n log n).
std::vector<std::size_t> paretoFront(std::span<const ParetoPoint> points);

} // namespace bitprism
