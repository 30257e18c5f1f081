// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_status.h"

#include "widgets/runs/runs_model.h"
#include "widgets/shared/format.h"

namespace bitprism {

QString runStatusText(const store::RunRecord &run, const std::optional<double> &progress)
{
    const double stored = run.blocks == 0 ? 0 : static_cast<double>(run.blocksDone) / run.blocks;
    const QString done = formatProgress(progress.value_or(stored));
    switch (run.status) {
    case store::RunStatus::Queued:
        return progress ? done : RunsModel::tr("Queued");
    case store::RunStatus::Running:
        return done;
    case store::RunStatus::Finished:
        return progress ? done : RunsModel::tr("\u2713 Finished");
    case store::RunStatus::Failed:
        return RunsModel::tr("\u2715 Failed");
    case store::RunStatus::Cancelled:
        //: how much of the run was done when it was stopped
        return RunsModel::tr("Stopped at %1").arg(done);
    case store::RunStatus::Interrupted:
        return RunsModel::tr("Interrupted at %1").arg(done);
    }
    return {};
}

} // namespace bitprism
