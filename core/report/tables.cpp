// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/tables.h"

#include "core/report/chart/charts.h"
#include "core/report/numbers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

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
        }
    }
}

std::vector<std::string> metricRow(const ComparedRun &run, const ComparedMetric::Value &value,
                                   bool isOnFront)
{
    std::vector<std::string> row{run.record.name + (isOnFront ? " (Pareto)" : ""),
                                 twoDecimals(run.record.averageBits), sizeOf(run.bytes)};
    if (!value.measured) {
        row.insert(row.end(), 5, notMeasured);
        return row;
    }
    const Evaluation &measured = *value.measured;
    row.push_back(withError(measured.value, measured.standardError));
    row.push_back(difference(value.baselineDifference, value.baselineDifferenceStandardError));
    row.push_back(difference(value.difference, value.differenceStandardError));
    row.push_back(divergenceOf(measured));
    row.push_back(agreementOf(measured));
    return row;
}

Table metricTable(const Comparison &comparison, const ComparedMetric &metric)
{
    const std::string unit = ", " + metric.differenceUnit;
    Table table;
    table.title = metric.task + " on " + dataName(comparison, metric) + ", "
        + (metric.lowerIsBetter ? "lower is better" : "higher is better");
    table.columns = {{"Run", false},
                     {"Average bits", true},
                     {"Size", true},
                     {metric.unit.empty() ? metric.task : metric.unit, true},
                     {"vs unquantized" + unit, true},
                     {"vs first run" + unit, true},
                     {"KL, nats", true},
                     {"Same top token", true}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedRun &run = comparison.runs[i];
        const bool isOnFront = comparison.runs.size() > 1
            && std::find(comparison.pareto.begin(), comparison.pareto.end(), run.record.id)
                != comparison.pareto.end();
        table.rows.push_back(metricRow(run, metric.runs[i], isOnFront));
    }
    for (const ComparedBaseline &baseline : metric.baselines) {
        table.rows.push_back(
            {metric.commonBaseline() ? "unquantized" : baseline.model + ", unquantized",
             notMeasured, notMeasured,
             withError(baseline.value.value, baseline.value.standardError), notMeasured,
             notMeasured, notMeasured, notMeasured});
    }
    dropEmptyColumns(table);
    return table;
}

/// How far a layer's errors lie apart, as the logarithm of the largest ratio to the first run.
double spread(const ComparedLayer &layer)
{
    double widest = 0;
    for (const auto &run : layer.runs) {
        const bool isComparable
            = run && layer.runs.front() && run->weightMse > 0 && layer.runs.front()->weightMse > 0;
        if (isComparable) {
            widest = std::max(widest,
                              std::abs(std::log(run->weightMse / layer.runs.front()->weightMse)));
        }
    }
    return widest;
}

} // namespace

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
    table.title = "Runs";
    table.columns = {{"Run", false},   {"Id", false},          {"Kind", false}, {"Status", false},
                     {"Blocks", true}, {"Average bits", true}, {"Size", true},  {"Time", true}};
    for (const ReportRun &run : report.runs) {
        const store::RunRecord &record = run.record;
        table.rows.push_back(
            {record.name, record.id, record.kind, std::string(store::statusName(record.status)),
             std::to_string(record.blocksDone) + " of " + std::to_string(record.blocks),
             twoDecimals(record.averageBits), sizeOf(record.bytes),
             record.seconds ? seconds(*record.seconds) : notMeasured});
    }
    return table;
}

Table recipeChangeTable(const Comparison &comparison)
{
    Table table;
    table.title = "Recipes: what differs from the first run";
    table.columns = {{"Run", false}, {"Key", false}, {"First run", false}, {"This run", false}};
    for (const ComparedRun &run : comparison.runs) {
        for (const RecipeChange &change : run.recipeChanges) {
            table.rows.push_back({run.record.name, change.key,
                                  change.before.empty() ? notMeasured : change.before,
                                  change.after.empty() ? notMeasured : change.after});
        }
    }
    return table;
}

