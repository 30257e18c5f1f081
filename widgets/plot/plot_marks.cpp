// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_marks.h"

#include "widgets/plot/colour_map.h"
#include "widgets/shared/theme.h"

#include <QPainter>
#include <QRegion>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr int shapeTotal = 7;

QPolygonF polygonOf(int shape, double half)
{
    switch (shape) {
    case 1:
        return {{-half * 0.88, -half * 0.88},
                {half * 0.88, -half * 0.88},
                {half * 0.88, half * 0.88},
                {-half * 0.88, half * 0.88}};
    case 2:
        return {{0, -half * 1.1}, {half, half * 0.8}, {-half, half * 0.8}};
    case 3:
        return {{0, -half * 1.15}, {half * 1.15, 0}, {0, half * 1.15}, {-half * 1.15, 0}};
    default:
        return {{0, half * 1.1}, {half, -half * 0.8}, {-half, -half * 0.8}};
    }
}

/// Diagonals x + y = c through one rectangle, cut to it by computation.
void drawCutDiagonals(QPainter &painter, const QRectF &rect, double step)
{
    const double first = std::ceil((rect.left() + rect.top()) / step) * step;
    for (double c = first; c < rect.right() + rect.bottom(); c += step) {
        const double x1 = std::max(rect.left(), c - rect.bottom());
        const double x2 = std::min(rect.right(), c - rect.top());
        if (x1 < x2) {
            painter.drawLine(QPointF(x1, c - x1), QPointF(x2, c - x2));
        }
    }
}

} // namespace

QColor seriesColour(const Theme &theme, int style)
{
    return theme.series[static_cast<std::size_t>(std::max(style, 0)) % theme.series.size()];
}

void drawMarker(QPainter &painter, const QPointF &centre, int style, double size,
                const QColor &colour, bool isMuted)
{
    // Where the colours begin anew, the shapes are shifted: colour and shape together stay apart.
    const int place = std::max(style, 0);
    const int shape = (place + place / shapeTotal) % shapeTotal;
    const double half = size / 2;
    const bool isStroke = shape >= 5;
    painter.setPen(isMuted || isStroke ? QPen(colour, isStroke ? size / 4 : size / 8)
                                       : QPen(Qt::NoPen));
    painter.setBrush(isMuted || isStroke ? QBrush(Qt::NoBrush) : QBrush(colour));
    if (shape == 0) {
        painter.drawEllipse(centre, half, half);
    } else if (shape == 5) {
        painter.drawLine(centre + QPointF(-half, -half), centre + QPointF(half, half));
        painter.drawLine(centre + QPointF(-half, half), centre + QPointF(half, -half));
    } else if (shape == 6) {
        painter.drawLine(centre + QPointF(-half, 0), centre + QPointF(half, 0));
        painter.drawLine(centre + QPointF(0, -half), centre + QPointF(0, half));
    } else {
        painter.drawPolygon(polygonOf(shape, half).translated(centre));
    }
}

void drawHatch(QPainter &painter, const std::vector<QRectF> &rects, const QColor &colour,
               double step, bool isVector)
{
    if (rects.empty()) {
        return;
    }
    painter.save();
    painter.setPen(QPen(colour, 1));
    if (isVector) {
        for (const QRectF &rect : rects) {
            drawCutDiagonals(painter, rect, step);
        }
    } else {
        // One set of lines through all rectangles at once: a few hundred in place of many
        // thousands.
        QRegion region;
        QRectF bounds;
        for (const QRectF &rect : rects) {
            region += rect.toAlignedRect();
            bounds |= rect;
        }
        painter.setClipRegion(region, Qt::IntersectClip);
        drawCutDiagonals(painter, bounds, step);
    }
    painter.restore();
}

void drawErrorBar(QPainter &painter, const QPointF &from, const QPointF &to, double capWidth,
                  bool isVertical)
{
    const QPointF cap = isVertical ? QPointF(capWidth / 2, 0) : QPointF(0, capWidth / 2);
    painter.drawLine(from, to);
    painter.drawLine(from - cap, from + cap);
    painter.drawLine(to - cap, to + cap);
}

void drawLegendSign(QPainter &painter, const QRectF &rect, const LegendEntry &entry,
                    const Theme &theme)
{
    const QColor colour = seriesColour(theme, entry.style);
    const double size = rect.height() * 0.6;
    const auto drawLine = [&](Qt::PenStyle style) {
        painter.setPen(QPen(colour, 2, style));
        painter.drawLine(QPointF(rect.left(), rect.center().y()),
                         QPointF(rect.right(), rect.center().y()));
    };
    const QRectF box = rect.adjusted(0, rect.height() * 0.15, 0, -rect.height() * 0.15);
    switch (entry.sign) {
    case LegendSign::Marker:
        drawMarker(painter, rect.center(), entry.style, size, colour, false);
        break;
    case LegendSign::Line:
        drawLine(Qt::SolidLine);
        break;
    case LegendSign::DashedLine:
        drawLine(Qt::DashLine);
        break;
    case LegendSign::LineWithMarker:
        drawLine(Qt::SolidLine);
        drawMarker(painter, rect.center(), entry.style, size, colour, false);
        break;
    case LegendSign::Bar:
        painter.fillRect(box, colour);
        break;
    case LegendSign::Hatch:
        painter.fillRect(box, theme.grid);
        drawHatch(painter, {box}, theme.mutedText, size / 2, true);
        break;
    case LegendSign::Muted:
        painter.fillRect(box, ColourMap::sequential(theme).mutedColour(0.35));
        break;
    case LegendSign::Dot:
        painter.setPen(QPen(theme.mutedText, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
        drawMarker(painter, box.center(), 0, size * 0.6, theme.mutedText, false);
        break;
    case LegendSign::Diagonal:
        painter.setPen(QPen(theme.mutedText, 1, Qt::DashLine));
        painter.drawLine(box.bottomLeft(), box.topRight());
        break;
    case LegendSign::Band:
        painter.fillRect(box, theme.grid);
        break;
    }
}

} // namespace bitprism
