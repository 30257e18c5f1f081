// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/drawing.h"

#include <cstdint>
#include <span>

namespace bitprism::chart {

/// Magnitudes as colours of the map, logarithmic over at most four decades below the largest.
class MapScale
{
public:
    explicit MapScale(std::span<const double> magnitudes);

    /// Nothing to tell apart: no magnitude is above zero.
    bool isEmpty() const { return !(m_high > 0); }
    /// 0 to mapLevels - 1, of zero too; -1 for what is no number.
    std::int8_t level(double magnitude) const;
    /// A bar of all colours `height` high, with the largest, the middle and the smallest magnitude.
    void addLegend(Drawing &drawing, Point at, double height) const;

private:
    double m_low = 0;
    double m_high = 0;
};

/// Numbers along the left side or the top of cells that lie at `at`: `each` pixels for each of
/// `count` things that are counted from 0.
struct Counted
{
    Point at;
    double each = 1;
    std::int64_t count = 0;
    bool isVertical = false;
};
void addCounts(Drawing &drawing, const Counted &counted, const std::string &name);

} // namespace bitprism::chart
