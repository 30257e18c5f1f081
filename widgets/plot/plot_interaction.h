// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointF>

class QKeyEvent;
class QMouseEvent;
class QWheelEvent;

namespace bitprism {

class PlotFrame;

/// What mouse and keys do in every plot: hover reads, click selects, double click opens, the wheel
/// zooms at the pointer, drag pans, Shift and drag brushes; arrows move the cursor, + and - zoom,
/// Home resets, Return clicks.
class PlotInteraction : public QObject
{
    Q_OBJECT

public:
    explicit PlotInteraction(PlotFrame &frame);

    bool eventFilter(QObject *watched, QEvent *event) override;
    /// False for a key that means nothing here.
    bool pressKey(const QKeyEvent &event);

private:
    enum class Drag
    {
        None,
        Pressed, ///< not yet moved far enough to be a drag
        Panning,
        Brushing
    };

    void press(const QMouseEvent &event);
    void move(const QMouseEvent &event);
    void release(const QMouseEvent &event);
    void wheel(const QWheelEvent &event);

    PlotFrame &m_frame;
    Drag m_drag = Drag::None;
    QPointF m_start;
    QPointF m_last;
};

} // namespace bitprism
