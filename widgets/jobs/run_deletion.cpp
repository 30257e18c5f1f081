// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_deletion.h"

#include "widgets/jobs/project.h"

#include <utility>

namespace bitprism {

RunDeletion::RunDeletion(Project &project, QObject *parent)
    : QObject(parent)
    , m_project(project)
{
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &RunDeletion::tick);
    connect(&project, &Project::runsChanged, this,
            [this] { m_leaving.intersect(m_project.hiddenRuns()); });
}

void RunDeletion::hide(const QStringList &runs)
{
    finish();
    m_waiting = runs;
    m_secondsLeft = seconds;
    m_timer.start();
    tellProject();
}

void RunDeletion::restore()
{
    m_waiting.clear();
    m_timer.stop();
    tellProject();
}

void RunDeletion::finish()
{
    if (m_waiting.isEmpty()) {
        return;
    }
    m_timer.stop();
    const QStringList runs = std::exchange(m_waiting, {});
    for (const QString &run : runs) {
        m_leaving.insert(run);
        Q_EMIT due(run);
    }
    Q_EMIT changed();
}

void RunDeletion::takeBack(const QString &run)
{
    m_leaving.remove(run);
    tellProject();
}

void RunDeletion::tick()
{
    --m_secondsLeft;
    if (m_secondsLeft <= 0) {
        finish();
    } else {
        Q_EMIT changed();
    }
}

void RunDeletion::tellProject()
{
    m_project.setHiddenRuns(QSet<QString>(m_waiting.begin(), m_waiting.end()) + m_leaving);
    Q_EMIT changed();
}

} // namespace bitprism
