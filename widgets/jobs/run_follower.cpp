// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_follower.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/shared/selection.h"

namespace bitprism {

RunFollower::RunFollower(const ViewContext &context, std::string_view kind, Otherwise otherwise,
                         QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_kind(kind)
    , m_otherwise(otherwise)
{
    connect(context.project, &Project::changed, this, &RunFollower::changed);
    connect(context.project, &Project::runsChanged, this, &RunFollower::changed);
    connect(context.project, &Project::dataFilesChanged, this, &RunFollower::changed);
    connect(context.selection, &Selection::runChanged, this, &RunFollower::changed);
    connect(context.hub, &JobHub::jobAdded, this, &RunFollower::changed);
    connect(context.hub, &JobHub::jobFinished, this, &RunFollower::changed);
    connect(context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &result) {
                if (run == m_run || result.toStdString() == m_kind) {
                    Q_EMIT changed();
                }
            });
}

bool RunFollower::choose()
{
    const QString run = wanted();
    const bool isAnother = run != m_run;
    m_run = run;
    if (!m_run.isEmpty()) {
        m_context.library->record(m_run); // asks for the whole of it
    }
    return isAnother;
}

/// A measurement of this session is shown while it works. Where it was stopped, what it measured
/// stays on the screen unless a complete run has more to show.
QString RunFollower::wanted() const
{
    RunLibrary &library = *m_context.library;
    const auto chosen = library.record(m_context.selection->run());
    if (chosen && chosen->kind == m_kind) {
        return m_context.selection->run();
    }
    if (m_otherwise == Otherwise::Kept && m_context.project->findRun(m_run) != nullptr) {
        return m_run;
    }
    const QString newest = library.newestRun(m_kind);
    const store::RunRecord *stored = m_context.project->findRun(newest);
    const bool hasComplete = stored != nullptr && stored->status == store::RunStatus::Finished;
    const HubJob *job
        = m_otherwise == Otherwise::Newest ? m_context.hub->newestJob(m_kind) : nullptr;
    const store::RunRecord *own = job == nullptr ? nullptr : m_context.project->findRun(job->runId);
    const bool isStopped = job != nullptr && job->isOver() && job->state != JobState::Finished;
    if (own != nullptr && !(isStopped && hasComplete)
        && own->modelHash == m_context.project->modelHash()
        && library.stateOf(job->runId, m_kind) != RunLibrary::State::Absent) {
        return job->runId;
    }
    return newest;
}

QString RunFollower::name() const
{
    const auto record = m_context.library->record(m_run);
    return record && !record->name.empty() ? QString::fromStdString(record->name) : m_run;
}

} // namespace bitprism
