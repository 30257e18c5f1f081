// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotFrame that zooms and pans, within the range that shows all data.
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

void PlotFrame::resetView()
{
    m_isZoomed = false;
    if (!m_fullX.isEmpty() && !m_fullY.isEmpty()) {
        m_canvas->xAxis->setRange(m_fullX.low, m_fullX.high);
        m_canvas->yAxis->setRange(m_fullY.low, m_fullY.high);
    }
    replot();
    Q_EMIT viewChanged();
}

void PlotFrame::zoom(double factor, const QPointF &pixel)
{
    if (m_zoomable.testFlag(Qt::Horizontal)) {
        m_canvas->xAxis->scaleRange(1 / factor, m_canvas->xAxis->pixelToCoord(pixel.x()));
    }
    if (m_zoomable.testFlag(Qt::Vertical)) {
        m_canvas->yAxis->scaleRange(1 / factor, m_canvas->yAxis->pixelToCoord(pixel.y()));
    }
    boundView();
    replot();
    Q_EMIT viewChanged();
}

void PlotFrame::pan(const QPointF &pixels)
{
    const auto shift = [](QCPAxis &axis, double delta) {
        const double low = axis.coordToPixel(axis.range().lower) - delta;
        const double high = axis.coordToPixel(axis.range().upper) - delta;
        axis.setRange(axis.pixelToCoord(low), axis.pixelToCoord(high));
    };
    if (m_zoomable.testFlag(Qt::Horizontal)) {
        shift(*m_canvas->xAxis, pixels.x());
    }
    if (m_zoomable.testFlag(Qt::Vertical)) {
        shift(*m_canvas->yAxis, pixels.y());
    }
    boundView();
    replot();
    Q_EMIT viewChanged();
}

void PlotFrame::boundView()
{
    bound(true, m_fullX);
    bound(false, m_fullY);
    const QCPRange x = m_canvas->xAxis->range();
    const QCPRange y = m_canvas->yAxis->range();
    m_isZoomed = x.lower != m_fullX.low || x.upper != m_fullX.high || y.lower != m_fullY.low
        || y.upper != m_fullY.high;
}

void PlotFrame::bound(bool isX, const PlotRange &full)
{
    QCPAxis &axis = isX ? *m_canvas->xAxis : *m_canvas->yAxis;
    const bool isLog = axis.scaleType() == QCPAxis::stLogarithmic;
    const auto to = [isLog](double value) { return isLog ? std::log(value) : value; };
    const auto from = [isLog](double value) { return isLog ? std::exp(value) : value; };
    const double low = to(full.low);
    const double high = to(full.high);
    const double least = (high - low) * 1e-6; // beyond this, doubles run out of digits
    const double size = std::max(to(axis.range().upper) - to(axis.range().lower), least);
    if (!(size < high - low)) {
        axis.setRange(full.low, full.high);
        return;
    }
    const double start = std::clamp(to(axis.range().lower), low, high - size);
    // Exactly the end where it is reached, so that no rounding says "zoomed".
    axis.setRange(start == low ? full.low : from(start),
                  start + size >= high ? full.high : from(start + size));
}

} // namespace bitprism
