// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/histogram_range.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

Histogram occupiedPart(const Histogram &histogram)
{
    const auto isOccupied = [](std::int64_t count) { return count > 0; };
    const auto begin = histogram.counts.begin();
    const auto end = histogram.counts.end();
    const auto first = std::find_if(begin, end, isOccupied);
    const bool isRange = histogram.high > histogram.low && std::isfinite(histogram.low)
        && std::isfinite(histogram.high);
    if (!isRange || first == end) {
        return {};
    }
    const auto last = std::find_if(histogram.counts.rbegin(), histogram.counts.rend(), isOccupied);
    const double width
        = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    return {histogram.low + width * static_cast<double>(first - begin),
            histogram.high - width * static_cast<double>(last - histogram.counts.rbegin()),
            {first, last.base()}};
}

} // namespace bitprism
