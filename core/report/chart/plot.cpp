// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/plot.h"

#include "core/report/chart/charts.h"
#include "core/report/report_text.h"

#include <array>

namespace bitprism::chart {

namespace {

constexpr double small = 12;
constexpr double titleSize = 15;

} // namespace

void addHeading(Drawing &drawing, const std::string &title, const std::string &context)
{
    drawing.title = title;
    drawing.add(Label{{0, 18},
                      elidedMiddle(title, drawing.width, titleSize),
                      Anchor::Start,
                      titleSize,
                      {Role::Text, 0},
                      true,
                      false});
    drawing.add(Label{{0, 36},
                      elidedMiddle(context, drawing.width, small),
                      Anchor::Start,
                      small,
                      {Role::Muted, 0},
                      false,
                      false});
}

double columnCentre(const Plot::Area &area, std::size_t index, std::size_t count)
{
    const double width = (area.right - area.left) / static_cast<double>(count);
    return area.left + width * (static_cast<double>(index) + 0.5);
}

Marker seriesMarker(int index)
{
    constexpr std::array<MarkerShape, 5> shapes{MarkerShape::Circle, MarkerShape::Square,
                                                MarkerShape::Triangle, MarkerShape::Diamond,
                                                MarkerShape::Cross};
    Marker marker;
    marker.shape = shapes[static_cast<std::size_t>(index) % shapes.size()];
    marker.fill = {Role::Series, index};
    return marker;
}

Plot::Plot(const std::string &title, const std::string &context, Area area, double height)
    : m_area(area)
{
    m_drawing.width = pageWidth;
    m_drawing.height = height;
    addHeading(m_drawing, title, context);
}

Plot::Plot(Drawing drawing, Area area)
    : m_area(area)
    , m_nameX(area.left - 56)
    , m_drawing(std::move(drawing))
{
}

void Plot::valueAxis(Axis axis, const std::string &name)
{
    m_value = std::move(axis);
    m_value.place(m_area.bottom, m_area.top);
    for (const Axis::Tick &tick : m_value.ticks()) {
        const double at = y(tick.value);
        add(Line{{{m_area.left, at}, {m_area.right, at}}, {Role::Grid, 0}, 1, false});
        add(Label{{m_area.left - 8, at + 4},
                  tick.label,
                  Anchor::End,
                  small,
                  {Role::Muted, 0},
                  false,
                  false});
    }
    add(Line{
        {{m_area.left, m_area.top}, {m_area.left, m_area.bottom}}, {Role::Border, 0}, 1, false});
    add(Label{{m_nameX, (m_area.top + m_area.bottom) / 2},
              m_value.isLogarithmic() ? report::say(BITPRISM_TR("Report", "%1 (log)"), {name})
                                      : name,
              Anchor::Middle,
              small,
              {Role::Muted, 0},
              false,
              true});
}

void Plot::baseAxis(Axis axis, const std::string &name)
{
    m_base = std::move(axis);
    m_base.place(m_area.left, m_area.right);
    add(Line{{{m_area.left, m_area.bottom}, {m_area.right, m_area.bottom}},
             {Role::Border, 0},
             1,
             false});
    for (const Axis::Tick &tick : m_base.ticks()) {
        const double at = x(tick.value);
        add(Line{{{at, m_area.bottom}, {at, m_area.bottom + 4}}, {Role::Border, 0}, 1, false});
        add(Label{{at, m_area.bottom + 18},
                  tick.label,
                  Anchor::Middle,
                  small,
                  {Role::Muted, 0},
                  false,
                  false});
    }
    add(Label{{(m_area.left + m_area.right) / 2, m_area.bottom + 38},
              m_base.isLogarithmic() ? report::say(BITPRISM_TR("Report", "%1 (log)"), {name})
                                     : name,
              Anchor::Middle,
              small,
              {Role::Muted, 0},
              false,
              false});
}

void Plot::baseNames(const std::vector<std::pair<double, std::string>> &names)
{
    add(Line{{{m_area.left, m_area.bottom}, {m_area.right, m_area.bottom}},
             {Role::Border, 0},
             1,
             false});
    double free = 0;
    for (const auto &[at, name] : names) {
        const double half = textWidth(name, small) / 2;
        if (at - half < free) {
            continue;
        }
        add(Label{
            {at, m_area.bottom + 18}, name, Anchor::Middle, small, {Role::Muted, 0}, false, false});
        free = at + half + 8;
    }
}

void Plot::legend(const std::vector<std::pair<Marker, std::string>> &entries)
{
    double at = m_area.left;
    for (const auto &[marker, name] : entries) {
        const std::string text = elidedMiddle(name, 150, small);
        Marker placed = marker;
        placed.at = {at + 5, m_area.top - 11};
        add(placed);
        add(Label{
            {at + 14, m_area.top - 7}, text, Anchor::Start, small, {Role::Muted, 0}, false, false});
        at += 14 + textWidth(text, small) + 18;
    }
}

} // namespace bitprism::chart
