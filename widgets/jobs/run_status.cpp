// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_status.h"

#include "widgets/shared/format.h"

#include <QCoreApplication>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(RunStatus)
};

} // namespace

QString runStatusText(const store::RunRecord &run, const std::optional<double> &progress)
{
    const double stored = run.blocks == 0 ? 0 : static_cast<double>(run.blocksDone) / run.blocks;
    QString done = formatProgress(progress.value_or(stored));
    const bool isShown = isShownProgress(progress.value_or(stored));
    switch (run.status) {
    case store::RunStatus::Queued:
        return progress ? done : Texts::tr("Queued");
    case store::RunStatus::Running:
        return done;
    case store::RunStatus::Finished:
        return progress ? done : Texts::tr("\u2713 Finished");
    case store::RunStatus::Failed:
        return Texts::tr("\u2715 Failed");
    case store::RunStatus::Cancelled:
        //: how much of the run was done when it was stopped
        return isShown ? Texts::tr("Stopped at %1").arg(done) : Texts::tr("Stopped");
    case store::RunStatus::Interrupted:
        return isShown ? Texts::tr("Interrupted at %1").arg(done) : Texts::tr("Interrupted");
    }
    return {};
}

} // namespace bitprism
