// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_sections.h"

#include <algorithm>

namespace bitprism {

namespace {

/// A copy of the summary without its layers.
std::shared_ptr<const RunSummary> withoutLayers(const std::shared_ptr<const RunSummary> &summary)
{
    if (!summary) {
        return nullptr;
    }
    auto copy = std::make_shared<RunSummary>(*summary);
    copy->layers.clear();
    return copy;
}

void restrictComparison(Comparison &comparison, const ReportSections &sections)
{
    if (!sections.results) {
        comparison.metrics.clear();
        comparison.pareto.clear();
    }
    if (!sections.layers) {
        comparison.layers.clear();
    }
    if (!sections.recipes) {
        for (ComparedRun &run : comparison.runs) {
            run.recipeChanges.clear();
            run.storedType.clear();
        }
    }
    if (!sections.results && !sections.layers && !sections.recipes) {
        comparison.runs.clear();
    }
}

void restrictRun(ReportRun &run, const ReportSections &sections)
{
    if (!sections.layers) {
        run.summary = withoutLayers(run.summary);
        run.storedLayers.clear();
    }
    if (!sections.recipes) {
        run.record.recipe = "{}";
    }
    if (!sections.sensitivity) {
        run.sensitivity = nullptr;
        run.interactions = nullptr;
    }
    if (!sections.outliers) {
        run.outliers = nullptr;
        run.outlierMap = {};
        run.whatIf = {};
    }
    if (!sections.allocation) {
        run.allocation = nullptr;
    }
    if (!sections.provenance) {
        run.command.clear();
        run.record.environment = "{}";
    }
}

} // namespace

ReportModel restrictedTo(ReportModel report, const ReportSections &sections)
{
    restrictComparison(report.comparison, sections);
    for (ReportRun &run : report.runs) {
        restrictRun(run, sections);
    }
    std::erase_if(report.calibrationSets, [&](const CalibrationSets &sets) {
        return isOutlierMetric(sets.metric) ? !sections.outliers : !sections.sensitivity;
    });
    return report;
}

ReportSections sectionsOf(const ReportModel &report)
{
    const auto anyRun
        = [&](const auto &has) { return std::any_of(report.runs.begin(), report.runs.end(), has); };
    const auto hasSets = [&](bool ofOutliers) {
        return std::any_of(report.calibrationSets.begin(), report.calibrationSets.end(),
                           [&](const CalibrationSets &sets) {
                               return isOutlierMetric(sets.metric) == ofOutliers;
                           });
    };
    ReportSections parts;
    parts.results = !report.comparison.metrics.empty();
    parts.layers = !report.comparison.layers.empty() || anyRun([](const ReportRun &run) {
        return (run.summary && !run.summary->layers.empty()) || !run.storedLayers.empty();
    });
    parts.recipes = anyRun([](const ReportRun &run) { return run.record.recipe != "{}"; });
    parts.sensitivity = hasSets(false)
        || anyRun([](const ReportRun &run) { return run.sensitivity || run.interactions; });
    parts.outliers
        = hasSets(true) || anyRun([](const ReportRun &run) { return run.outliers != nullptr; });
    parts.allocation = anyRun([](const ReportRun &run) { return run.allocation != nullptr; });
    parts.provenance = anyRun([](const ReportRun &run) {
        return !run.command.empty() || run.record.environment != "{}";
    });
    return parts;
}

} // namespace bitprism
