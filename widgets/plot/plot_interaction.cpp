// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_interaction.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/plot/plot_overlay.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QStyleHints>
#include <QWheelEvent>

#include <cmath>

namespace bitprism {

namespace {

constexpr double keyZoom = 1.25;
/// One notch of a wheel is 120 units.
constexpr double zoomPerUnit = 1.0015;

} // namespace

PlotInteraction::PlotInteraction(PlotFrame &frame)
    : QObject(&frame)
    , m_frame(frame)
{
    frame.canvas().installEventFilter(this);
    frame.canvas().setMouseTracking(true);
}

bool PlotInteraction::eventFilter(QObject *, QEvent *event)
{
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        press(*static_cast<QMouseEvent *>(event));
        return static_cast<QMouseEvent *>(event)->button() == Qt::LeftButton;
    case QEvent::MouseMove:
        move(*static_cast<QMouseEvent *>(event));
        return true;
    case QEvent::MouseButtonRelease:
        release(*static_cast<QMouseEvent *>(event));
        return true;
    case QEvent::MouseButtonDblClick: {
        const int item = m_frame.choosableAt(static_cast<QMouseEvent *>(event)->position());
        m_drag = Drag::None;
        if (item >= 0) {
            Q_EMIT m_frame.activated(m_frame.itemId(item));
        }
        return true;
    }
    case QEvent::Wheel:
        wheel(*static_cast<QWheelEvent *>(event));
        return true;
    case QEvent::ContextMenu: // QCustomPlot lets no event of the mouse reach its parent
        QApplication::sendEvent(&m_frame, event);
        return true;
    case QEvent::Resize: // also where a line above came or went
        m_frame.m_overlay->setGeometry(m_frame.canvas().rect());
        return false;
    case QEvent::Leave:
        m_frame.setHover(-1, {});
        return false;
    default:
        return false;
    }
}

void PlotInteraction::press(const QMouseEvent &event)
{
    if (event.button() == Qt::LeftButton) {
        m_frame.setFocus(Qt::MouseFocusReason);
        m_drag = Drag::Pressed;
        m_start = event.position();
        m_last = m_start;
    }
}

void PlotInteraction::move(const QMouseEvent &event)
{
    const QPointF place = event.position();
    if (m_drag == Drag::Pressed
        && (place - m_start).manhattanLength()
            >= QGuiApplication::styleHints()->startDragDistance()) {
        m_drag = event.modifiers().testFlag(Qt::ShiftModifier) ? Drag::Brushing : Drag::Panning;
        m_frame.setHover(-1, {});
    }
    if (m_drag == Drag::Panning) {
        m_frame.pan(place - m_last);
    } else if (m_drag == Drag::Brushing) {
        m_frame.m_overlay->setBrushRect(QRectF(m_start, place).normalized());
    } else if (m_drag == Drag::None) {
        m_frame.setHover(m_frame.itemAt(place), place);
    }
    m_last = place;
}

void PlotInteraction::release(const QMouseEvent &event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    if (event.button() != Qt::LeftButton) {
        return;
    }
    if (drag == Drag::Pressed) {
        const int item = m_frame.choosableAt(event.position());
        if (item >= 0) {
            m_frame.setCursor(item);
            Q_EMIT m_frame.itemClicked(item);
            Q_EMIT m_frame.clicked(m_frame.itemId(item));
        }
    } else if (drag == Drag::Brushing) {
        const QRectF brush = QRectF(m_start, event.position()).normalized();
        m_frame.m_overlay->setBrushRect({});
        Q_EMIT m_frame.brushed(m_frame.idsIn(brush));
    }
}

void PlotInteraction::wheel(const QWheelEvent &event)
{
    m_frame.zoom(std::pow(zoomPerUnit, event.angleDelta().y()), event.position());
}

bool PlotInteraction::pressKey(const QKeyEvent &event)
{
    const auto key = static_cast<Qt::Key>(event.key());
    const QPointF middle = m_frame.canvas().plotRect().center();
    const QRectF cursor = m_frame.m_cursor >= 0 ? m_frame.itemRect(m_frame.m_cursor) : QRectF();
    const QPointF place = cursor.isEmpty() ? middle : cursor.center();
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        m_frame.setCursor(m_frame.m_cursor < 0 ? m_frame.nextChoosable(-1, 1)
                                               : m_frame.neighbour(m_frame.m_cursor, key));
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        m_frame.zoom(keyZoom, place);
        return true;
    case Qt::Key_Minus:
        m_frame.zoom(1 / keyZoom, place);
        return true;
    case Qt::Key_Home:
        m_frame.resetView();
        return true;
    case Qt::Key_Escape:
        m_frame.setCursor(-1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_frame.m_cursor >= 0) {
            const QString id = m_frame.itemId(m_frame.m_cursor);
            Q_EMIT m_frame.itemClicked(m_frame.m_cursor);
            Q_EMIT m_frame.clicked(id);
            if (event.modifiers().testFlag(Qt::ControlModifier)) {
                Q_EMIT m_frame.activated(id);
            }
        }
        return true;
    default:
        return false;
    }
}

} // namespace bitprism
