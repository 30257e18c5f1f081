// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_status.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/shared/format.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(RunStatus)
};

bool isShownProgress(double share) { return share >= 0.01; }

} // namespace

double doneShare(const store::RunRecord &run, const JobHub &hub)
{
    const QString id = QString::fromStdString(run.id);
    const double told = hub.shareOf(id);
    const double stored = run.blocks > 0 ? static_cast<double>(run.blocksDone) / run.blocks : 0;
    const std::string ended = hub.endOf(id);
    if (told <= 0 || (!ended.empty() && run.finished > ended)) {
        return stored;
    }
    // At work, and not here: in another process, unless the list of runs is of before the end.
    const bool isOthers = !ended.empty() && run.finished.empty();
    return isOthers ? std::max(told, stored) : told;
}

QString progressText(const HubJob &job)
{
    const double share = job.progress.fraction;
    return job.isStopping        ? Texts::tr("Stopping")
        : share <= 0             ? Texts::tr("Starting")
        : isShownProgress(share) ? formatProgress(share)
                                 : Texts::tr("< 1 %");
}

QString timeLeftText(const HubJob &job)
{
    if (job.state != JobState::Running || job.isStopping || job.progress.remainingSeconds < 0) {
        return {};
    }
    const QString time = formatSeconds(job.progress.remainingSeconds);
    return job.isTimeEstimated ? Texts::tr("about %1 left").arg(time)
                               : Texts::tr("%1 left").arg(time);
}

double shownShare(const HubJob &job)
{
    const bool isStarting = job.state == JobState::Running && job.progress.fraction <= 0;
    return isStarting ? -1 : job.progress.fraction;
}

QString runStatusText(const store::RunRecord &run, const JobHub &hub)
{
    const HubJob *job = hub.jobOfRun(QString::fromStdString(run.id));
    const bool isAtWork = job != nullptr && job->state == JobState::Running;
    const double share = doneShare(run, hub);
    QString done = isAtWork      ? progressText(*job)
        : isShownProgress(share) ? formatProgress(share)
                                 : Texts::tr("At work");
    switch (run.status) {
    case store::RunStatus::Queued:
        return isAtWork ? done : Texts::tr("Queued");
    case store::RunStatus::Running:
        return done;
    case store::RunStatus::Finished:
        return isAtWork ? done : Texts::tr("\u2713 Finished");
    case store::RunStatus::Failed:
        return Texts::tr("\u2715 Failed");
    case store::RunStatus::Cancelled:
        return stoppedText(share);
    case store::RunStatus::Interrupted:
        return isShownProgress(share) ? Texts::tr("Interrupted at %1").arg(done)
                                      : Texts::tr("Interrupted");
    }
    return {};
}

QString stoppedText(double share)
{
    //: how much of the run was done when it was stopped
    return isShownProgress(share) ? Texts::tr("Stopped at %1").arg(formatProgress(share))
                                  : Texts::tr("Stopped");
}

QString stoppedSentence(const QString &name, double share, const QString &progress)
{
    if (!isShownProgress(share)) {
        return progress.isEmpty() ? Texts::tr("%1 was stopped near its start.").arg(name)
                                  //: a run's name, and how far it is: "12 of 42 layers measured"
                                  : Texts::tr("%1 stopped at %2.").arg(name, progress);
    }
    return progress.isEmpty()
        ? Texts::tr("%1 stopped at %2.").arg(name, formatProgress(share))
        //: a run's name, its share in per cent, and how far it is: "12 of 42 layers measured"
        : Texts::tr("%1 stopped at %2, %3.").arg(name, formatProgress(share), progress);
}

} // namespace bitprism
