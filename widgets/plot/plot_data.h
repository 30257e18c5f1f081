// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <limits>
#include <optional>
#include <vector>

namespace bitprism {

/// At most this many points of a curve, and cells along each side of a map, are drawn; what is
/// reduced keeps its least and largest values.
inline constexpr std::size_t maxPlotPoints = 4000;
inline constexpr int maxPlotCells = 512;

struct PlotAxis
{
    QString title{}; ///< with its unit: "bits", "KL divergence, nats per token"
    bool isLog = false; ///< values of zero or below stand at the end of the axis then
    bool isInteger = false; ///< labels whole numbers only
    bool startsAtZero = false;
    QStringList categories{}; ///< labels of 0, 1, ...; empty: a number axis

    bool operator==(const PlotAxis &) const = default;
};

struct PlotPoint
{
    double x = 0;
    double y = 0;
    double xError = std::numeric_limits<double>::quiet_NaN(); ///< standard error; NaN: none
    double yError = std::numeric_limits<double>::quiet_NaN();
    QString id{}; ///< what signals say; points of one layer or run share it
    QString label{}; ///< headline of the hover card
    bool isMuted = false; ///< inside the noise
    bool isEmphatic = false; ///< larger, on a ground of its own: the chosen one, the best
};

enum class SeriesLine
{
    None,
    Straight,
    Step, ///< horizontal, then vertical: a Pareto front
    Dashed
};

struct PlotSeries
{
    QString name{};
    std::vector<PlotPoint> points{}; ///< by rising x where there is a line; a NaN leaves a gap
    SeriesLine line = SeriesLine::None;
    bool hasMarkers = true;
    int style = -1; ///< place among the theme's series colours and the marker shapes; -1: its own
    bool hasBand = false; ///< standard errors of a line without markers as a band around it
    /// Drawn for comparison alone: hovering reads it, and nothing of it can be chosen.
    bool isBackdrop = false;
};

/// A grey band from -`high` to `high` (or `low` to `high`) of the value axis: what lies inside
/// cannot be told from zero.
struct NoiseFloor
{
    double low = 0;
    double high = 0;
    QString text{}; ///< in the legend: "noise floor: two standard errors"
};

/// A line across the plot at one value: "unquantized".
struct ReferenceLine
{
    double value = 0;
    Qt::Orientation orientation = Qt::Horizontal; ///< horizontal: at a value of y
    QString text{};
};

struct PlotBar
{
    QString id{};
    QString label{}; ///< on the category axis
    double value = 0; ///< NaN: not measured, hatched
    double error = std::numeric_limits<double>::quiet_NaN();
    bool isMuted = false;
    int style = -1; ///< place among the series colours; -1: its series'
    double fill = 1; ///< share of the bar that is filled, the rest is outlined
    QString
        group{}; ///< bars of one stand together: a line parts it from the next, the axis names it
    QString text{}; ///< at the bar where values are shown; empty: the value
    QString note{}; ///< in the hover card; of a bar without a value: why, in its place
};

struct BarSeries
{
    QString name{};
    std::vector<PlotBar> bars{}; ///< one for each category, in order
    /// Sizes that the bars' are ranked among, where only some of all are drawn; empty: the bars.
    std::vector<double> sizes{};
};

struct HeatMapRow
{
    QString id{};
    QString label{}; ///< on the axis, short
    QString group{}; ///< rows of one group stand together; a border is drawn where it changes
    QString whole{}; ///< in copied data, where it is not the id
};

struct HeatMapColumn
{
    QString id{};
    QString label{}; ///< on the axis: "3"
    QString phrase{}; ///< in sentences: "3 bits"
    QString whole{}; ///< in copied data, where it is not the phrase
    QString group{}; ///< as of a row, without a border
};

struct HeatMapData
{
    std::vector<HeatMapRow> rows{};
    std::vector<HeatMapColumn> columns{};
    std::vector<double> values{}; ///< [rows, columns]; NaN: not measured
    std::vector<double> errors{}; ///< standard errors, the same shape or empty
    std::vector<char> muted{}; ///< inside the noise; the same shape or empty
    std::vector<char> marked{}; ///< marked with a dot; the same shape or empty
    QString valueName{}; ///< "KL divergence"
    QString unit{}; ///< "nats per token"; empty: none
    QString markText{}; ///< what the dot means, for the legend

    std::size_t at(int row, int column) const
    {
        return static_cast<std::size_t>(row) * columns.size() + static_cast<std::size_t>(column);
    }
};

/// Least and largest y of each bucket of consecutive points are kept, gaps too.
std::vector<PlotPoint> reducedPoints(const std::vector<PlotPoint> &points,
                                     std::size_t limit = maxPlotPoints);

/// Bounds of some numbers; empty where none is finite.
struct PlotRange
{
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    bool isEmpty() const { return low > high; }
    void add(double value);
    bool operator==(const PlotRange &) const = default;
};

} // namespace bitprism
