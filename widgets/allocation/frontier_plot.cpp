// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/allocation/frontier_plot.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QGuiApplication>
#include <QMouseEvent>
#include <QStyleHints>

#include <algorithm>
#include <cmath>

namespace bitprism {

FrontierPlot::FrontierPlot(QWidget *parent)
    : LinePlot(parent)
    , m_budget(std::nan(""))
{
    canvas().installEventFilter(this); // the last one installed sees events first
}

void FrontierPlot::setBudget(double budget)
{
    if (budget != m_budget && !(std::isnan(budget) && std::isnan(m_budget))) {
        m_budget = budget;
        replot();
    }
}

double FrontierPlot::budgetAt(double pixel) const
{
    const QRectF plot = canvas().plotRect();
    return canvas().xAxis->pixelToCoord(std::clamp(pixel, plot.left(), plot.right()));
}

bool FrontierPlot::isNearHandle(double pixel) const
{
    return !std::isnan(m_budget)
        && std::fabs(canvas().xAxis->coordToPixel(m_budget) - pixel) <= reach();
}

bool FrontierPlot::eventFilter(QObject *watched, QEvent *event)
{
    const bool isMouse = event->type() == QEvent::MouseButtonPress
        || event->type() == QEvent::MouseMove || event->type() == QEvent::MouseButtonRelease;
    if (!isMouse || watched != &canvas()) {
        return LinePlot::eventFilter(watched, event);
    }
    const auto *mouse = static_cast<QMouseEvent *>(event);
    const double pixel = mouse->position().x();
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        m_isDragging = mouse->button() == Qt::LeftButton && isNearHandle(pixel);
        m_pressed.reset();
        if (mouse->button() == Qt::LeftButton && !m_isDragging && !isEmpty()
            && canvas().plotRect().contains(mouse->position())) {
            m_pressed = mouse->position();
        }
        return m_isDragging;
    case QEvent::MouseButtonRelease: {
        const auto pressed = std::exchange(m_pressed, std::nullopt);
        if (pressed
            && (mouse->position() - *pressed).manhattanLength()
                < QGuiApplication::styleHints()->startDragDistance()) {
            Q_EMIT budgetDragged(budgetAt(pixel)); // a click, no drag of the picture
        }
        return std::exchange(m_isDragging, false);
    }
    default:
        break;
    }
    if (m_isDragging) {
        Q_EMIT budgetDragged(budgetAt(pixel));
        return true;
    }
    canvas().setCursor(isNearHandle(pixel) ? Qt::SplitHCursor : Qt::ArrowCursor);
    return false;
}

/// The budget's line lies behind the points, which stand on it.
void FrontierPlot::drawData(const PlotDrawing &drawing)
{
    if (!std::isnan(m_budget)) {
        const QRectF plot = canvas().plotRect();
        const double x = canvas().xAxis->coordToPixel(m_budget);
        drawing.painter.setPen(QPen(drawing.theme.accent, 2));
        drawing.painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    }
    LinePlot::drawData(drawing);
}

void FrontierPlot::drawAnnotations(const PlotDrawing &drawing)
{
    LinePlot::drawAnnotations(drawing);
    const QRectF plot = canvas().plotRect();
    const double x = canvas().xAxis->coordToPixel(m_budget);
    if (std::isnan(m_budget) || x < plot.left() || x > plot.right()) {
        return;
    }
    QPainter &painter = drawing.painter;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(drawing.theme.accent, 2));
    const double half = space(this, 2);
    painter.setBrush(drawing.theme.surface);
    painter.drawRoundedRect(QRectF(x - half, plot.top() - half / 2, 2 * half, 2 * half), half / 2,
                            half / 2);
    for (const double side : {-1.0, 1.0}) { // arrows: it can be moved both ways
        const double tip = x + side * half * 0.65;
        const double back = x + side * half * 0.25;
        const double middle = plot.top() + half / 2;
        painter.drawLine(QPointF(tip, middle), QPointF(back, middle - half * 0.4));
        painter.drawLine(QPointF(tip, middle), QPointF(back, middle + half * 0.4));
    }
    painter.restore();
}

} // namespace bitprism
