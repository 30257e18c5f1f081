// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/series_plot.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Air between the outermost data and the axes, as a share of the data's span.
constexpr double usualPadding = 0.05;
constexpr double labelPadding = 0.12; ///< where names stand around the points
constexpr std::size_t mostEndLabels = 4;

/// `edge` is the share of a logarithmic axis that what is zero or below takes.
PlotRange padded(PlotRange range, const PlotAxis &axis, double edge, double padding = usualPadding)
{
    if (!axis.categories.isEmpty()) {
        return {-0.5, static_cast<double>(axis.categories.size()) - 0.5};
    }
    if (range.isEmpty()) {
        return axis.isLog ? PlotRange{0.1, 1} : PlotRange{0, 1};
    }
    if (axis.isLog) {
        const double span = std::max(std::log(range.high / range.low), 0.1);
        const double room = (1 + 2 * padding) * span * edge / (1 - edge);
        return {range.low * std::exp(-padding * span - room),
                range.high * std::exp(padding * span)};
    }
    if (axis.startsAtZero) {
        range.add(0);
    }
    const double span
        = range.high > range.low ? range.high - range.low : std::max(std::abs(range.high), 1e-12);
    const bool touchesZero = axis.startsAtZero && range.low == 0;
    return {touchesZero ? 0 : range.low - padding * span, range.high + padding * span};
}

/// A value with its error; on a logarithmic axis what lies at or below zero has no place.
void addTo(PlotRange &range, bool isLog, double value, double error)
{
    if (isLog && value <= 0) {
        return;
    }
    range.add(value);
    range.add(value + error);
    if (!isLog) {
        range.add(value - error);
    }
}

} // namespace

SeriesPlot::SeriesPlot(QWidget *parent)
    : PlotFrame(parent)
{
}

void SeriesPlot::setAxes(const PlotAxis &x, const PlotAxis &y)
{
    if (x == canvas().xInfo() && y == canvas().yInfo()) {
        return; // a view that was zoomed stays so while results arrive
    }
    canvas().setAxes(x, y);
    placeOnEdges();
    updateView();
    updateLegend();
    dataChanged(false);
}

void SeriesPlot::setSeries(std::vector<PlotSeries> series)
{
    m_series = std::move(series);
    m_items.clear();
    m_values.clear();
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        m_series[i].points = reducedPoints(m_series[i].points);
        for (std::size_t j = 0; j < m_series[i].points.size(); ++j) {
            m_items.push_back({i, j});
            if (isRanked(m_series[i])) {
                m_values.push_back(m_series[i].points[j].y);
            }
        }
    }
    placeOnEdges();
    updateView();
    updateLegend();
    dataChanged(true);
}

void SeriesPlot::setNoiseFloor(const std::optional<NoiseFloor> &floor)
{
    m_floor = floor;
    updateLegend();
    replot();
}

void SeriesPlot::setReferenceLines(std::vector<ReferenceLine> lines)
{
    m_references = std::move(lines);
    updateView();
    dataChanged(true);
}

void SeriesPlot::setDiagonal(const QString &text)
{
    m_diagonal = text;
    updateLegend();
    replot();
}

void SeriesPlot::setLabelsPoints(bool labels)
{
    m_labelsPoints = labels;
    replot();
}

const PlotPoint &SeriesPlot::point(int item) const
{
    const Item &place = m_items[static_cast<std::size_t>(item)];
    return m_series[place.series].points[place.point];
}

bool SeriesPlot::isChoosable(int item) const
{
    return !m_series[m_items[static_cast<std::size_t>(item)].series].isBackdrop;
}

int SeriesPlot::styleOf(std::size_t series) const
{
    return m_series[series].style >= 0 ? m_series[series].style : static_cast<int>(series);
}

bool SeriesPlot::isShown(const PlotPoint &point) const
{
    return std::isfinite(point.x) && std::isfinite(point.y);
}

double SeriesPlot::markerSize() const { return em(this, 0.65); }

bool SeriesPlot::isEmpty() const
{
    return std::none_of(m_items.begin(), m_items.end(), [this](const Item &item) {
        return isShown(m_series[item.series].points[item.point]);
    });
}

void SeriesPlot::updateView()
{
    PlotRange x;
    PlotRange y;
    for (const PlotSeries &series : m_series) {
        for (const PlotPoint &each : series.points) {
            if (isShown(each)) {
                addTo(x, canvas().xInfo().isLog, each.x, each.xError);
                addTo(y, canvas().yInfo().isLog, each.y, each.yError);
            }
        }
    }
    for (const ReferenceLine &line : m_references) {
        const bool isY = line.orientation == Qt::Horizontal;
        if (!(isY ? canvas().yInfo() : canvas().xInfo()).isLog || line.value > 0) {
            (isY ? y : x).add(line.value);
        }
    }
    const double aside = m_labelsPoints ? labelPadding : usualPadding;
    setFullView(padded(x, canvas().xInfo(), canvas().xEdge(), aside),
                padded(y, canvas().yInfo(), canvas().yEdge(), aside),
                Qt::Horizontal | Qt::Vertical);
}

