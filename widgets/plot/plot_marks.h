// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace bitprism {

struct Theme;

enum class LegendSign
{
    Marker,
    Line,
    DashedLine,
    LineWithMarker,
    Bar,
    Hatch, ///< not measured
    Muted, ///< inside the noise
    Dot,
    Diagonal, ///< where both axes are equal
    Band
};

struct LegendEntry
{
    LegendSign sign = LegendSign::Marker;
    QString text{};
    int style = 0; ///< as PlotSeries::style
};

/// Colour number `style`, of as many as the theme has.
QColor seriesColour(const Theme &theme, int style);

/// Shape number `style`: circle, square, triangle, diamond, turned triangle, cross, plus. `size` is
/// its width in pixels. A muted mark is an outline.
void drawMarker(QPainter &painter, const QPointF &centre, int style, double size,
                const QColor &colour, bool isMuted);

/// Diagonal hairlines inside the rectangles, which need not touch. Drawn without clipping where
/// `isVector`: SVG has none.
void drawHatch(QPainter &painter, const std::vector<QRectF> &rects, const QColor &colour,
               double step, bool isVector);

/// The small picture before an entry's text.
void drawLegendSign(QPainter &painter, const QRectF &rect, const LegendEntry &entry,
                    const Theme &theme);

/// A vertical whisker with caps (`isVertical`), or a horizontal one.
void drawErrorBar(QPainter &painter, const QPointF &from, const QPointF &to, double capWidth,
                  bool isVertical);

} // namespace bitprism
