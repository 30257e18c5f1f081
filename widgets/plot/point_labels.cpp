// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/point_labels.h"

#include <algorithm>
#include <numeric>

namespace bitprism {

namespace {

constexpr int mostLinesAway = 4; // further, nobody sees which mark a label belongs to

std::vector<QRectF> candidatesFor(const PointLabel &label, double gap)
{
    std::vector<QRectF> candidates;
    const double middle = label.mark.center().y() - label.size.height() / 2;
    const double right = label.mark.right() + gap;
    const double left = label.mark.left() - gap - label.size.width();
    for (int lines = 0; lines <= mostLinesAway; ++lines) {
        for (const int direction : {-1, 1}) { // up first: bars and lines tend to lie below
            const double y = middle + direction * lines * label.size.height();
            candidates.emplace_back(QPointF(right, y), label.size);
            candidates.emplace_back(QPointF(left, y), label.size);
        }
    }
    return candidates;
}

} // namespace

std::vector<std::optional<QRectF>> placeLabels(const std::vector<PointLabel> &labels,
                                               const QRectF &area, double gap)
{
    std::vector<std::optional<QRectF>> places(labels.size());
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&labels](std::size_t a, std::size_t b) {
        return labels[a].mark.center().y() < labels[b].mark.center().y();
    });
    const auto isFree = [&](const QRectF &place) {
        return area.contains(place)
            && std::none_of(labels.begin(), labels.end(),
                            [&](const PointLabel &other) { return place.intersects(other.mark); })
            && std::none_of(places.begin(), places.end(), [&](const std::optional<QRectF> &taken) {
                   return taken && place.intersects(*taken);
               });
    };
    for (const std::size_t index : order) {
        const std::vector<QRectF> candidates = candidatesFor(labels[index], gap);
        const auto found = std::find_if(candidates.begin(), candidates.end(), isFree);
        if (found != candidates.end()) {
            places[index] = *found;
        }
    }
    return places;
}

} // namespace bitprism
