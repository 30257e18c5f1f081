// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/plot.h"

#include "core/report/chart/charts.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <array>

namespace bitprism::chart {

namespace {

constexpr double small = 12;
constexpr double titleSize = 15;
constexpr std::size_t headingShapes = 2; ///< of addHeading(): they come first
constexpr double contextLine = 36; ///< baseline
constexpr double legendLine = 16; ///< height

struct Lowering
{
    double by = 0;
    void operator()(Rectangle &shape) const { shape.y += by; }
    void operator()(Line &shape) const
    {
        for (Point &point : shape.points) {
            point.y += by;
        }
    }
    void operator()(Marker &shape) const { shape.at.y += by; }
    void operator()(Label &shape) const { shape.at.y += by; }
    void operator()(Cells &shape) const { shape.at.y += by; }
};

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
    drawing.add(Label{{0, contextLine},
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
    std::vector<std::pair<Point, std::string>> names; // where each entry begins, on its baseline
    Point at{m_area.left, 0};
    for (const auto &entry : entries) {
        std::string text = elidedMiddle(entry.second, 150, small);
        const double width = 14 + textWidth(text, small);
        if (at.x > m_area.left && at.x + width > m_area.right) {
            at = {m_area.left, at.y + legendLine};
        }
        names.emplace_back(at, std::move(text));
        at.x += width + 18;
    }
    const double last = m_area.top - 7; // baseline of the lowest line
    const double first = last - at.y;
    constexpr double below = 19; // from the context to the legend
    m_lowered = std::max(0.0, contextLine + below - first);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Point place{names[i].first.x, first + names[i].first.y};
        Marker placed = entries[i].first;
        placed.at = {place.x + 5, place.y - 4};
        add(placed);
        add(Label{{place.x + 14, place.y},
                  names[i].second,
                  Anchor::Start,
                  small,
                  {Role::Muted, 0},
                  false,
                  false});
    }
}

Drawing Plot::take()
{
    if (m_lowered > 0) {
        for (std::size_t i = headingShapes; i < m_drawing.shapes.size(); ++i) {
            std::visit(Lowering{m_lowered}, m_drawing.shapes[i]);
        }
        m_drawing.height += m_lowered;
    }
    return std::move(m_drawing);
}

} // namespace bitprism::chart
