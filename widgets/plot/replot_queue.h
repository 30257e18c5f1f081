// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>

namespace bitprism {

class PlotCanvas;

/// Canvases of the window that are to be drawn anew, one in each turn of the event loop: a view of
/// five plots, drawn in one go, would let keys and mouse wait for the sum.
class ReplotQueue : public QObject
{
    Q_OBJECT

public:
    static ReplotQueue &instance();

    /// Once more at its place, if it waits already.
    void add(PlotCanvas *canvas);
    bool isEmpty() const { return m_waiting.empty(); }

private:
    explicit ReplotQueue(QObject *parent);
    void drawNext();

    std::deque<QPointer<PlotCanvas>> m_waiting;
    QTimer m_timer;
};

} // namespace bitprism
