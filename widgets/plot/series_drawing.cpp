// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SeriesPlot that draws: bands, lines, marks with their errors, and labels.
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/point_labels.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QPixmap>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t mostErrorBars
    = 1000; // beyond, they cover the points and cost a replot's time

/// A mark as a picture: ten thousand are painted in a tenth of the time of as many shapes.
QPixmap stampOf(int style, double size, const QColor &ink, bool isMuted, double ratio)
{
    const double side = std::ceil(size * 1.5) + 2;
    QPixmap stamp((QSizeF(side, side) * ratio).toSize());
    stamp.setDevicePixelRatio(ratio);
    stamp.fill(Qt::transparent);
    QPainter painter(&stamp);
    painter.setRenderHint(QPainter::Antialiasing);
    drawMarker(painter, QPointF(side, side) / 2, style, size, ink, isMuted);
    return stamp;
}

constexpr double edgeMarkerShare = 0.8; // of a mark's size, where many share a strip

constexpr std::size_t mostPlainBars = 30; // with more, bars of those in the noise make a fence

QColor inkOf(const PlotPoint &point, const QColor &colour, const Theme &theme)
{
    return point.isMuted && !point.isEmphatic ? mixColours(colour, theme.surface, 0.3) : colour;
}

} // namespace

void SeriesPlot::drawData(const PlotDrawing &drawing)
{
    drawBands(drawing);
    drawEdges(drawing);
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
            const bool isBelow = canvas().yInfo().isLog && line.value <= 0;
            const double y = isBelow ? plot.bottom() : canvas().yAxis->coordToPixel(line.value);
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
        const QRectF scaled = canvas().scaledRect(); // strips have no scale
        const double low = std::max(canvas().xAxis->pixelToCoord(scaled.left()),
                                    canvas().yAxis->pixelToCoord(scaled.bottom()));
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
    if (each.hasBand) {
        drawErrorBand(drawing, series);
    }
    drawing.painter.setBrush(Qt::NoBrush);
    drawing.painter.setPen(QPen(seriesColour(drawing.theme, styleOf(series)),
                                std::max(1.5, em(this, 0.15) * 1.0),
                                each.line == SeriesLine::Dashed ? Qt::DashLine : Qt::SolidLine));
    QPolygonF line;
    for (const PlotPoint &next : each.points) {
        if (!isShown(next) || isOnAxis(next)) {
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

/// The line's standard errors on both sides, in steps where the line has them.
void SeriesPlot::drawErrorBand(const PlotDrawing &drawing, std::size_t series) const
{
    const PlotSeries &each = m_series[series];
    QColor fill = seriesColour(drawing.theme, styleOf(series));
    fill.setAlphaF(0.22F);
    const QRectF plot = canvas().plotRect();
    const auto pixel = [&](double x, double y) {
        const bool isBelow = canvas().yInfo().isLog && y <= 0;
        return isBelow ? QPointF(canvas().xAxis->coordToPixel(x), plot.bottom())
                       : canvas().pixel(x, y);
    };
    const auto side = [&](double sign) {
        QPolygonF line;
        for (const PlotPoint &point : each.points) {
            if (!isShown(point) || isOnAxis(point) || !std::isfinite(point.yError)) {
                continue;
            }
            const QPointF place = pixel(point.x, point.y + sign * point.yError);
            if (each.line == SeriesLine::Step && !line.isEmpty()) {
                line.append({place.x(), line.last().y()});
            }
            line.append(place);
        }
        return line;
    };
    QPolygonF band = side(1);
    const QPolygonF lower = side(-1);
    std::reverse_copy(lower.begin(), lower.end(), std::back_inserter(band));
    drawing.painter.setPen(Qt::NoPen);
    drawing.painter.setBrush(fill);
    drawing.painter.drawPolygon(band);
}

void SeriesPlot::drawPoints(const PlotDrawing &drawing, std::size_t series) const
{
    const PlotSeries &each = m_series[series];
    const QColor colour = seriesColour(drawing.theme, styleOf(series));
    const QRectF plot = canvas().plotRect().adjusted(-20, -20, 20, 20);
    const QRectF scaled = canvas().scaledRect().adjusted(canvas().xEdge() > 0 ? 0 : -20, -20, 20,
                                                         canvas().yEdge() > 0 ? 0 : 20);
    const bool isCrowd = m_items.size() > mostErrorBars;
    std::array<QPixmap, 2> stamps; // plain and muted
    for (int muted = 0; isCrowd && !drawing.isVector && muted < 2; ++muted) {
        PlotPoint sample;
        sample.isMuted = muted == 1;
        stamps[static_cast<std::size_t>(muted)]
            = stampOf(styleOf(series), markerSize(), inkOf(sample, colour, drawing.theme),
                      sample.isMuted, devicePixelRatioF());
    }
    const QPointF half = QPointF(stamps[0].width(), stamps[0].height()) / (2 * devicePixelRatioF());
    for (const PlotPoint &next : each.points) {
        const QPointF place = isShown(next) ? pixelOf(next) : QPointF(-1e6, 0);
        const bool isOnEdge = isOnAxis(next);
        // What a zoomed view has under a strip has no place in it.
        if (!plot.contains(place) || (!isOnEdge && !scaled.contains(place))) {
            continue;
        }
        const QPixmap &stamp = stamps[next.isMuted ? 1 : 0];
        if (each.hasMarkers && !stamp.isNull()) {
            drawing.painter.drawPixmap(place - half, stamp);
            continue;
        }
        const QColor ink = inkOf(next, colour, drawing.theme);
        if (!isCrowd && !each.hasBand && !isOnEdge) {
            if (!next.isMuted || each.points.size() <= mostPlainBars) {
                drawErrors(drawing, next, ink);
            }
        }
        if (each.hasMarkers) {
            drawMark(drawing, next, styleOf(series), ink);
        }
    }
}

void SeriesPlot::drawMark(const PlotDrawing &drawing, const PlotPoint &point, int style,
                          const QColor &ink) const
{
    constexpr double emphaticShare = 1.4; // of a mark's usual size
    const double size = markerSize()
        * (isOnAxis(point)        ? edgeMarkerShare
               : point.isEmphatic ? emphaticShare
                                  : 1);
    const QPointF place = pixelOf(point);
    if (point.isEmphatic) { // no line crosses it
        const double half = size * 0.5 + 2;
        drawing.painter.setPen(Qt::NoPen);
        drawing.painter.setBrush(drawing.theme.surface);
        drawing.painter.drawEllipse(place, half, half);
    }
    drawMarker(drawing.painter, place, style, size, ink, point.isMuted);
}

void SeriesPlot::drawErrors(const PlotDrawing &drawing, const PlotPoint &point,
                            const QColor &colour) const
{
    const double cap = markerSize() * 0.8;
    drawing.painter.setPen(QPen(colour, 1));
    // On a logarithmic axis the lower end may lie at or below zero: through the axis then, so that
    // no cap tells of an end.
    const QRectF plot = canvas().scaledRect();
    const auto isBelow
        = [](const PlotAxis &axis, double value) { return axis.isLog && value <= 0; };
    if (std::isfinite(point.yError) && point.yError > 0) {
        const QPointF high = canvas().pixel(point.x, point.y + point.yError);
        const double low = point.y - point.yError;
        drawErrorBar(drawing.painter,
                     isBelow(canvas().yInfo(), low) ? QPointF(high.x(), plot.bottom() + cap)
                                                    : canvas().pixel(point.x, low),
                     high, cap, true);
    }
    if (std::isfinite(point.xError) && point.xError > 0) {
        const QPointF high = canvas().pixel(point.x + point.xError, point.y);
        const double low = point.x - point.xError;
        drawErrorBar(drawing.painter,
                     isBelow(canvas().xInfo(), low) ? QPointF(plot.left() - cap, high.y())
                                                    : canvas().pixel(low, point.y),
                     high, cap, false);
    }
}

} // namespace bitprism
