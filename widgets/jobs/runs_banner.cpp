// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/runs_banner.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_status.h"
#include "widgets/shared/format.h"
#include "widgets/shared/stored_text.h"

namespace bitprism {

RunsBanner::RunsBanner(ViewContext &context, QWidget *parent)
    : StateBanner(parent)
    , m_context(context)
{
    connect(this, &StateBanner::actionTriggered, this, &RunsBanner::act);
    connect(context.hub, &JobHub::jobAdded, this, &RunsBanner::follow);
    connect(context.hub, &JobHub::jobChanged, this, &RunsBanner::follow);
    connect(context.hub, &JobHub::jobFinished, this, &RunsBanner::follow);
    connect(context.hub, &JobHub::jobRemoved, this, [this](quint64 job) {
        if (job == m_job) { // there is nothing to retry any more
            refresh();
        }
    });
    connect(context.project, &Project::runsChanged, this, &RunsBanner::refresh);
}

void RunsBanner::setRuns(const QStringList &ids, const QString &kind)
{
    m_ids = ids;
    m_kind = kind;
    refresh();
}

void RunsBanner::setProgressText(const QString &text)
{
    if (text != m_progressText) {
        m_progressText = text;
        refresh();
    }
}

void RunsBanner::setReading(const QString &sentence)
{
    if (sentence != m_reading) {
        m_reading = sentence;
        refresh();
    }
}

void RunsBanner::setProblem(const QString &sentence)
{
    if (sentence != m_problem) {
        m_problem = sentence;
        refresh();
    }
}

/// Jobs change ten times a second; only those that are told of matter.
void RunsBanner::follow(quint64 job)
{
    const HubJob *changed = m_context.hub->find(job);
    if (changed != nullptr && (m_ids.contains(changed->runId) || changed->kind == m_kind)) {
        refresh();
    }
}

void RunsBanner::refresh()
{
    m_next = Action::None;
    m_job = 0;
    m_run.clear();
    for (const QString &id : std::as_const(m_ids)) {
        const store::RunRecord *run = m_context.project->findRun(id);
        const HubJob *job = m_context.hub->jobOfRun(id);
        const QString name = run != nullptr ? QString::fromStdString(run->name)
            : job != nullptr                ? job->title
                                            : id;
        // What became of an earlier job is of no interest once the run is finished.
        const bool isDone = run != nullptr && run->status == store::RunStatus::Finished;
        const bool counts = job != nullptr && !(isDone && job->isOver());
        if ((counts && showJob(*job, name)) || (run != nullptr && showRun(*run))) {
            return;
        }
    }
    const HubJob *waiting
        = m_kind.isEmpty() ? nullptr : m_context.hub->newestJob(m_kind.toStdString());
    if (waiting != nullptr && waiting->runId.isEmpty() && showJob(*waiting, waiting->title)) {
        return;
    }
    if (!m_problem.isEmpty()) {
        showFailure(m_problem);
    } else if (!m_reading.isEmpty()) {
        showWork(m_reading, -1);
    } else if (!showDone()) {
        clear();
    }
}

/// Of the run that was at work here a moment ago.
bool RunsBanner::showDone()
{
    const store::RunRecord *run = m_told.isEmpty() || !m_ids.contains(m_told)
        ? nullptr
        : m_context.project->findRun(m_told);
    if (run == nullptr || run->status != store::RunStatus::Finished) {
        m_told.clear();
        return false;
    }
    const QString name = QString::fromStdString(run->name);
    //: a run's name, and the time that it took
    StateBanner::showDone(run->seconds ? tr("%1 in %2.").arg(name, formatSeconds(*run->seconds))
                                       : tr("%1.").arg(name));
    return true;
}

bool RunsBanner::showJob(const HubJob &job, const QString &name)
{
    m_job = job.id;
    m_told = job.runId;
    if (job.state == JobState::Queued) {
        m_next = Action::Cancel;
        showWork(tr("%1 waits for its turn.").arg(name), 0, tr("Cancel"));
        return true;
    }
    if (job.state == JobState::Running) {
        m_next = Action::Cancel;
        // The share first, as the line of jobs says it: layers take different times.
        const QString share = progressText(job);
        const QString done
            = m_progressText.isEmpty() ? share : tr("%1, %2").arg(share, m_progressText);
        const QString left = timeLeftText(job);
        //: a run's name, how far it is, and the time left
        const QString text = left.isEmpty() ? tr("%1: %2").arg(name, done)
                                            : tr("%1: %2, %3").arg(name, done, left);
        showWork(text, shownShare(job), tr("Cancel"));
        return true;
    }
    if (job.state == JobState::Cancelled && job.runId.isEmpty()) { // no run tells of it
        m_next = Action::Retry;
        showNote(tr("%1 was stopped before it measured anything.").arg(name), tr("Retry"));
        return true;
    }
    if (job.state == JobState::Failed) {
        m_next = Action::Retry;
        showFailure(tr("%1: %2").arg(name, job.failure), tr("Retry"));
        return true;
    }
    return false;
}

bool RunsBanner::showRun(const store::RunRecord &run)
{
    const QString name = QString::fromStdString(run.name);
    m_run = QString::fromStdString(run.id);
    const double share = doneShare(run, *m_context.hub);
    switch (run.status) {
    case store::RunStatus::Finished:
        return false;
    case store::RunStatus::Failed:
        m_next = Action::Resume;
        showFailure(tr("%1: %2").arg(name, storedErrorText(run.failure)), tr("Retry"));
        return true;
    case store::RunStatus::Queued:
    case store::RunStatus::Running:
        showWork(tr("%1 is at work in another process: %2 of %3 blocks.")
                     .arg(name)
                     .arg(run.blocksDone)
                     .arg(run.blocks),
                 share);
        return true;
    default:
        m_next = Action::Resume;
        // The store counts whole blocks: layers that are drawn may belong to none yet.
        //: a sentence that a run was stopped
        showNote(tr("%1 What is finished is kept; Resume goes on.")
                     .arg(stoppedSentence(
                         name, share, m_run == m_ids.constFirst() ? m_progressText : QString())),
                 tr("Resume"));
        return true;
    }
}

void RunsBanner::act()
{
    switch (m_next) {
    case Action::Cancel:
        m_context.hub->cancel(m_job);
        break;
    case Action::Retry:
        m_context.hub->retry(m_job);
        break;
    case Action::Resume:
        m_context.hub->resumeRun(m_run);
        break;
    case Action::None:
        break;
    }
}

} // namespace bitprism
