// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/series_plot.h"

#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Air between the outermost data and the axes, as a share of the data's span.
constexpr double padding = 0.05;
constexpr std::size_t mostEndLabels = 4;

PlotRange padded(PlotRange range, const PlotAxis &axis)
{
    if (!axis.categories.isEmpty()) {
        return {-0.5, static_cast<double>(axis.categories.size()) - 0.5};
    }
    if (range.isEmpty()) {
        return axis.isLog ? PlotRange{0.1, 1} : PlotRange{0, 1};
    }
    if (axis.isLog) {
        const double span = std::max(std::log(range.high / range.low), 0.1);
        return {range.low * std::exp(-padding * span), range.high * std::exp(padding * span)};
    }
    if (axis.startsAtZero) {
        range.add(0);
    }
    const double span
        = range.high > range.low ? range.high - range.low : std::max(std::abs(range.high), 1e-12);
    const bool touchesZero = axis.startsAtZero && range.low == 0;
    return {touchesZero ? 0 : range.low - padding * span, range.high + padding * span};
}

QColor inkOf(const PlotPoint &point, const QColor &colour, const Theme &theme)
{
    return point.isMuted ? mixColours(colour, theme.surface, 0.55) : colour;
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
    updateView();
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
            m_values.push_back(m_series[i].points[j].y);
        }
    }
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

const PlotPoint &SeriesPlot::point(int item) const
{
    const Item &place = m_items[static_cast<std::size_t>(item)];
    return m_series[place.series].points[place.point];
}

int SeriesPlot::styleOf(std::size_t series) const
{
    return m_series[series].style >= 0 ? m_series[series].style : static_cast<int>(series);
}

QPointF SeriesPlot::pixelOf(const PlotPoint &point) const
{
    return canvas().pixel(point.x, point.y);
}

bool SeriesPlot::isShown(const PlotPoint &point) const
{
    const bool isOnX = !canvas().xInfo().isLog || point.x > 0;
    const bool isOnY = !canvas().yInfo().isLog || point.y > 0;
    return isOnX && isOnY && std::isfinite(point.x) && std::isfinite(point.y);
}

double SeriesPlot::markerSize() const { return em(this, 0.65); }

