// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_model.h"

#include "core/base/version.h"
#include "core/report/command_line.h"
#include "core/report/report_text.h"
#include "core/results/stored_width.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <set>

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
    if (run.outliers) {
        run.outlierMap = readMostOutlyingMap(store.runFolder(run.record.id), *run.outliers);
    }
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
    constexpr double plainBits = 16; // a checkpoint of plain weights has the same in every layer
    if (store::isEvaluation(run.record.kind)
        && run.record.averageBits.value_or(plainBits) < plainBits) {
        run.storedLayers = storedLayers(run.model);
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

bool isMeasured(const ReportRun &run)
{
    return run.record.kind == "run" || store::isEvaluation(run.record.kind);
}

/// The first run's model, and how many others there are: by contents, as copies have many names.
std::string modelsOf(const std::vector<ReportRun> &runs)
{
    using report::say;
    std::set<std::string> others;
    for (const ReportRun &run : runs) {
        if (run.record.modelHash != runs.front().record.modelHash) {
            others.insert(run.record.modelHash);
        }
    }
    const std::string &first = runs.front().model.name;
    return others.empty()   ? first
        : others.size() > 1 ? say(BITPRISM_TR("Report", "%1 and %2 other models"),
                                  {first, std::to_string(others.size())})
                            : say(BITPRISM_TR("Report", "%1 and 1 other model"), {first});
}

/// "2 runs, 1 evaluation, 1 analysis".
std::string countsOf(const std::vector<ReportRun> &runs)
{
    using report::say;
    std::string text;
    const auto add = [&](const TranslatableText &one, const TranslatableText &many,
                         std::ptrdiff_t count) {
        if (count > 0) {
            const std::string part = count == 1 ? say(one) : say(many, {std::to_string(count)});
            text = text.empty() ? part : say(BITPRISM_TR("Report", "%1, %2"), {text, part});
        }
    };
    const auto count
        = [&](auto matches) { return std::count_if(runs.begin(), runs.end(), matches); };
    add(BITPRISM_TR("Report", "1 run"), BITPRISM_TR("Report", "%1 runs"),
        count([](const ReportRun &run) { return run.record.kind == "run"; }));
    add(BITPRISM_TR("Report", "1 evaluation"), BITPRISM_TR("Report", "%1 evaluations"),
        count([](const ReportRun &run) { return store::isEvaluation(run.record.kind); }));
    add(BITPRISM_TR("Report", "1 analysis"), BITPRISM_TR("Report", "%1 analyses"),
        count([](const ReportRun &run) { return !isMeasured(run); }));
    return text;
}

/// What the runs did, to which models, and how many there are of each kind.
std::string titleOf(const std::vector<ReportRun> &runs)
{
    using report::say;
    const bool hasRun = std::any_of(runs.begin(), runs.end(),
                                    [](const ReportRun &run) { return run.record.kind == "run"; });
    const bool hasMeasured = std::any_of(runs.begin(), runs.end(), isMeasured);
    const std::string models = modelsOf(runs);
    if (runs.size() > 1 && !hasMeasured) {
        return say(BITPRISM_TR("Report", "Analysis of %1"), {models});
    }
    return say(hasRun            ? BITPRISM_TR("Report", "Quantization of %1: %2")
                   : hasMeasured ? BITPRISM_TR("Report", "Evaluation of %1: %2")
                                 : BITPRISM_TR("Report", "Analysis of %1: %2"),
               {models, runs.size() == 1 ? runs.front().record.name : countsOf(runs)});
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
        if (isMeasured(run)) {
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
