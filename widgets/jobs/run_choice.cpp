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

namespace {

bool isFinished(const store::RunRecord &run)
{
    return run.status == store::RunStatus::Finished && isComparable(run);
}

/// The finished one among `others` of the kind of `isWanted` whose average bits come closest.
template <typename Wanted>
const store::RunRecord *closestTo(const store::RunRecord &run, const RunList &others,
                                  const Wanted &isWanted)
{
    const store::RunRecord *closest = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const store::RunRecord &other : others) { // newest first
        if (&other == &run || !isFinished(other) || !isWanted(other)) {
            continue;
        }
        const double apart = std::abs(other.averageBits.value_or(0) - run.averageBits.value_or(0));
        if (apart < least) {
            least = apart;
            closest = &other;
        }
    }
    return closest;
}

} // namespace

QStringList defaultComparison(const RunList &runs)
{
    const auto isRun = [](const store::RunRecord &run) { return run.kind == "run"; };
    auto newest = std::find_if(runs.begin(), runs.end(), [&](const store::RunRecord &run) {
        return isRun(run) && isFinished(run);
    });
    if (newest == runs.end()) {
        newest = std::find_if(runs.begin(), runs.end(), isFinished);
    }
    if (newest == runs.end()) {
        return {};
    }
    const store::RunRecord *other = closestTo(*newest, runs, [&](const store::RunRecord &run) {
        return isRun(run) && run.model == newest->model;
    });
    if (other != nullptr) {
        return {QString::fromStdString(other->id), QString::fromStdString(newest->id)};
    }
    // A checkpoint measured as it is beside our run: an export, or another program's.
    other = closestTo(*newest, runs, [&](const store::RunRecord &run) {
        return !isRun(run) && run.parameters == newest->parameters;
    });
    return other == nullptr
        ? QStringList()
        : QStringList{QString::fromStdString(newest->id), QString::fromStdString(other->id)};
}

QStringList defaultReport(const RunList &runs, int most)
{
    QStringList ids;
    bool hasSensitivity = false;
    const auto isFinished
        = [](const store::RunRecord &run) { return run.status == store::RunStatus::Finished; };
    const auto newest = std::find_if(runs.begin(), runs.end(), isFinished);
    for (const store::RunRecord &run : runs) {
        if (!isFinished(run) || run.modelHash != newest->modelHash) {
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
