// SPDX-License-Identifier: GPL-3.0-or-later
// The part of BarPlot that draws.
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

void BarPlot::drawData(const PlotDrawing &drawing)
{
    const QRectF plot = canvas().plotRect();
    drawGroups(drawing);
    for (int item = 0; item < itemCount(); ++item) {
        if (plot.intersects(barRect(item, canvas().yAxis->range().upper))
            || plot.intersects(itemRect(item))) {
            drawBar(drawing, item);
        }
    }
    drawing.painter.setPen(QPen(drawing.theme.mutedText, 1));
    const QPointF zero = isVertical() ? QPointF(plot.left(), canvas().yAxis->coordToPixel(m_base))
                                      : QPointF(canvas().xAxis->coordToPixel(m_base), plot.top());
    drawing.painter.drawLine(
        zero, isVertical() ? QPointF(plot.right(), zero.y()) : QPointF(zero.x(), plot.bottom()));
}

void BarPlot::drawGroups(const PlotDrawing &drawing) const
{
    const QRectF plot = canvas().plotRect();
    const int stride = static_cast<int>(m_series.size());
    drawing.painter.setPen(QPen(drawing.theme.mutedText, 1, Qt::DotLine));
    for (int place = 1; isVertical() && place < categoryCount(); ++place) {
        if (bar(place * stride).group != bar((place - 1) * stride).group) {
            const double x = std::round(canvas().xAxis->coordToPixel(place - 0.5)) + 0.5;
            drawing.painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        }
    }
}

void BarPlot::drawAnnotations(const PlotDrawing &drawing)
{
    for (int item = 0; m_showsValues && !isVertical() && item < itemCount(); ++item) {
        drawValue(drawing, item);
    }
}

void BarPlot::drawMissing(const PlotDrawing &drawing, int item) const
{
    const PlotBar &each = bar(item);
    const QRectF rect = itemRect(item);
    QPainter &painter = drawing.painter;
    if (each.note.isEmpty() || isVertical()) {
        painter.fillRect(rect, drawing.theme.grid);
        drawHatch(painter, {rect}, drawing.theme.mutedText, space(this, 1) * 1.5, drawing.isVector);
        return;
    }
    const QRectF sign(rect.topLeft(), QSizeF(em(this, 2), rect.height())); // the reason beside it
    painter.fillRect(sign, drawing.theme.grid);
    drawHatch(painter, {sign}, drawing.theme.mutedText, space(this, 1) * 1.5, drawing.isVector);
    if (!hasRoomForValues()) {
        return; // the hover card says it
    }
    painter.setFont(canvas().smallFont());
    painter.setPen(drawing.theme.mutedText);
    QRectF room = rect.adjusted(em(this, 2.6), 0, 0, 0);
    const double line = QFontMetrics(canvas().smallFont()).height(); // may be higher than the bar
    room.setTop(rect.center().y() - line / 2);
    room.setHeight(line);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(canvas().smallFont())
                         .elidedText(each.note, Qt::ElideRight, static_cast<int>(room.width())));
}

void BarPlot::drawBar(const PlotDrawing &drawing, int item) const
{
    const PlotBar &each = bar(item);
    QPainter &painter = drawing.painter;
    if (std::isnan(each.value)) {
        drawMissing(drawing, item);
        return;
    }
    const QColor colour = seriesColour(drawing.theme, styleOf(item));
    const QColor ink = each.isMuted ? mixColours(colour, drawing.theme.surface, 0.55) : colour;
    painter.fillRect(barRect(item, each.value * each.fill), ink);
    if (each.fill < 1) {
        painter.setPen(QPen(ink, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(barRect(item, each.value).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (std::isfinite(each.error) && each.error > 0) {
        drawError(drawing, item);
    }
}

void BarPlot::drawError(const PlotDrawing &drawing, int item) const
{
    const PlotBar &each = bar(item);
    const QRectF whole = barRect(item, each.value);
    const QPointF middle = whole.center();
    const double cap = std::min({whole.width(), whole.height(), em(this, 0.6) * 1.0});
    drawing.painter.setPen(QPen(palette().color(QPalette::Text), 1));
    const double low
        = m_base > 0 ? std::max(each.value - each.error, m_base) : each.value - each.error;
    const QRectF span = isVertical()
        ? QRectF(canvas().pixel(0, each.value + each.error), canvas().pixel(0, low))
        : QRectF(canvas().pixel(low, 0), canvas().pixel(each.value + each.error, 0));
    const QPointF from
        = isVertical() ? QPointF(middle.x(), span.top()) : QPointF(span.left(), middle.y());
    const QPointF to
        = isVertical() ? QPointF(middle.x(), span.bottom()) : QPointF(span.right(), middle.y());
    drawErrorBar(drawing.painter, from, to, std::max(cap, 3.0), isVertical());
}

/// Right of the bar and its whisker; left of zero there is room on the right of zero.
void BarPlot::drawValue(const PlotDrawing &drawing, int item) const
{
    const PlotBar &each = bar(item);
    const QRectF plot = canvas().plotRect();
    const QRectF rect = barRect(item, each.value);
    const double pitch = rect.height() / groupWidth; // to the next bar, for the gap is free
    if (std::isnan(each.value) || !hasRoomForValues() || rect.center().y() < plot.top()
        || rect.center().y() > plot.bottom()) {
        return;
    }
    const double error = std::isfinite(each.error) ? each.error : 0;
    const double end = canvas().xAxis->coordToPixel(std::max(each.value + error, m_base));
    drawing.painter.setFont(canvas().smallFont());
    drawing.painter.setPen(palette().color(QPalette::Text));
    const double half = std::max<double>(pitch, QFontMetrics(canvas().smallFont()).height()) / 2;
    const QRectF text(end + em(this, 0.4), rect.center().y() - half, canvas().width() - end,
                      2 * half);
    drawing.painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, valueText(item));
}

} // namespace bitprism
