// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <vector>

namespace bitprism {

/// Starts a sensitivity, an outliers and a quantizing job several times each, cancels each after
/// another while, and measures how long they take to end.
class CancelLatency : public QObject
{
    Q_OBJECT

public:
    CancelLatency(MainWindow &window, QObject *parent);

    /// The window must be settled on a model, with the engine and a store that may be written.
    void start();

Q_SIGNALS:
    void finished(const QString &json, const QString &problem);

private:
    struct Trial
    {
        std::string kind;
        int after = 0; ///< milliseconds of work before it is cancelled
        double took = 0; ///< milliseconds from the wish to the end
        std::string stage; ///< at which it was cancelled
        bool wasCancelled = false; ///< else it was over before
    };

    JobRequest requestOf(const std::string &kind) const;
    void startNext();
    void follow(quint64 job);
    void cancel();
    void take(quint64 job);

    MainWindow &m_window;
    std::vector<Trial> m_trials;
    std::size_t m_place = 0;
    quint64 m_job = 0;
    QTimer m_working; ///< single shot, from the job's start to the wish
    QElapsedTimer m_clock;
};

} // namespace bitprism
