// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"

#include <QObject>
#include <QString>
#include <QTimer>

namespace bitprism {

class AllocationView;
class Application;

/// Drags the budget of the Allocation view to and fro by mouse events, over a solved problem of
/// 500 layers, and measures the slots of the GUI thread and how long the solver takes to answer.
class AllocationDrag : public QObject
{
    Q_OBJECT

public:
    AllocationDrag(Application &application, MainWindow &window, QString storePath,
                   QObject *parent);

    /// The window must be settled on a model, with a store that may be written.
    void start();

Q_SIGNALS:
    void finished(const QString &json, const QString &problem);

private:
    void await();
    void step();
    void send(int type, double share);

    Application &m_application;
    MainWindow &m_window;
    QString m_storePath;
    AllocationView *m_view = nullptr;
    QTimer m_waiting;
    QTimer m_dragging;
    int m_step = 0;
    int m_answers = 0;
    double m_slowestAnswer = 0; ///< milliseconds of the solver
    const void *m_last = nullptr; ///< the allocation that was seen last
};

} // namespace bitprism
