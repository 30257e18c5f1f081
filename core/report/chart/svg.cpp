// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/drawing.h"
#include "core/report/escape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace bitprism::chart {

namespace {

using report::xmlEscaped;

/// Coordinates to a tenth of a pixel, without a trailing zero and free of the locale.
std::string coordinate(double value)
{
    const long tenths = std::lround(value * 10);
    std::string text = (tenths < 0 ? "-" : "") + std::to_string(std::labs(tenths) / 10);
    return tenths % 10 == 0 ? text : text + "." + std::to_string(std::labs(tenths) % 10);
}

/// A scale to a ten-thousandth: a hundred cells are off by a hundredth of one.
std::string factor(double value)
{
    const long whole = std::lround(value * 10000);
    const std::string decimals = std::to_string(10000 + whole % 10000);
    return std::to_string(whole / 10000) + "." + decimals.substr(1);
}

/// A length to a hundredth.
std::string shortFactor(double value)
{
    const long whole = std::lround(value * 100);
    const std::string decimals = std::to_string(100 + whole % 100);
    return std::to_string(whole / 100) + "." + decimals.substr(1);
}

std::string nameOf(Ink ink)
{
    switch (ink.role) {
    case Role::Text:
        return "text";
    case Role::Muted:
        return "muted";
    case Role::Grid:
        return "grid";
    case Role::Border:
        return "border";
    case Role::Surface:
        return "surface";
    case Role::Accent:
        return "accent";
    case Role::Bad:
        return "bad";
    case Role::Noise:
        return "noise";
    case Role::Series:
        return "s" + std::to_string(ink.index % seriesCount);
    case Role::Map:
        return "m" + std::to_string(ink.index);
    }
    return "text";
}

std::vector<Ink> allInks()
{
    std::vector<Ink> inks{{Role::Text, 0},    {Role::Muted, 0},  {Role::Grid, 0}, {Role::Border, 0},
                          {Role::Surface, 0}, {Role::Accent, 0}, {Role::Bad, 0},  {Role::Noise, 0}};
    for (int i = 0; i < seriesCount; ++i) {
        inks.push_back({Role::Series, i});
    }
    for (int i = 0; i < mapLevels; ++i) {
        inks.push_back({Role::Map, i});
    }
    return inks;
}

class Writer
{
public:
    explicit Writer(SvgStyle style)
        : m_style(style)
    {
    }

    void operator()(const Rectangle &shape)
    {
        open("rect");
        attribute("x", shape.x);
        attribute("y", shape.y);
        attribute("width", std::max(shape.width, 0.0));
        attribute("height", std::max(shape.height, 0.0));
        fill(shape.fill);
        close("rect", shape.tooltip);
    }

    void operator()(const Line &shape)
    {
        open("polyline");
        text("points", pointList(shape.points));
        text("fill", "none");
        stroke(shape.stroke, shape.width);
        if (shape.isDashed) {
            text("stroke-dasharray", "5 4");
        }
        close("polyline", "");
    }

    void operator()(const Marker &shape)
    {
        const double r = shape.size / 2;
        const Point c = shape.at;
        if (shape.shape == MarkerShape::Circle) {
            open("circle");
            attribute("cx", c.x);
            attribute("cy", c.y);
            attribute("r", r);
            fill(shape.fill);
            close("circle", shape.tooltip);
            return;
        }
        open("polygon");
        text("points", pointList(corners(shape.shape, c, r)));
        fill(shape.fill);
        close("polygon", shape.tooltip);
    }

    void operator()(const Label &shape)
    {
        constexpr std::array<const char *, 3> anchors{"start", "middle", "end"};
        open("text");
        attribute("x", shape.at.x);
        attribute("y", shape.at.y);
        attribute("font-size", shape.size);
        text("text-anchor", anchors[static_cast<std::size_t>(shape.anchor)]);
        if (shape.isBold) {
            text("font-weight", "600");
        }
        if (shape.isVertical) {
            text("transform",
                 "rotate(-90 " + coordinate(shape.at.x) + " " + coordinate(shape.at.y) + ")");
        }
        fill(shape.ink);
        m_text += ">" + xmlEscaped(shape.text) + "</text>\n";
    }

    /// A line along each run, in units of cells: a colour is one path of a few bytes a run. Lines
    /// reach a little over their cells, so that viewers that smooth edges leave no seam.
    void operator()(const Cells &shape)
    {
        constexpr double reach = 0.5; // pixels
        const double over = reach / std::max(shape.width, reach);
        m_text += "<g stroke-width=\"" + factor(1 + reach / std::max(shape.height, reach))
            + R"(" shape-rendering="crispEdges" transform="translate()" + coordinate(shape.at.x)
            + " " + coordinate(shape.at.y + shape.height / 2) + ") scale(" + factor(shape.width)
            + " " + factor(shape.height) + ")\">\n";
        const std::vector<std::vector<CellRun>> runs = cellRuns(shape);
        for (std::size_t level = 0; level < runs.size(); ++level) {
            if (runs[level].empty()) {
                continue;
            }
            open("path");
            m_text += " d=\"";
            for (const CellRun &run : runs[level]) {
                m_text += "M" + std::to_string(run.first) + " " + std::to_string(run.row) + "h"
                    + shortFactor(static_cast<double>(run.count) + over);
            }
            m_text += "\"";
            ink("stroke", "s-", {Role::Map, static_cast<int>(level)});
            close("path", "");
        }
        m_text += "</g>\n";
        columnTips(shape);
    }

