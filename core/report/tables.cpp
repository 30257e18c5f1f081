// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/tables.h"

#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitprism::report {

namespace {

using namespace numbers;

std::string sizeOf(const std::optional<std::int64_t> &count)
{
    return count ? bytes(*count) : std::string(notMeasured);
}

std::string divergenceOf(const Evaluation &evaluation)
{
    return evaluation.divergence
        ? withError(evaluation.divergence->mean, evaluation.divergence->standardError)
        : std::string(notMeasured);
}

std::string agreementOf(const Evaluation &evaluation)
{
    return evaluation.divergence ? percent(evaluation.divergence->top1Agreement)
                                 : std::string(notMeasured);
}

/// Takes out the columns in which nothing was measured.
void dropEmptyColumns(Table &table)
{
    for (std::size_t column = table.columns.size(); column-- > 0;) {
        const bool isEmpty
            = std::all_of(table.rows.begin(), table.rows.end(),
                          [&](const auto &row) { return row[column] == notMeasured; });
        if (isEmpty) {
            const auto position = static_cast<std::ptrdiff_t>(column);
            table.columns.erase(table.columns.begin() + position);
            for (std::vector<std::string> &row : table.rows) {
                row.erase(row.begin() + position);
            }
            std::set<std::pair<std::size_t, std::size_t>> muted;
            for (const auto &[row, of] : table.muted) { // none in a column without values
                muted.emplace(row, of > column ? of - 1 : of);
            }
            table.muted = std::move(muted);
        }
    }
}

/// Columns of metricTable().
enum MetricColumn : std::size_t
{
    NameColumn,
    BitsColumn,
    SizeColumn,
    ValueColumn,
    AgainstUnquantizedColumn,
    AgainstFirstColumn,
    DivergenceColumn,
    AgreementColumn,
    metricColumns
};

std::string againstFirst(const ComparedMetric::Value &value)
{
    const std::string text = difference(value.difference, value.differenceStandardError);
    //: a difference whose error is not that of the same windows in both runs
    return value.isUnpaired() ? say(BITPRISM_TR("Report", "%1, unpaired"), {text}) : text;
}

/// Greys the differences of the last row that lie inside their errors.
void muteNoise(const ComparedMetric::Value &value, Table &table)
{
    const std::size_t row = table.rows.size() - 1;
    if (isInsideError(value.baselineDifference, value.baselineDifferenceStandardError)) {
        table.muted.emplace(row, AgainstUnquantizedColumn);
    }
    if (isInsideError(value.difference, value.differenceStandardError)) {
        table.muted.emplace(row, AgainstFirstColumn);
    }
}

std::vector<std::string> metricRow(const ComparedRun &run, const ComparedMetric::Value &value,
                                   bool isOnFront)
{
    std::vector<std::string> row{
        run.record.name + (isOnFront ? " " + say(BITPRISM_TR("Report", "(Pareto)")) : ""),
        twoDecimals(run.record.averageBits), sizeOf(run.bytes)};
    if (!value.measured) {
        row.resize(metricColumns, notMeasured);
        return row;
    }
    const Evaluation &measured = *value.measured;
    row.push_back(withError(measured.value, measured.standardError));
    row.push_back(difference(value.baselineDifference, value.baselineDifferenceStandardError));
    row.push_back(againstFirst(value));
    row.push_back(divergenceOf(measured));
    row.push_back(agreementOf(measured));
    return row;
}

bool isMeasuredElsewhere(const Comparison &comparison, std::size_t run)
{
    return std::any_of(
        comparison.metrics.begin(), comparison.metrics.end(),
        [&](const ComparedMetric &metric) { return metric.runs[run].measured.has_value(); });
}

Table metricTable(const Comparison &comparison, const ComparedMetric &metric)
{
    const std::string unit = unitText(metric.differenceUnit);
    const std::string task = metricText(metric.task);
    // Where the divergence is what is measured, its column would say it again.
    const bool isDivergence = metric.task == "kl-divergence";
    Table table;
    table.title = say(metric.lowerIsBetter ? BITPRISM_TR("Report", "%1 on %2, lower is better")
                                           : BITPRISM_TR("Report", "%1 on %2, higher is better"),
                      {task, dataName(comparison, metric)});
    table.columns = {{say(BITPRISM_TR("Report", "Run")), false},
                     {say(BITPRISM_TR("Report", "Average bits")), true},
                     {say(BITPRISM_TR("Report", "Size")), true},
                     {metric.unit.empty() || metric.unit == metric.task
                          ? task
                          //: a measure and its unit
                          : say(BITPRISM_TR("Report", "%1, %2"), {task, unitText(metric.unit)}),
                      true},
                     {say(BITPRISM_TR("Report", "vs unquantized, %1"), {unit}), true},
                     {say(BITPRISM_TR("Report", "vs first run, %1"), {unit}), true},
                     {say(BITPRISM_TR("Report", "KL, nats")), true},
                     {say(BITPRISM_TR("Report", "Same top token")), true}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedRun &run = comparison.runs[i];
        if (!metric.runs[i].measured && isMeasuredElsewhere(comparison, i)) {
            continue; // a row of dashes says nothing that the other tables do not
        }
        const bool isOnFront = comparison.runs.size() > 1
            && std::find(comparison.pareto.begin(), comparison.pareto.end(), run.record.id)
                != comparison.pareto.end();
        std::vector<std::string> row = metricRow(run, metric.runs[i], isOnFront);
        if (isDivergence) {
            row[DivergenceColumn] = notMeasured;
        }
        table.rows.push_back(std::move(row));
        muteNoise(metric.runs[i], table);
    }
    for (const ComparedBaseline &baseline : metric.baselines) {
        std::vector<std::string> row(metricColumns, notMeasured);
        row[NameColumn] = metric.commonBaseline()
            ? say(BITPRISM_TR("Report", "unquantized"))
            : say(BITPRISM_TR("Report", "%1, unquantized"), {baseline.model});
        row[ValueColumn] = withError(baseline.value.value, baseline.value.standardError);
        table.rows.push_back(std::move(row));
    }
    dropEmptyColumns(table);
    return table;
}

/// How far a layer's errors lie apart in some runs, as the logarithm of the largest ratio to the
/// first of them.
double spread(const ComparedLayer &layer, const std::vector<std::size_t> &runs)
{
    double widest = 0;
    const std::optional<RunLayer> &first = layer.runs[runs.front()];
    for (const std::size_t place : runs) {
        const std::optional<RunLayer> &run = layer.runs[place];
        if (run && first && run->weightMse > 0 && first->weightMse > 0) {
            widest = std::max(widest, std::abs(std::log(run->weightMse / first->weightMse)));
        }
    }
    return widest;
}

/// Runs that share layers with each other; runs of other models make groups of their own.
std::vector<std::vector<std::size_t>> runsByLayers(const Comparison &comparison)
{
    std::vector<std::size_t> group(comparison.runs.size());
    std::iota(group.begin(), group.end(), std::size_t{0});
    for (const ComparedLayer &layer : comparison.layers) {
        std::optional<std::size_t> first;
        for (std::size_t run = 0; run < layer.runs.size(); ++run) {
            if (!layer.runs[run]) {
                continue;
            }
            first = first.value_or(run);
            std::replace(group.begin(), group.end(), std::size_t{group[run]}, group[*first]);
        }
    }
    std::vector<std::vector<std::size_t>> groups(comparison.runs.size());
    for (std::size_t run = 0; run < group.size(); ++run) {
        groups[group[run]].push_back(run);
    }
    std::erase_if(groups, [](const auto &runs) { return runs.size() < 2; });
    return groups;
}

Table layerDifferences(const Comparison &comparison, const std::vector<std::size_t> &runs)
{
    constexpr std::size_t most = 30;
    Table table;
    table.title = say(BITPRISM_TR(
        "Report", "Layers: bits, and relative output error or else squared weight error"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false}};
    for (const std::size_t run : runs) {
        const std::string &name = comparison.runs[run].record.name;
        table.columns.push_back({say(BITPRISM_TR("Report", "%1: bits"), {name}), true});
        table.columns.push_back({say(BITPRISM_TR("Report", "%1: error"), {name}), true});
    }
    std::vector<const ComparedLayer *> layers;
    for (const ComparedLayer &layer : comparison.layers) {
        const bool isTheirs = std::any_of(
            runs.begin(), runs.end(), [&](std::size_t run) { return layer.runs[run].has_value(); });
        if (isTheirs) {
            layers.push_back(&layer);
        }
    }
    std::stable_sort(layers.begin(), layers.end(), [&](const auto *a, const auto *b) {
        return spread(*a, runs) > spread(*b, runs);
    });
    if (layers.size() > most) {
        table.title = say(BITPRISM_TR("Report", "%1, the %2 with the largest differences of %3"),
                          {table.title, std::to_string(most), std::to_string(layers.size())});
        layers.resize(most);
    }
    for (const ComparedLayer *layer : layers) {
        std::vector<std::string> row{layer->name};
        for (const std::size_t place : runs) {
            const std::optional<RunLayer> &run = layer->runs[place];
            row.push_back(run ? bits(run->bits) : notMeasured);
            row.push_back(run ? plain(run->outputMse.value_or(run->weightMse)) : notMeasured);
        }
        table.rows.push_back(std::move(row));
    }
    dropEmptyColumns(table);
    return table;
}

} // namespace

