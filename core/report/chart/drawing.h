// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bitprism::chart {

/// What a colour means; a backend looks the colour up in its theme.
enum class Role
{
    Text,
    Muted,
    Grid,
    Border,
    Surface,
    Accent,
    Bad,
    Noise, ///< the band inside which differences mean nothing
    Series, ///< `index` 0 to 6
    Map, ///< sequential, `index` 0 (least damage) to mapLevels - 1 (most)
};

constexpr int seriesCount = 7;
constexpr int mapLevels = 33;

struct Ink
{
    Role role = Role::Text;
    int index = 0;
};

enum class Anchor
{
    Start,
    Middle,
    End
};

enum class MarkerShape
{
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross
};

struct Point
{
    double x = 0;
    double y = 0;
};

struct Rectangle
{
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
    Ink fill;
    std::string tooltip; ///< empty: none
};

struct Line
{
    std::vector<Point> points;
    Ink stroke;
    double width = 1;
    bool isDashed = false;
};

struct Marker
{
    Point at;
    MarkerShape shape = MarkerShape::Circle;
    Ink fill;
    double size = 7; ///< across
    std::string tooltip;
};

struct Label
{
    Point at; ///< on the baseline
    std::string text;
    Anchor anchor = Anchor::Start;
    double size = 12;
    Ink ink;
    bool isBold = false;
    bool isVertical = false; ///< reads upwards
};

/// A grid of equal cells in the colours of the map, for thousands of them: backends join neighbours
/// of one colour.
struct Cells
{
    Point at; ///< upper left corner
    double width = 0; ///< of one cell
    double height = 0;
    std::size_t columns = 0;
    std::vector<std::int8_t> levels; ///< [rows, columns]: 0 to mapLevels - 1; below 0: no cell
    std::vector<std::string> tooltips; ///< of whole columns; empty: none

    std::size_t rows() const { return columns == 0 ? 0 : levels.size() / columns; }
};

using Shape = std::variant<Rectangle, Line, Marker, Label, Cells>;

/// Neighbouring cells of a row that have one colour.
struct CellRun
{
    std::size_t row = 0;
    std::size_t first = 0;
    std::size_t count = 0;
};

/// The runs of each colour, by level; cells without a colour are in none.
std::vector<std::vector<CellRun>> cellRuns(const Cells &cells);

/// A chart as shapes in drawing order, in units of one CSS pixel. Charts are drawn once; backends
/// write a drawing as SVG, or on a page.
struct Drawing
{
    double width = 0;
    double height = 0;
    std::string title; ///< what it shows, read out by screen readers
    std::vector<Shape> shapes;

    template <typename T> void add(T shape)
    {
        shapes.emplace_back(std::in_place_type<T>, std::move(shape));
    }
};

/// Width of `text` at `size`, estimated without a font: 0.56 em a character, 1 em a wide one.
double textWidth(std::string_view text, double size);

/// `text` with its middle replaced by an ellipsis where it is wider than `width`.
std::string elidedMiddle(const std::string &text, double width, double size);

/// Light and dark colours of an ink as "#rrggbb".
std::string colourOf(Ink ink, bool isDark);

/// CSS custom properties of every ink for both themes, and classes that fill (f-NAME) and stroke
/// (s-NAME) with them.
std::string paletteCss();

enum class SvgStyle
{
    Page, ///< classes of paletteCss(), which the page holds
    Light, ///< colours in place, for viewers without CSS variables
    Dark
};

/// Well-formed SVG with a `<title>` as tooltip of each shape that has one; texts are escaped.
std::string toSvg(const Drawing &drawing, SvgStyle style);

} // namespace bitprism::chart
