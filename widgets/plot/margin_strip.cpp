// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/margin_strip.h"

namespace bitprism {

MarginStrip::MarginStrip(QCustomPlot *plot, Qt::Orientation orientation, Draw draw)
    : QCPLayoutElement(plot)
    , m_orientation(orientation)
    , m_draw(std::move(draw))
{
    setMinimumMargins({});
    setMargins({});
    setLayer("main");
}

void MarginStrip::setThickness(int pixels) { m_thickness = pixels; }

QSize MarginStrip::minimumOuterSizeHint() const
{
    return m_orientation == Qt::Horizontal ? QSize(0, m_thickness) : QSize(m_thickness, 0);
}

QSize MarginStrip::maximumOuterSizeHint() const
{
    return m_orientation == Qt::Horizontal ? QSize(QWIDGETSIZE_MAX, m_thickness)
                                           : QSize(m_thickness, QWIDGETSIZE_MAX);
}

void MarginStrip::draw(QCPPainter *painter)
{
    if (m_thickness > 0) {
        m_draw(*painter, rect());
    }
}

void MarginStrip::applyDefaultAntialiasingHint(QCPPainter *painter) const
{
    painter->setRenderHint(QPainter::Antialiasing, false);
}

} // namespace bitprism