std::string kindText(const std::string &kind)
{
    return kind == "run"        ? say(BITPRISM_TR("Report", "run"))
        : kind == "sensitivity" ? say(BITPRISM_TR("Report", "sensitivity"))
        : kind == "outliers"    ? say(BITPRISM_TR("Report", "outliers"))
        : kind == "evaluate"    ? say(BITPRISM_TR("Report", "evaluate"))
                                : kind;
}

std::string statusText(store::RunStatus status)
{
    switch (status) {
    case store::RunStatus::Queued:
        return say(BITPRISM_TR("Report", "queued"));
    case store::RunStatus::Running:
        return say(BITPRISM_TR("Report", "running"));
    case store::RunStatus::Finished:
        return say(BITPRISM_TR("Report", "finished"));
    case store::RunStatus::Failed:
        return say(BITPRISM_TR("Report", "failed"));
    case store::RunStatus::Cancelled:
        return say(BITPRISM_TR("Report", "cancelled"));
    case store::RunStatus::Interrupted:
        return say(BITPRISM_TR("Report", "interrupted"));
    }
    return {};
}

std::vector<Table> metricTables(const Comparison &comparison)
{
    std::vector<Table> tables;
    for (const ComparedMetric &metric : comparison.metrics) {
        tables.push_back(metricTable(comparison, metric));
    }
    return tables;
}

