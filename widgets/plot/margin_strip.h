// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/qcustomplot_header.h"

#include <functional>

namespace bitprism {

/// A strip beside the axes that draws by a function: the maxima of a map's rows or columns.
class MarginStrip final : public QCPLayoutElement
{
public:
    using Draw = std::function<void(QPainter &painter, const QRectF &strip)>;

    MarginStrip(QCustomPlot *plot, Qt::Orientation orientation, Draw draw);

    /// Height of a horizontal strip, width of a vertical one; 0 hides it.
    void setThickness(int pixels);
    QSize minimumOuterSizeHint() const override;
    QSize maximumOuterSizeHint() const override;

protected:
    void draw(QCPPainter *painter) override;
    void applyDefaultAntialiasingHint(QCPPainter *painter) const override;

private:
    Qt::Orientation m_orientation;
    Draw m_draw;
    int m_thickness = 0;
};

} // namespace bitprism