    std::string take() { return std::move(m_text); }

private:
    static std::vector<Point> corners(MarkerShape shape, Point c, double r)
    {
        switch (shape) {
        case MarkerShape::Square:
            return {{c.x - r, c.y - r}, {c.x + r, c.y - r}, {c.x + r, c.y + r}, {c.x - r, c.y + r}};
        case MarkerShape::Triangle:
            return {{c.x, c.y - r}, {c.x + r, c.y + r}, {c.x - r, c.y + r}};
        case MarkerShape::Cross: {
            const double t = r / 3;
            return {{c.x - t, c.y - r}, {c.x + t, c.y - r}, {c.x + t, c.y - t}, {c.x + r, c.y - t},
                    {c.x + r, c.y + t}, {c.x + t, c.y + t}, {c.x + t, c.y + r}, {c.x - t, c.y + r},
                    {c.x - t, c.y + t}, {c.x - r, c.y + t}, {c.x - r, c.y - t}, {c.x - t, c.y - t}};
        }
        default:
            return {{c.x, c.y - r}, {c.x + r, c.y}, {c.x, c.y + r}, {c.x - r, c.y}};
        }
    }

    static std::string pointList(const std::vector<Point> &points)
    {
        std::string list;
        for (const Point &point : points) {
            list += (list.empty() ? "" : " ") + coordinate(point.x) + "," + coordinate(point.y);
        }
        return list;
    }

    void open(const char *element) { m_text += std::string("<") + element; }
    void attribute(const char *name, double value) { text(name, coordinate(value)); }
    void text(const char *name, const std::string &value)
    {
        m_text += std::string(" ") + name + "=\"" + xmlEscaped(value) + "\"";
    }

    void ink(const char *name, const std::string &prefix, Ink ink)
    {
        m_style == SvgStyle::Page ? text("class", prefix + nameOf(ink))
                                  : text(name, colourOf(ink, m_style == SvgStyle::Dark));
    }

    void fill(Ink colour) { ink("fill", "f-", colour); }

    void stroke(Ink colour, double width)
    {
        ink("stroke", "s-", colour);
        attribute("stroke-width", width);
    }

    /// Unseen, but there for the pointer.
    void columnTips(const Cells &shape)
    {
        for (std::size_t i = 0; i < shape.tooltips.size(); ++i) {
            open("rect");
            attribute("x", shape.at.x + shape.width * static_cast<double>(i));
            attribute("y", shape.at.y);
            attribute("width", shape.width);
            attribute("height", shape.height * static_cast<double>(shape.rows()));
            text("fill", "none");
            text("pointer-events", "all");
            close("rect", shape.tooltips[i]);
        }
    }

    void close(const char *element, const std::string &tooltip)
    {
        m_text += tooltip.empty()
            ? "/>\n"
            : "><title>" + xmlEscaped(tooltip) + "</title></" + element + ">\n";
    }

    SvgStyle m_style;
    std::string m_text;
};

} // namespace

std::string toSvg(const Drawing &drawing, SvgStyle style)
{
    Writer writer(style);
    for (const Shape &shape : drawing.shapes) {
        std::visit(writer, shape);
    }
    const std::string size = coordinate(drawing.width) + " " + coordinate(drawing.height);
    return R"(<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width=")"
        + coordinate(drawing.width) + "\" height=\"" + coordinate(drawing.height)
        + "\" viewBox=\"0 0 " + size + "\" aria-label=\"" + xmlEscaped(drawing.title)
        + "\" font-family=\"system-ui, sans-serif\">\n" + writer.take() + "</svg>\n";
}

std::string paletteCss()
{
    std::string light;
    std::string dark;
    std::string classes;
    for (const Ink ink : allInks()) {
        const std::string name = nameOf(ink);
        light += "--" + name + ":" + colourOf(ink, false) + ";";
        dark += "--" + name + ":" + colourOf(ink, true) + ";";
        classes += ".f-" + name + "{fill:var(--" + name + ")}.s-" + name + "{stroke:var(--" + name
            + ")}";
    }
    return ":root{color-scheme:light dark;" + light + "}\n@media (prefers-color-scheme:dark){:root{"
        + dark + "}}\n" + classes + "\n";
}

} // namespace bitprism::chart
