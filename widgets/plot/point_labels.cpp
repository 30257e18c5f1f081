// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/point_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

constexpr double offLine = 2; // between a text and a line through its mark that it stands on

std::vector<QRectF> candidatesFor(const PointLabel &label, double gap)
{
    std::vector<QRectF> candidates;
    const double middle = label.mark.center().y() - label.size.height() / 2;
    const double right = label.mark.right() + gap;
    const double left = label.mark.left() - gap - label.size.width();
    const double height = label.size.height();
    // No further than four lines: nobody would see which mark a label belongs to.
    for (const double away :
         {0.0, height / 2 + offLine, height, 2 * height, 3 * height, 4 * height}) {
        for (const int direction : {-1, 1}) { // up first: bars and lines tend to lie below
            const double y = middle + direction * away;
            candidates.emplace_back(QPointF(right, y), label.size);
            candidates.emplace_back(QPointF(left, y), label.size);
        }
    }
    return candidates;
}

bool crosses(const QLineF &line, const QRectF &place)
{
    if (place.contains(line.p1()) || place.contains(line.p2())) {
        return true;
    }
    const QLineF sides[] = {{place.topLeft(), place.topRight()},
                            {place.topRight(), place.bottomRight()},
                            {place.bottomRight(), place.bottomLeft()},
                            {place.bottomLeft(), place.topLeft()}};
    return std::any_of(std::begin(sides), std::end(sides), [&line](const QLineF &side) {
        return line.intersects(side, nullptr) == QLineF::BoundedIntersection;
    });
}

double distance(const QRectF &place, const QPointF &mark)
{
    const double x = std::max({place.left() - mark.x(), mark.x() - place.right(), 0.0});
    const double y = std::max({place.top() - mark.y(), mark.y() - place.bottom(), 0.0});
    return std::hypot(x, y);
}

/// How much a place misleads: lines through the letters, and marks that it seems to belong to.
int penalty(const QRectF &place, std::size_t own, const std::vector<PointLabel> &labels,
            const std::vector<QLineF> &lines)
{
    constexpr int foreignMark = 2; // worse than a line, which has a halo
    auto sum = static_cast<int>(std::count_if(
        lines.begin(), lines.end(), [&](const QLineF &line) { return crosses(line, place); }));
    const double reach = distance(place, labels[own].mark.center());
    for (std::size_t i = 0; i < labels.size(); ++i) {
        sum += i != own && distance(place, labels[i].mark.center()) < reach ? foreignMark : 0;
    }
    return sum;
}

} // namespace

std::vector<std::optional<QRectF>> placeLabels(const std::vector<PointLabel> &labels,
                                               const QRectF &area, double gap,
                                               const std::vector<QLineF> &lines)
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
        int least = std::numeric_limits<int>::max();
        for (const QRectF &candidate : candidatesFor(labels[index], gap)) {
            const int price = isFree(candidate) ? penalty(candidate, index, labels, lines) : least;
            if (price < least) {
                least = price;
                places[index] = candidate;
            }
        }
    }
    return places;
}

} // namespace bitprism
