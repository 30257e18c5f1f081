// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/map_scale.h"

#include "core/report/chart/axis.h"
#include "core/report/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism::chart {

namespace {

constexpr double countSize = 12;
constexpr double decades = 1e4;

Label mutedLabel(Point at, std::string text, Anchor anchor, bool isVertical = false)
{
    return {at, std::move(text), anchor, countSize, {Role::Muted, 0}, false, isVertical};
}

} // namespace

MapScale::MapScale(std::span<const double> magnitudes)
{
    double least = INFINITY;
    for (const double value : magnitudes) {
        if (value > 0 && std::isfinite(value)) {
            least = std::min(least, value);
            m_high = std::max(m_high, value);
        }
    }
    m_low = std::max(least, m_high / decades);
}

std::int8_t MapScale::level(double magnitude) const
{
    if (!std::isfinite(magnitude)) {
        return -1;
    }
    if (!(magnitude > m_low)) {
        return m_high > m_low || magnitude < m_low ? 0 : mapLevels - 1;
    }
    const double share = std::log(magnitude / m_low) / std::log(m_high / m_low);
    return static_cast<std::int8_t>(std::lround(std::min(share, 1.0) * (mapLevels - 1)));
}

void MapScale::addLegend(Drawing &drawing, Point at, double height) const
{
    constexpr double width = 14;
    Cells bar{at, width, height / mapLevels, 1, {}, {}};
    for (int level = mapLevels - 1; level >= 0; --level) {
        bar.levels.push_back(static_cast<std::int8_t>(level));
    }
    drawing.add(bar);
    const std::array<std::pair<double, double>, 3> marks{
        {{m_high, 10}, {std::sqrt(m_low * m_high), height / 2 + 4}, {m_low, height}}};
    for (const auto &[value, down] : marks) {
        drawing.add(
            mutedLabel({at.x + width + 6, at.y + down}, numbers::plain(value), Anchor::Start));
    }
}

void addCounts(Drawing &drawing, const Counted &counted, const std::string &name)
{
    const std::array<double, 2> ends{0, static_cast<double>(counted.count)};
    const Axis axis = Axis::fitting(ends, false, true);
    for (const Axis::Tick &tick : axis.ticks()) {
        const double along = tick.value * counted.each;
        if (tick.value > ends[1]) {
            continue;
        }
        if (counted.isVertical) {
            drawing.add(
                mutedLabel({counted.at.x - 8, counted.at.y + along + 4}, tick.label, Anchor::End));
        } else {
            drawing.add(
                mutedLabel({counted.at.x + along, counted.at.y + 18}, tick.label, Anchor::Middle));
        }
    }
    const double middle = ends[1] * counted.each / 2;
    drawing.add(counted.isVertical
                    ? mutedLabel({14, counted.at.y + middle}, name, Anchor::Middle, true)
                    : mutedLabel({counted.at.x + middle, counted.at.y + 38}, name, Anchor::Middle));
}

} // namespace bitprism::chart
