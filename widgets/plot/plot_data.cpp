// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_data.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

std::vector<PlotPoint> reducedPoints(const std::vector<PlotPoint> &points, std::size_t limit)
{
    if (points.size() <= limit) {
        return points;
    }
    // Of each bucket its least and largest point stay, in their order: a peak is never lost.
    const std::size_t buckets = std::max<std::size_t>(limit / 2, 1);
    std::vector<PlotPoint> kept;
    kept.reserve(2 * buckets);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const auto first
            = points.begin() + static_cast<std::ptrdiff_t>(bucket * points.size() / buckets);
        const auto last
            = points.begin() + static_cast<std::ptrdiff_t>((bucket + 1) * points.size() / buckets);
        const auto [low, high] = std::minmax_element(
            first, last, [](const PlotPoint &a, const PlotPoint &b) { return a.y < b.y; });
        kept.push_back(*std::min(low, high));
        if (low != high) {
            kept.push_back(*std::max(low, high));
        }
    }
    return kept;
}

void PlotRange::add(double value)
{
    if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
}

} // namespace bitprism