Table runTable(const ReportModel &report)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Runs"));
    table.columns = {{say(BITPRISM_TR("Report", "Run")), false},
                     {say(BITPRISM_TR("Report", "Id")), false},
                     {say(BITPRISM_TR("Report", "Kind")), false},
                     {say(BITPRISM_TR("Report", "Status")), false},
                     {say(BITPRISM_TR("Report", "Blocks")), true},
                     {say(BITPRISM_TR("Report", "Average bits")), true},
                     {say(BITPRISM_TR("Report", "Size")), true},
                     {say(BITPRISM_TR("Report", "Time")), true}};
    for (const ReportRun &run : report.runs) {
        const store::RunRecord &record = run.record;
        table.rows.push_back(
            {record.name, record.id, kindText(record.kind), statusText(record.status),
             say(BITPRISM_TR("Report", "%1 of %2"),
                 {std::to_string(record.blocksDone), std::to_string(record.blocks)}),
             twoDecimals(record.averageBits),
             sizeOf(record.kind == "run" || record.bytes ? record.bytes
                                                         : std::optional(run.model.bytes)),
             record.seconds ? seconds(*record.seconds) : notMeasured});
    }
    return table;
}

namespace {

/// Changes of single layers' choices, which the table of layers shows, as one.
struct LayerChanges
{
    static constexpr std::string_view prefix = "allocation.layers.";
    int before = 0;
    int after = 0;
    int all = 0;

