// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/axis.h"
#include "core/report/chart/drawing.h"

#include <string>
#include <vector>

namespace bitprism::chart {

/// Frame of a chart with two axes: title, context, hairlines, ticks, and the drawing they go into.
class Plot
{
public:
    /// Room inside the drawing for the plotting area: x from `left` to `right`, y from `top` down
    /// to `bottom`.
    struct Area
    {
        double left = 70;
        double top = 62;
        double right = 840;
        double bottom = 300;
    };

    Plot(const std::string &title, const std::string &context, Area area, double height);
    /// Another area of a drawing that has its heading.
    Plot(Drawing drawing, Area area);

    /// Grid lines with labels for the value axis on the left, and its name.
    void valueAxis(Axis axis, const std::string &name);
    /// Ticks with labels for the axis below, and its name.
    void baseAxis(Axis axis, const std::string &name);
    /// Names below instead of numbers, thinned so that they do not touch.
    void baseNames(const std::vector<std::pair<double, std::string>> &names);
    /// Markers with names above the plotting area, on as many lines as they take; take() lowers the
    /// plot where there is no room for those.
    void legend(const std::vector<std::pair<Marker, std::string>> &entries);

    double x(double value) const { return m_base.position(value); }
    double y(double value) const { return m_value.position(value); }
    const Area &area() const { return m_area; }
    const Axis &value() const { return m_value; }
    const Axis &base() const { return m_base; }
    template <typename T> void add(T shape) { m_drawing.add(std::move(shape)); }
    Drawing take();

private:
    Area m_area;
    double m_nameX = 14; ///< of the value axis
    double m_lowered = 0; ///< what take() makes room for
    Axis m_value;
    Axis m_base;
    Drawing m_drawing;
};

/// Where a layer's column lies when `count` share the plotting area.
double columnCentre(const Plot::Area &area, std::size_t index, std::size_t count);

/// Title and muted context at the top of a drawing.
void addHeading(Drawing &drawing, const std::string &title, const std::string &context);

/// Fill and shape of the `index`-th series.
Marker seriesMarker(int index);

} // namespace bitprism::chart