Table layerDifferenceTable(const Comparison &comparison)
{
    constexpr std::size_t most = 30;
    Table table;
    table.title = "Layers: bits, and relative output error or else squared weight error";
    table.columns = {{"Layer", false}};
    for (const ComparedRun &run : comparison.runs) {
        table.columns.push_back({run.record.name + ": bits", true});
        table.columns.push_back({run.record.name + ": error", true});
    }
    std::vector<const ComparedLayer *> layers;
    for (const ComparedLayer &layer : comparison.layers) {
        layers.push_back(&layer);
    }
    std::stable_sort(layers.begin(), layers.end(),
                     [](const auto *a, const auto *b) { return spread(*a) > spread(*b); });
    if (layers.size() > most) {
        table.title += ", the " + std::to_string(most) + " with the largest differences of "
            + std::to_string(layers.size());
        layers.resize(most);
    }
    for (const ComparedLayer *layer : layers) {
        std::vector<std::string> row{layer->name};
        for (const auto &run : layer->runs) {
            row.push_back(run ? bits(run->bits) : notMeasured);
            row.push_back(run ? plain(run->outputMse.value_or(run->weightMse)) : notMeasured);
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table layerTable(const RunSummary &summary)
{
    Table table;
    table.title = "Layers";
    table.columns = {{"Layer", false},
                     {"Bits", true},
                     {"High-impact", true},
                     {"Stored bits per weight", true},
                     {"Weight error, squared", true},
                     {"Output error, relative", true},
                     {"Time", true}};
    for (const RunLayer &layer : summary.layers) {
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

Table sensitivityTable(const SensitivityTable &sensitivity)
{
    const chart::SensitivityMeasure measure = chart::measureOf(sensitivity);
    Table table;
    table.title = "Sensitivity of every layer";
    table.columns = {{"Layer", false},
                     {"Bits", true},
                     {"KL divergence, nats", true},
                     {"Change of the loss, nats", true},
                     {"Predicted change, nats", true},
                     {"Output error, relative", true},
                     {"Weight error, squared", true}};
    std::vector<const SensitivityCell *> cells;
    for (const SensitivityCell &cell : sensitivity.cells) {
        cells.push_back(&cell);
    }
    std::stable_sort(cells.begin(), cells.end(), [&](const auto *a, const auto *b) {
        return measure.value(*a).value_or(-INFINITY) > measure.value(*b).value_or(-INFINITY);
    });
    for (const SensitivityCell *cell : cells) {
        table.rows.push_back(
            {cell->layer, std::to_string(cell->bits),
             cell->klDivergence ? withError(*cell->klDivergence, cell->klStandardError.value_or(0))
                                : notMeasured,
             difference(cell->deltaNll, cell->deltaNllStandardError),
             plain(cell->predictedDeltaNll), plain(cell->outputMse), plain(cell->weightMse)});
    }
    return table;
}

Table interactionTable(const InteractionMatrix &matrix)
{
    constexpr std::size_t most = 40;
    std::vector<const ProbedPair *> pairs;
    for (const ProbedPair &pair : matrix.pairs) {
        pairs.push_back(&pair);
    }
    const std::size_t shown = std::min(most, pairs.size());
    std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(shown),
                      pairs.end(), [](const ProbedPair *a, const ProbedPair *b) {
                          return std::fabs(a->value) > std::fabs(b->value);
                      });
    Table table;
    table.title = "Strongest interactions (" + std::to_string(shown) + " of "
        + std::to_string(matrix.pairs.size()) + " pairs, " + matrix.estimator + ")";
    table.columns = {{"Layer", false},
                     {"Form", true},
                     {"With layer", false},
                     {"Form", true},
                     {"Beyond both alone, nats per token", true},
                     {"Fisher projection", true}};
    const auto form = [](const ProbedCandidate &candidate) {
        return candidate.ratio ? percent(*candidate.ratio)
                               : std::to_string(candidate.bits) + " bits";
    };
    for (std::size_t i = 0; i < shown; ++i) {
        const ProbedPair &pair = *pairs[i];
        const ProbedCandidate &first = matrix.candidates[pair.first];
        const ProbedCandidate &second = matrix.candidates[pair.second];
        table.rows.push_back({first.layer, form(first), second.layer, form(second),
                              withError(pair.value, pair.standardError.value_or(0)),
                              matrix.fisher.empty()
                                  ? std::string(notMeasured)
                                  : plain(matrix.fisherValue(pair.first, pair.second))});
    }
    return table;
}

Table allocationTable(const Allocation &allocation)
{
    Table table;
    table.title = "Allocation by " + allocation.allocator + ": "
        + twoDecimals(allocation.averageBits) + " bits on average, " + bytes(allocation.bytes)
        + ", predicted change " + plain(allocation.predictedDeltaNll) + " nats per token";
    table.columns = {{"Layer", false}, {"Bits", true}, {"High-impact", true}};
    for (const LayerChoice &choice : allocation.layers) {
        table.rows.push_back({choice.layer, std::to_string(choice.bits),
                              choice.ratio ? percent(*choice.ratio) : notMeasured});
    }
    return table;
}

Table provenanceTable(const ReportRun &run)
{
    Table table;
    table.title = "Provenance";
    table.columns = {{"What", false}, {"Value", false}};
    const auto add = [&](const std::string &key, const std::string &value) {
        if (!value.empty()) {
            table.rows.push_back({key, value});
        }
    };
    add("Run", run.record.id);
    add("Model", run.record.modelPath);
    add("Model's fingerprint", run.record.modelHash);
    add("Codes' SHA-256", run.summary ? run.summary->codesSha256 : "");
    add("Created", run.record.created);
    add("Finished", run.record.finished);
    const Json recipe = Json::parse(run.record.recipe, nullptr, false);
    if (recipe.is_object() && recipe.contains("seed")) {
        add("Seed", recipe["seed"].dump());
    }
    const Json environment = Json::parse(run.record.environment, nullptr, false);
    if (environment.is_object()) {
        for (const auto &[key, value] : environment.items()) {
            std::string name = key;
            std::replace(name.begin(), name.end(), '_', ' ');
            add(name, value.is_string() ? value.get<std::string>() : value.dump());
        }
    }
    return table;
}

} // namespace bitprism::report
