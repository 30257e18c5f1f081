// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/label_placement.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism::chart {

namespace {

constexpr double fontSize = 12;
constexpr double lineHeight = 15;
constexpr double mostWidth = 160; // of a name
constexpr double away = 9; // from a point
constexpr double air = 2; // around lines and names

using Box = LabelPlacement::Box;

Box boxAt(double left, double middle, double width)
{
    return {left, middle - lineHeight / 2, left + width, middle + lineHeight / 2};
}

/// Where a name of that width may stand, the best first: beside, above and below, then farther.
std::vector<Box> placesAround(const Point &at, double width)
{
    std::vector<Box> places;
    for (const double step : {0.0, 1.0, 2.0, 3.0, 5.0}) {
        const double dy = step * lineHeight;
        for (const double side : {-1.0, 1.0}) {
            places.push_back(boxAt(at.x + away, at.y + side * dy, width));
            places.push_back(boxAt(at.x - away - width, at.y + side * dy, width));
        }
        for (const double side : {-1.0, 1.0}) {
            places.push_back(boxAt(at.x - width / 2, at.y + side * (dy + lineHeight), width));
        }
    }
    return places;
}

double shared(double low, double high, double otherLow, double otherHigh)
{
    return std::max(0.0, std::min(high, otherHigh) - std::max(low, otherLow));
}

/// The point of the box that is nearest to `at`.
Point nearest(const Box &box, const Point &at)
{
    return {std::clamp(at.x, box.left, box.right), std::clamp(at.y, box.top, box.bottom)};
}

void addText(Plot &plot, const Box &box, const std::string &text, const Ink &ink)
{
    plot.add(Label{{box.left, box.bottom - lineHeight / 2 + fontSize / 3},
                   text,
                   Anchor::Start,
                   fontSize,
                   ink,
                   false,
                   false});
}

} // namespace

LabelPlacement::LabelPlacement(const Plot::Area &area)
    : m_area(area)
{
}

void LabelPlacement::block(const Box &box) { m_blocked.push_back(box); }

void LabelPlacement::blockMarker(const Point &at, double size)
{
    const double half = size / 2 + air;
    block({at.x - half, at.y - half, at.x + half, at.y + half});
}

void LabelPlacement::blockLine(const Point &from, const Point &to)
{
    block({std::min(from.x, to.x) - air, std::min(from.y, to.y) - air, std::max(from.x, to.x) + air,
           std::max(from.y, to.y) + air});
}

/// Area that is hidden by or hides something; what leaves the plot counts as hidden.
double LabelPlacement::overlap(const Box &box) const
{
    const double inside = shared(box.left, box.right, m_area.left, m_area.right)
        * shared(box.top, box.bottom, m_area.top, m_area.bottom);
    double area = (box.right - box.left) * (box.bottom - box.top) - inside;
    for (const Box &other : m_blocked) {
        area += shared(box.left, box.right, other.left, other.right)
            * shared(box.top, box.bottom, other.top, other.bottom);
    }
    return area;
}

const Box &LabelPlacement::bestOf(const std::vector<Box> &places) const
{
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < places.size() && least > 0; ++i) {
        const double area = overlap(places[i]);
        if (area < least) {
            least = area;
            best = i;
        }
    }
    return places[best];
}

void LabelPlacement::name(Plot &plot, const Point &at, const std::string &text, const Ink &ink)
{
    const std::string shown = elidedMiddle(text, mostWidth, fontSize);
    const std::vector<Box> places = placesAround(at, textWidth(shown, fontSize));
    const Box box = bestOf(places);
    const Point end = nearest(box, at);
    if (std::hypot(end.x - at.x, end.y - at.y) > away + lineHeight / 2) {
        plot.add(Line{{at, end}, {Role::Border, 0}, 1, false});
    }
    addText(plot, box, shown, ink);
    block(box);
}

void LabelPlacement::nameLine(Plot &plot, double y, const std::string &text, const Ink &ink)
{
    const double width = textWidth(text, fontSize);
    const double room = m_area.right - m_area.left - width;
    std::vector<Box> places;
    for (const double share : {1.0, 0.0, 0.75, 0.5, 0.25}) {
        for (const double side : {-1.0, 1.0}) {
            places.push_back(
                boxAt(m_area.left + share * room, y + side * (lineHeight / 2 + air + 1), width));
        }
    }
    const Box box = bestOf(places);
    addText(plot, box, text, ink);
    block(box);
}

} // namespace bitprism::chart
