// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/replot_queue.h"

#include "widgets/plot/plot_canvas.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitprism {

ReplotQueue &ReplotQueue::instance()
{
    static QPointer<ReplotQueue> queue; // of this application: tests have one after another
    if (!queue) {
        queue = new ReplotQueue(QCoreApplication::instance());
    }
    return *queue;
}

ReplotQueue::ReplotQueue(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(0); // what was posted meanwhile comes first, other timers between
    connect(&m_timer, &QTimer::timeout, this, &ReplotQueue::drawNext);
}

void ReplotQueue::add(PlotCanvas *canvas)
{
    if (std::find(m_waiting.begin(), m_waiting.end(), canvas) == m_waiting.end()) {
        m_waiting.emplace_back(canvas);
    }
    m_timer.start();
}

void ReplotQueue::drawNext()
{
    const QPointer<PlotCanvas> canvas = m_waiting.front();
    m_waiting.pop_front();
    if (m_waiting.empty()) {
        m_timer.stop();
    }
    if (canvas) {
        canvas->replotIfStale();
    }
}

} // namespace bitprism
