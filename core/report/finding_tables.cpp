// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"
#include "core/report/tables.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism::report {

using namespace numbers;

Table sensitivityTable(const SensitivityTable &sensitivity)
{
    const chart::SensitivityMeasure measure = chart::measureOf(sensitivity);
    Table table;
    table.title = say(BITPRISM_TR("Report", "Sensitivity of every layer"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Bits")), true},
                     {say(BITPRISM_TR("Report", "KL divergence, nats")), true},
                     {say(BITPRISM_TR("Report", "Change in loss, nats")), true},
                     {say(BITPRISM_TR("Report", "Predicted change, nats")), true},
                     {say(BITPRISM_TR("Report", "Output error, relative")), true},
                     {say(BITPRISM_TR("Report", "Weight error, squared")), true}};
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
        if (isInsideError(cell->deltaNll, cell->deltaNllStandardError)) {
            constexpr std::size_t changeColumn = 3;
            table.muted.emplace(table.rows.size() - 1, changeColumn);
        }
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
    table.title
        = say(BITPRISM_TR("Report", "Strongest interactions (%1 of %2 pairs, %3)"),
              {std::to_string(shown), std::to_string(matrix.pairs.size()), matrix.estimator});
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Form")), true},
                     {say(BITPRISM_TR("Report", "With layer")), false},
                     {say(BITPRISM_TR("Report", "Form")), true},
                     {say(BITPRISM_TR("Report", "Beyond both alone, nats per token")), true},
                     {say(BITPRISM_TR("Report", "Fisher projection")), true}};
    const auto form = [](const ProbedCandidate &candidate) {
        return candidate.ratio
            ? percent(*candidate.ratio)
            : say(BITPRISM_TR("Report", "%1 bits"), {std::to_string(candidate.bits)});
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
    table.title
        = say(BITPRISM_TR("Report",
                          "Allocation by %1: %2 bits on average, %3, predicted change %4 nats "
                          "per token"),
              {allocation.allocator, twoDecimals(allocation.averageBits), bytes(allocation.bytes),
               difference(allocation.predictedDeltaNll, allocation.predictedStandardError)});
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Bits")), true},
                     {say(BITPRISM_TR("Report", "High-impact")), true}};
    for (const LayerChoice &choice : allocation.layers) {
        table.rows.push_back({choice.layer, std::to_string(choice.bits),
                              choice.ratio ? percent(*choice.ratio) : notMeasured});
    }
    return table;
}

Table provenanceTable(const ReportRun &run)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Provenance"));
    table.columns = {{say(BITPRISM_TR("Report", "What")), false},
                     {say(BITPRISM_TR("Report", "Value")), false}};
    const auto add = [&](const std::string &key, const std::string &value) {
        if (!value.empty()) {
            table.rows.push_back({key, value});
        }
    };
    add(say(BITPRISM_TR("Report", "Run")), run.record.id);
    add(say(BITPRISM_TR("Report", "Model")), run.record.modelPath);
    add(say(BITPRISM_TR("Report", "Model's fingerprint")), run.record.modelHash);
    add(say(BITPRISM_TR("Report", "Codes' SHA-256")), run.summary ? run.summary->codesSha256 : "");
    add(say(BITPRISM_TR("Report", "Created")), moment(run.record.created));
    add(say(BITPRISM_TR("Report", "Finished")), moment(run.record.finished));
    const Json recipe = Json::parse(run.record.recipe, nullptr, false);
    if (recipe.is_object() && recipe.contains("seed")) {
        add(say(BITPRISM_TR("Report", "Seed")), recipe["seed"].dump());
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