    bool take(const RecipeChange &change)
    {
        const bool isOne = change.key.starts_with(prefix);
        if (isOne) {
            before += change.before.empty() ? 0 : 1;
            after += change.after.empty() ? 0 : 1;
            ++all;
        }
        return isOne;
    }

    std::vector<std::string> row(const std::string &run) const
    {
        const auto values = [](int count) {
            return count == 0 ? std::string(notMeasured)
                              : say(BITPRISM_TR("Report", "%1 values"), {std::to_string(count)});
        };
        const bool isChange = before > 0 && after > 0;
        return {run, "allocation.layers", values(before),
                isChange ? say(BITPRISM_TR("Report", "%1 other values"), {std::to_string(all)})
                         : values(after)};
    }
};

} // namespace

std::string asStored(const ComparedRun &run)
{
    return say(BITPRISM_TR("Report", "measured as it is: %1, %2 bits per weight"),
               {run.storedType, plain(run.record.averageBits)});
}

Table recipeChangeTable(const Comparison &comparison)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Recipes: what differs from the first run"));
    const bool isFirstRecipe = comparison.runs.front().hasRecipe();
    const auto reference = std::find_if(comparison.runs.begin(), comparison.runs.end(),
                                        [](const ComparedRun &run) { return run.hasRecipe(); });
    if (!isFirstRecipe && reference != comparison.runs.end()) {
        table.title
            = say(BITPRISM_TR("Report", "Recipes: what differs from %1"), {reference->record.name});
    }
    table.columns = {{say(BITPRISM_TR("Report", "Run")), false},
                     {say(BITPRISM_TR("Report", "Key")), false},
                     {isFirstRecipe || reference == comparison.runs.end()
                          ? say(BITPRISM_TR("Report", "First run"))
                          : reference->record.name,
                      false},
                     {say(BITPRISM_TR("Report", "This run")), false}};
    for (const ComparedRun &run : comparison.runs) {
        if (!run.hasRecipe() && !run.storedType.empty()) {
            table.rows.push_back({run.record.name, say(BITPRISM_TR("Report", "no recipe")),
                                  notMeasured, asStored(run)});
        }
        LayerChanges ofLayers;
        for (const RecipeChange &change : run.recipeChanges) {
            if (ofLayers.take(change)) {
                continue;
            }
            table.rows.push_back({run.record.name, change.key,
                                  change.before.empty() ? notMeasured : change.before,
                                  change.after.empty() ? notMeasured : change.after});
        }
        if (ofLayers.all > 0) {
            table.rows.push_back(ofLayers.row(run.record.name));
        }
    }
    return table;
}

std::vector<Table> layerDifferenceTables(const Comparison &comparison)
{
    std::vector<Table> tables;
    for (const std::vector<std::size_t> &runs : runsByLayers(comparison)) {
        tables.push_back(layerDifferences(comparison, runs));
    }
    return tables;
}

Table layerTable(const std::vector<RunLayer> &layers)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Layers"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Bits")), true},
                     {say(BITPRISM_TR("Report", "High-impact")), true},
                     {say(BITPRISM_TR("Report", "Stored bits per weight")), true},
                     {say(BITPRISM_TR("Report", "Weight error, squared")), true},
                     {say(BITPRISM_TR("Report", "Output error, relative")), true},
                     {say(BITPRISM_TR("Report", "Time")), true}};
    for (const RunLayer &layer : layers) {
        const double perWeight = layer.weights > 0
            ? static_cast<double>(layer.storageBits) / static_cast<double>(layer.weights)
            : NAN;
        table.rows.push_back({layer.name, bits(layer.bits),
                              layer.ratio ? percent(*layer.ratio) : notMeasured,
                              twoDecimals(perWeight), plain(layer.weightMse),
                              plain(layer.outputMse), seconds(layer.seconds)});
    }
    dropEmptyColumns(table);
    return table;
}

} // namespace bitprism::report
