// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

namespace bitprism {

bool isComparable(const store::RunRecord &run)
{
    return run.kind == "run" || run.kind == "evaluate";
}

QStringList latestRuns(const Project &project)
{
    constexpr int most = 5;
    static const RunList none;
    QStringList ids;
    for (const store::RunRecord &run : project.runs() ? *project.runs() : none) { // newest first
        if (run.modelHash == project.modelHash() && ids.size() < most) {
            ids.append(QString::fromStdString(run.id));
        }
    }
    return ids;
}

QStringList defaultComparison(const RunList &runs)
{
    const auto isFinished = [](const store::RunRecord &run) {
        return run.kind == "run" && run.status == store::RunStatus::Finished;
    };
    const auto newest = std::find_if(runs.begin(), runs.end(), isFinished); // newest first
    const store::RunRecord *closest = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (auto run = newest; run != runs.end(); ++run) {
        if (run == newest || !isFinished(*run) || run->model != newest->model) {
            continue;
        }
        const double apart
            = std::abs(run->averageBits.value_or(0) - newest->averageBits.value_or(0));
        if (apart < least) {
            least = apart;
            closest = &*run;
        }
    }
    return closest == nullptr
        ? QStringList()
        : QStringList{QString::fromStdString(closest->id), QString::fromStdString(newest->id)};
}

QStringList defaultReport(const RunList &runs, int most)
{
    QStringList ids;
    bool hasSensitivity = false;
    for (const store::RunRecord &run : runs) {
        if (run.status != store::RunStatus::Finished) {
            continue;
        }
        if (run.kind == "run" && ids.size() < most) {
            ids.prepend(QString::fromStdString(run.id));
        } else if (run.kind == "sensitivity" && !hasSensitivity) {
            hasSensitivity = true;
            ids.append(QString::fromStdString(run.id));
        }
    }
    return ids;
}

QStringList knownRuns(const QStringList &ids, const RunList &runs)
{
    std::unordered_set<std::string_view> known;
    for (const store::RunRecord &run : runs) {
        known.insert(run.id);
    }
    QStringList kept;
    for (const QString &id : ids) {
        if (known.contains(id.toStdString())) {
            kept.append(id);
        }
    }
    return kept;
}

} // namespace bitprism
