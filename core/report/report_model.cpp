// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_model.h"

#include "core/base/version.h"
#include "core/report/command_line.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <ctime>
#include <map>

namespace bitprism {

namespace {

std::string now()
{
    const std::time_t seconds = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

ReportRun reportRun(const store::ExperimentStore &store, const std::string &id)
{
    ReportRun run;
    run.record = store.run(id);
    run.command = commandLine(run.record);
    run.model = store.model(run.record.id);
    run.summary = store.resultOf<RunSummary>(run.record.id);
    run.sensitivity = store.resultOf<SensitivityTable>(run.record.id);
    run.interactions = store.resultOf<InteractionMatrix>(run.record.id);
    run.outliers = store.resultOf<OutlierTable>(run.record.id);
    if (const auto kept = store.blob(run.record.id, whatIfBlob); kept && run.outliers) {
        run.whatIf = keptFromText(*kept);
    }
    run.allocation = store.resultOf<Allocation>(run.record.id);
    for (const store::StoredResult &result : store.results(run.record.id)) {
        auto evaluation = resultAs<Evaluation>(result.value);
        if (evaluation && !result.isBaseline()) {
            run.evaluations.push_back(std::move(evaluation));
        }
    }
    return run;
}

/// The complete tables of one kind of the runs, by model, and the runs' names.
template <typename T> struct ModelTables
{
    std::vector<const T *> tables;
    std::vector<std::string> names;
};

template <typename T>
void addCalibrationSets(ReportModel &report, std::shared_ptr<const T> ReportRun::*of,
                        std::string_view metric)
{
    std::map<std::string, ModelTables<T>> byModel;
    for (const ReportRun &run : report.runs) {
        const T *table = (run.*of).get();
        if (table != nullptr && table->complete) {
            byModel[table->model].tables.push_back(table);
            byModel[table->model].names.push_back(run.record.name);
        }
    }
    for (const auto &[model, found] : byModel) {
        if (canCompareCalibrationSets(found.tables, metric)) {
            CalibrationSets &sets
                = report.calibrationSets.emplace_back(compareCalibrationSets(found.tables, metric));
            for (std::size_t i = 0; i < found.names.size(); ++i) {
                sets.sets[i].name = found.names[i];
            }
        }
    }
}

/// Counts what can be compared: a sensitivity or outliers beside them are no runs of a recipe.
std::string titleOf(const std::vector<ReportRun> &runs)
{
    using report::say;
    const std::string &model = runs.front().model.name;
    if (runs.size() == 1) {
        return say(BITPRISM_TR("Report", "Quantization of %1: %2"),
                   {model, runs.front().record.name});
    }
    const auto measured = std::count_if(runs.begin(), runs.end(), [](const ReportRun &run) {
        return run.record.kind == "run" || run.record.kind == "evaluate";
    });
    return measured == 0 ? say(BITPRISM_TR("Report", "Analysis of %1"), {model})
        : measured == 1  ? say(BITPRISM_TR("Report", "Quantization of %1: 1 run"), {model})
                         : say(BITPRISM_TR("Report", "Quantization of %1: %2 runs"),
                               {model, std::to_string(measured)});
}

} // namespace

ReportModel buildReport(const store::ExperimentStore &store, std::span<const std::string> ids)
{
    BITPRISM_ASSERT(!ids.empty(), "something to report");
    ReportModel report;
    std::vector<std::string> measured;
    for (const std::string &id : ids) {
        report.runs.push_back(reportRun(store, id));
        const ReportRun &run = report.runs.back();
        if (run.record.kind == "run" || run.record.kind == "evaluate") {
            measured.push_back(run.record.id);
        }
    }
    if (!measured.empty()) {
        report.comparison = compareRuns(store, measured);
    }
    addCalibrationSets(report, &ReportRun::outliers, "max_abs");
    addCalibrationSets(report, &ReportRun::sensitivity, "kl_divergence");
    report.title = titleOf(report.runs);
    report.created = now();
    report.version = programVersion();
    report.storeFile = store.file().string();
    return report;
}

} // namespace bitprism
