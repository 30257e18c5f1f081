// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/drawing.h"
#include "core/report/chart/plot.h"

#include <string>
#include <vector>

namespace bitprism::chart {

/// Finds places for names of points that hide neither markers, lines nor one another. A name whose
/// place is not right beside its point gets a hairline to it.
class LabelPlacement
{
public:
    struct Box
    {
        double left = 0;
        double top = 0;
        double right = 0;
        double bottom = 0;
    };

    explicit LabelPlacement(const Plot::Area &area);

    /// Names must not cover it.
    void block(const Box &box);
    void blockMarker(const Point &at, double size);
    /// A line along one of the axes.
    void blockLine(const Point &from, const Point &to);
    /// Adds the name to the plot, and keeps its place from the next ones.
    void name(Plot &plot, const Point &at, const std::string &text, const Ink &ink);
    /// The same for a line across the plot: above or below it, at one of its ends or between.
    void nameLine(Plot &plot, double y, const std::string &text, const Ink &ink);

private:
    double overlap(const Box &box) const;
    const Box &bestOf(const std::vector<Box> &places) const;

    Plot::Area m_area;
    std::vector<Box> m_blocked;
};

} // namespace bitprism::chart
