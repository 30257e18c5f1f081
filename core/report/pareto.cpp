// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pareto.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

std::vector<std::size_t> paretoFront(std::span<const ParetoPoint> points)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (std::isfinite(points[i].x) && std::isfinite(points[i].y)) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return points[a].x != points[b].x ? points[a].x < points[b].x : points[a].y < points[b].y;
    });
    std::vector<std::size_t> front;
    for (const std::size_t each : order) {
        const bool isBetter = front.empty() || points[each].y < points[front.back()].y;
        const bool isEqual = !front.empty() && points[each].x == points[front.back()].x
            && points[each].y == points[front.back()].y;
        if (isBetter || isEqual) {
            front.push_back(each);
        }
    }
    return front;
}

} // namespace bitprism
