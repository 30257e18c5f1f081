// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QWidget>

namespace bitprism {

class PlotFrame;

/// Above the canvas: outlines of the selected items, of the item under the pointer and of the
/// keyboard's, the brush, and the focus frame. Repainting it costs no replot.
class PlotOverlay : public QWidget
{
    Q_OBJECT

public:
    PlotOverlay(PlotFrame &frame, QWidget *canvas);

    /// An empty rectangle: none.
    void setBrushRect(const QRectF &rect);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void drawSelectedName(QPainter &painter) const;

    PlotFrame &m_frame;
    QRectF m_brush;
};

} // namespace bitprism