void SeriesPlot::updateView()
{
    PlotRange x;
    PlotRange y;
    for (const PlotSeries &series : m_series) {
        for (const PlotPoint &each : series.points) {
            if (!isShown(each)) {
                continue;
            }
            x.add(each.x);
            y.add(each.y);
            const auto addError = [](PlotRange &range, double value, double error, bool isLog) {
                range.add(value + error);
                if (!isLog) {
                    range.add(value - error);
                }
            };
            addError(x, each.x, each.xError, canvas().xInfo().isLog);
            addError(y, each.y, each.yError, canvas().yInfo().isLog);
        }
    }
    for (const ReferenceLine &line : m_references) {
        const bool isY = line.orientation == Qt::Horizontal;
        if (!(isY ? canvas().yInfo() : canvas().xInfo()).isLog || line.value > 0) {
            (isY ? y : x).add(line.value);
        }
    }
    setFullView(padded(x, canvas().xInfo()), padded(y, canvas().yInfo()),
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
        entries.push_back({sign, each.name, styleOf(i)});
    }
    if (!m_diagonal.isEmpty()) {
        entries.push_back({LegendSign::Diagonal, m_diagonal, 0});
    }
    if (m_floor) {
        entries.push_back({LegendSign::Band, m_floor->text, 0});
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
        if (distance <= least) {
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
    reading.rank = total > 1 ? rankText(rank, total) : QString();
    reading.note = each.isMuted ? tr("inside the noise") : QString();
    return reading;
}

PlotTable SeriesPlot::table() const
{
    PlotTable table;
    table.header = {tr("series"),           tr("name"),
                    canvas().xInfo().title, tr("standard error"),
                    canvas().yInfo().title, tr("standard error")};
    for (const PlotSeries &series : m_series) {
        for (const PlotPoint &each : series.points) {
            table.rows.push_back({series.name, each.label.isEmpty() ? each.id : each.label,
                                  exactNumber(each.x), exactNumber(each.xError),
                                  exactNumber(each.y), exactNumber(each.yError)});
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

void SeriesPlot::drawData(const PlotDrawing &drawing)
{
    drawBands(drawing);
    drawReferences(drawing);
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        drawLine(drawing, i);
    }
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        drawPoints(drawing, i);
    }
}

void SeriesPlot::drawBands(const PlotDrawing &drawing) const
{
    if (!m_floor) {
        return;
    }
    const QRectF plot = canvas().plotRect();
    const bool isLog = canvas().yInfo().isLog;
    const auto pixel = [&](double value) {
        return isLog && value <= 0
            ? plot.bottom()
            : std::clamp(canvas().yAxis->coordToPixel(value), plot.top(), plot.bottom());
    };
    drawing.painter.fillRect(QRectF(QPointF(plot.left(), pixel(m_floor->high)),
                                    QPointF(plot.right(), pixel(m_floor->low))),
                             drawing.theme.grid);
}

void SeriesPlot::drawReferences(const PlotDrawing &drawing) const
{
    const QRectF plot = canvas().plotRect();
    QPainter &painter = drawing.painter;
    painter.setPen(QPen(drawing.theme.mutedText, 1, Qt::DashLine));
    painter.setFont(canvas().smallFont());
    for (const ReferenceLine &line : m_references) {
        const double pad = em(this, 0.35);
        if (line.orientation == Qt::Horizontal) {
            const double y = canvas().yAxis->coordToPixel(line.value);
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
            painter.drawText(QPointF(plot.left() + pad, y - pad), line.text);
        } else {
            const double x = canvas().xAxis->coordToPixel(line.value);
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
            painter.drawText(QPointF(x + pad, plot.top() + em(this, 1)), line.text);
        }
    }
    if (!m_diagonal.isEmpty()) {
        const QCPRange x = canvas().xAxis->range();
        const QCPRange y = canvas().yAxis->range();
        const double low = std::max(x.lower, y.lower);
        const double high = std::min(x.upper, y.upper);
        if (low < high) {
            painter.drawLine(canvas().pixel(low, low), canvas().pixel(high, high));
        }
    }
}

void SeriesPlot::drawLine(const PlotDrawing &drawing, std::size_t series) const
{
    const PlotSeries &each = m_series[series];
    if (each.line == SeriesLine::None) {
        return;
    }
    drawing.painter.setBrush(Qt::NoBrush);
    drawing.painter.setPen(QPen(seriesColour(drawing.theme, styleOf(series)),
                                std::max(1.5, em(this, 0.15) * 1.0),
                                each.line == SeriesLine::Dashed ? Qt::DashLine : Qt::SolidLine));
    QPolygonF line;
    for (const PlotPoint &next : each.points) {
        if (!isShown(next)) {
            drawing.painter.drawPolyline(line);
            line.clear();
            continue;
        }
        const QPointF place = pixelOf(next);
        if (each.line == SeriesLine::Step && !line.isEmpty()) {
            line.append({place.x(), line.last().y()});
        }
        line.append(place);
    }
    drawing.painter.drawPolyline(line);
}

void SeriesPlot::drawPoints(const PlotDrawing &drawing, std::size_t series) const
{
    const PlotSeries &each = m_series[series];
    const QColor colour = seriesColour(drawing.theme, styleOf(series));
    const QRectF plot = canvas().plotRect().adjusted(-20, -20, 20, 20);
    for (const PlotPoint &next : each.points) {
        if (!isShown(next) || !plot.contains(pixelOf(next))) {
            continue;
        }
        const QColor ink = inkOf(next, colour, drawing.theme);
        drawErrors(drawing, next, ink);
        if (each.hasMarkers) {
            drawMarker(drawing.painter, pixelOf(next), styleOf(series), markerSize(), ink,
                       next.isMuted);
        }
    }
}

void SeriesPlot::drawErrors(const PlotDrawing &drawing, const PlotPoint &point,
                            const QColor &colour) const
{
    const double cap = markerSize() * 0.8;
    drawing.painter.setPen(QPen(colour, 1));
    // On a logarithmic axis the lower end may lie at or below zero: down to the axis then.
    const auto low = [](const QCPAxis &axis, double value) {
        return axis.scaleType() == QCPAxis::stLogarithmic ? std::max(value, axis.range().lower)
                                                          : value;
    };
    if (std::isfinite(point.yError) && point.yError > 0) {
        // Of a point inside the noise the upper half says enough: the lower ones would be a fence.
        const double from
            = point.isMuted && canvas().yInfo().isLog ? point.y : point.y - point.yError;
        drawErrorBar(drawing.painter, canvas().pixel(point.x, low(*canvas().yAxis, from)),
                     canvas().pixel(point.x, point.y + point.yError), cap, true);
    }
    if (std::isfinite(point.xError) && point.xError > 0) {
        drawErrorBar(drawing.painter,
                     canvas().pixel(low(*canvas().xAxis, point.x - point.xError), point.y),
                     canvas().pixel(point.x + point.xError, point.y), cap, false);
    }
}

void SeriesPlot::drawAnnotations(const PlotDrawing &drawing)
{
    if (!labelsEnds()) {
        return;
    }
    struct Label
    {
        double y = 0;
        std::size_t series = 0;
    };
    const QRectF plot = canvas().plotRect();
    const double height = QFontMetrics(canvas().smallFont()).height();
    std::vector<Label> labels;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const auto last = std::find_if(m_series[i].points.rbegin(), m_series[i].points.rend(),
                                       [this](const PlotPoint &each) { return isShown(each); });
        if (last != m_series[i].points.rend()) {
            labels.push_back({std::clamp(pixelOf(*last).y(), plot.top(), plot.bottom()), i});
        }
    }
    std::sort(labels.begin(), labels.end(),
              [](const Label &a, const Label &b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i) { // apart, downwards
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + height);
    }
    for (std::size_t i = labels.size(); i-- > 0;) { // and back up from the foot
        const double limit = i + 1 < labels.size() ? labels[i + 1].y - height : plot.bottom();
        labels[i].y = std::min(labels[i].y, limit);
    }
    drawing.painter.setFont(canvas().smallFont());
    for (const Label &label : labels) {
        const double left = plot.right() + em(this, 0.6);
        drawing.painter.setPen(seriesColour(drawing.theme, styleOf(label.series)));
        drawing.painter.drawText(
            QRectF(left, label.y - height / 2, canvas().width() - left, height),
            Qt::AlignLeft | Qt::AlignVCenter, m_series[label.series].name);
    }
}

bool LinePlot::labelsEnds() const
{
    return series().size() > 1 && series().size() <= mostEndLabels;
}

} // namespace bitprism