void SeriesPlot::updateLegend()
{
    std::vector<LegendEntry> entries;
    const bool isNeeded = m_series.size() > 1 && !labelsEnds();
    for (std::size_t i = 0; isNeeded && i < m_series.size(); ++i) {
        const PlotSeries &each = m_series[i];
        const LegendSign sign = each.line == SeriesLine::None ? LegendSign::Marker
            : each.hasMarkers                                 ? LegendSign::LineWithMarker
            : each.line == SeriesLine::Dashed                 ? LegendSign::DashedLine
                                                              : LegendSign::Line;
        const bool isListed = std::any_of(entries.begin(), entries.end(), [&](const auto &other) {
            return other.text == each.name && other.style == styleOf(i);
        });
        if (!isListed) { // a line in parts is named once
            entries.push_back({sign, each.name, styleOf(i)});
        }
    }
    if (!m_diagonal.isEmpty()) {
        entries.push_back({LegendSign::Diagonal, m_diagonal, 0});
    }
    if (m_floor) {
        entries.push_back({LegendSign::Band, m_floor->text, 0});
    }
    const auto count = std::count_if(m_items.begin(), m_items.end(), [this](const Item &item) {
        const PlotPoint &each = m_series[item.series].points[item.point];
        return isShown(each) && isOnAxis(each);
    });
    if (count > 0) {
        entries.push_back(
            {LegendSign::Band, tr("zero or below, %n marks", nullptr, static_cast<int>(count)), 0});
    }
    canvas().setLegend(std::move(entries));
}

void SeriesPlot::applyTheme()
{
    PlotFrame::applyTheme();
    updateLegend();
}

QRectF SeriesPlot::itemRect(int item) const
{
    const PlotPoint &each = point(item);
    if (!isShown(each)) {
        return {};
    }
    const double half = markerSize() * 0.9;
    return QRectF(pixelOf(each) - QPointF(half, half), QSizeF(2 * half, 2 * half));
}

int SeriesPlot::itemAt(const QPointF &pixel) const
{
    if (!canvas().plotRect().adjusted(-reach(), -reach(), reach(), reach()).contains(pixel)) {
        return -1;
    }
    int nearest = -1;
    double least = reach() * reach();
    for (int item = 0; item < itemCount(); ++item) {
        if (!isShown(point(item))) {
            continue;
        }
        const QPointF away = pixelOf(point(item)) - pixel;
        const double distance = QPointF::dotProduct(away, away);
        // What can be chosen comes before a curve behind it, however near that is.
        const bool isBehind = nearest >= 0 && isChoosable(nearest) && !isChoosable(item);
        const bool isBefore = nearest >= 0 && !isChoosable(nearest) && isChoosable(item);
        if (!isBehind && distance <= (isBefore ? reach() * reach() : least)) {
            least = distance;
            nearest = item;
        }
    }
    return nearest;
}

PlotReading SeriesPlot::reading(int item) const
{
    const Item &place = m_items[static_cast<std::size_t>(item)];
    const PlotPoint &each = point(item);
    const auto valueText = [](const PlotAxis &axis, double value, double error) {
        const auto category = static_cast<qsizetype>(std::lround(value));
        return category >= 0 && category < axis.categories.size() ? axis.categories.at(category)
                                                                  : plotNumber(value, error);
    };
    PlotReading reading;
    reading.headline = each.label.isEmpty() ? m_series[place.series].name : each.label;
    if (!each.label.isEmpty() && m_series.size() > 1) {
        reading.values.emplace_back(QString(), m_series[place.series].name);
    }
    reading.values.emplace_back(canvas().xInfo().title,
                                valueText(canvas().xInfo(), each.x, each.xError));
    reading.values.emplace_back(canvas().yInfo().title,
                                valueText(canvas().yInfo(), each.y, each.yError));
    const auto [rank, total] = rankAmong(each.y, m_values);
    if (total > 1 && isRanked(m_series[place.series])) {
        reading.rank = standingText(rank, total, rankedAmong());
    }
    reading.note = isOnAxis(each) ? tr("zero or below: it has no place on this axis")
        : each.isMuted            ? tr("inside the noise")
                                  : QString();
    return reading;
}

PlotTable SeriesPlot::table() const
{
    PlotTable table;
    const QString x = canvas().xInfo().title;
    const QString y = canvas().yInfo().title;
    table.header = {tr("series"), tr("name"), x, errorTitle(x), y, errorTitle(y)};
    for (const PlotSeries &series : m_series) {
        for (const PlotPoint &each : series.points) {
            table.rows.push_back({series.name, wholeName(each.label, each.id), exactNumber(each.x),
                                  exactNumber(each.xError), exactNumber(each.y),
                                  exactNumber(each.yError)});
        }
    }
    return table;
}

void SeriesPlot::prepareReplot()
{
    canvas().thinCategories();
    int margin = em(this, 1);
    if (labelsEnds()) {
        const QFontMetrics metrics(canvas().smallFont());
        for (const PlotSeries &series : m_series) {
            margin = std::max(margin, metrics.horizontalAdvance(series.name) + em(this, 1.5));
        }
    }
    canvas().setRightMargin(margin);
}

bool LinePlot::labelsEnds() const
{
    return series().size() > 1 && series().size() <= mostEndLabels;
}

} // namespace bitprism
