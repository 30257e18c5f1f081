// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/content.h"

#include "core/report/chart/charts.h"
#include "core/report/numbers.h"
#include "core/report/outlier_content.h"
#include "core/report/report_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::report {

namespace {

bool isNested(const Json &json)
{
    return json.is_structured() && std::any_of(json.begin(), json.end(), [](const Json &item) {
               return item.is_structured() && !item.empty();
           });
}

/// A line for each entry, but small lists and objects of plain values on one.
std::string indented(const Json &json, const std::string &indent)
{
    constexpr std::size_t longestLine = 60;
    std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!json.is_structured() || json.empty() || (!isNested(json) && line.size() <= longestLine)) {
        return line;
    }
    const std::string inner = indent + "  ";
    std::string text;
    for (const auto &[key, value] : json.items()) {
        text += text.empty() ? "\n" : ",\n";
        text += inner;
        if (json.is_object()) {
            text += Json(key).dump(-1, ' ', false, Json::error_handler_t::replace) + ": ";
        }
        text += indented(value, inner);
    }
    return (json.is_object() ? "{" : "[") + text + "\n" + indent + (json.is_object() ? "}" : "]");
}

std::string prettyJson(const std::string &text)
{
    const Json json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? text : indented(json, "");
}

std::string contextOf(const ReportRun &run)
{
    return say(BITPRISM_TR("Report", "%1, run %2 (%3)"),
               {run.model.name, run.record.name, run.record.id});
}

Section headOf(const ReportModel &model)
{
    SectionBuilder builder;
    builder.heading(1, model.title);
    builder.paragraph(say(BITPRISM_TR("Report", "Written %1 by Bitprism %2 from %3"),
                          {numbers::moment(model.created), model.version, model.storeFile}));
    builder.table(runTable(model), false);
    return builder.take();
}

/// What stands side by side: metrics, or where those are left out what else there is of the runs.
std::string resultsHeading(const Comparison &comparison)
{
    return !comparison.metrics.empty() ? say(BITPRISM_TR("Report", "Results"))
        : comparison.runs.size() > 1   ? say(BITPRISM_TR("Report", "Differences between the runs"))
                                       : say(BITPRISM_TR("Report", "Layers"));
}

/// Empty where nothing is left of it.
Section resultsOf(const ReportModel &model)
{
    SectionBuilder builder;
    builder.heading(2, resultsHeading(model.comparison));
    builder.chart(chart::tradeOff(model.comparison));
    for (Table &table : metricTables(model.comparison)) {
        builder.table(std::move(table), false);
    }
    std::vector<std::string> names;
    for (const ComparedRun &run : model.comparison.runs) {
        names.push_back(run.record.name);
    }
    builder.chart(chart::layerErrors(model.comparison.layers, names));
    if (names.size() > 1) {
        builder.table(recipeChangeTable(model.comparison), false);
        for (Table &table : layerDifferenceTables(model.comparison)) {
            builder.table(std::move(table), true);
        }
    }
    Section section = builder.take();
    return section.size() > 1 ? section : Section(); // no heading by itself
}

/// The layers of an allocation as bars take them: a share of high-impact weights raises the width.
std::vector<RunLayer> layersOf(const Allocation &allocation, const SensitivityTable *table)
{
    std::vector<RunLayer> layers;
    for (const LayerChoice &choice : allocation.layers) {
        RunLayer &layer = layers.emplace_back();
        layer.name = choice.layer;
        layer.ratio = choice.ratio;
        const double share = table == nullptr ? 0 : choice.ratio.value_or(0);
        layer.bits = choice.bits + share * (table == nullptr ? 0 : table->highBits - choice.bits);
    }
    return layers;
}

Section calibrationOf(const CalibrationSets &sets)
{
    SectionBuilder builder;
    builder.heading(2, say(BITPRISM_TR("Report", "Calibration sets")));
    if (sets.meanTau) {
        builder.paragraph(
            say(BITPRISM_TR("Report",
                            "Rankings of %1 layers by %2 under %3 calibration sets: mean Kendall "
                            "tau %4."),
                {std::to_string(sets.layers.size()), sets.metric, std::to_string(sets.sets.size()),
                 numbers::withError(*sets.meanTau, sets.meanTauStderr.value_or(0))}));
    }
    builder.chart(chart::calibrationAgreement(sets));
    builder.table(calibrationSetTable(sets), false);
    return builder.take();
}

void addFindings(const ReportRun &run, SectionBuilder &builder)
{
    if (run.summary) {
        for (const std::string &note : run.summary->notes) {
            builder.paragraph(say(BITPRISM_TR("Report", "Note: %1"), {note}));
        }
        builder.chart(chart::bitsBars(run.summary->layers, run.model, contextOf(run)));
        builder.table(layerTable(run.summary->layers), true);
    }
    builder.chart(chart::bitsBars(run.storedLayers, run.model, contextOf(run)));
    builder.table(layerTable(run.storedLayers), true);
    if (run.sensitivity) {
        builder.chart(chart::sensitivityMap(*run.sensitivity, run.model));
        builder.chart(chart::predictionScatter(*run.sensitivity));
        builder.table(sensitivityTable(*run.sensitivity), true);
    }
    if (run.interactions) {
        builder.chart(chart::interactionMap(*run.interactions));
        builder.table(interactionTable(*run.interactions), true);
    }
    if (run.outliers) {
        addOutliers(run, contextOf(run), builder);
    }
    if (run.allocation) {
        builder.chart(chart::bitsBars(layersOf(*run.allocation, run.sensitivity.get()), run.model,
                                      say(BITPRISM_TR("Report", "%1, allocated by %2"),
                                          {contextOf(run), run.allocation->allocator})));
        builder.chart(chart::frontierCurve(*run.allocation));
        builder.table(allocationTable(*run.allocation), true);
    }
}

Section runOf(const ReportRun &run)
{
    SectionBuilder builder;
    builder.heading(2, run.record.name);
    builder.paragraph(say(
        BITPRISM_TR("Report", "%1 %2 of %3, %4"),
        {kindText(run.record.kind), run.record.id, run.model.name, statusText(run.record.status)}));
    if (!run.record.failure.empty()) {
        builder.paragraph(say(BITPRISM_TR("Report", "Failed: %1"), {run.record.failure}),
                          Paragraph::Style::Bad);
    }
    addFindings(run, builder);
    if (!run.command.empty()) {
        builder.heading(3, say(BITPRISM_TR("Report", "How to repeat it")));
        builder.code({}, run.command);
    }
    if (run.record.recipe != "{}") {
        builder.code(say(BITPRISM_TR("Report", "Recipe")), prettyJson(run.record.recipe));
    }
    builder.table(provenanceTable(run), true);
    return builder.take();
}

} // namespace

std::vector<Section> reportContent(const ReportModel &model)
{
    std::vector<Section> sections{headOf(model)};
    if (!model.comparison.runs.empty()) {
        if (Section results = resultsOf(model); !results.empty()) {
            sections.push_back(std::move(results));
        }
    }
    for (const CalibrationSets &sets : model.calibrationSets) {
        sections.push_back(calibrationOf(sets));
    }
    for (const ReportRun &run : model.runs) {
        sections.push_back(runOf(run));
    }
    return sections;
}

} // namespace bitprism::report
