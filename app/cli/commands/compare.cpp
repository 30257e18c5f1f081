// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"
#include "core/report/comparison.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism::cli {

namespace {

/// What made the weights: a recipe's quantizer, or nobody here.
std::string recipeText(const ComparedRun &run)
{
    if (!run.hasRecipe()) {
        return "none: " + run.storedType + " as stored";
    }
    const Json recipe = storedJson(run.record.recipe);
    return recipe.value(Json::json_pointer("/weights/id"), "-");
}

Table runsTable(const Comparison &comparison)
{
    Table table({"run", "name", "bits", "size", "weight error", "output error", "bit operations",
                 "moved", "time", "recipe"});
    for (const ComparedRun &run : comparison.runs) {
        const store::RunRecord &record = run.record;
        table.add({record.id, record.name, shown(record.averageBits),
                   run.bytes ? shownBytes(*run.bytes) : "-",
                   run.summary ? shown(run.summary->meanWeightError(), 3) : "-",
                   run.summary ? shown(run.summary->meanOutputError(), 3) : "-",
                   shown(record.bitOperations, 3),
                   record.memoryIoBytes ? shownBytes(std::llround(*record.memoryIoBytes)) : "-",
                   record.seconds ? shownSeconds(*record.seconds) : "-", recipeText(run)});
    }
    return table;
}

/// One row per metric and run: value, its error, and the difference to the first run.
Table metricsTable(const Comparison &comparison)
{
    Table table({"metric", "run", "value", "stderr", "unquantized", "difference", "stderr",
                 "paired", "difference in"});
    for (const ComparedMetric &metric : comparison.metrics) {
        const std::string name
            = metric.task + (metric.distinction.empty() ? "" : " (" + metric.distinction + ")");
        for (std::size_t i = 0; i < metric.runs.size(); ++i) {
            const ComparedMetric::Value &value = metric.runs[i];
            table.add({name, comparison.runs[i].record.name,
                       value.measured ? shown(value.measured->value, 6) : "-",
                       value.measured ? shown(value.measured->standardError, 3) : "-",
                       value.baseline ? shown(value.baseline->value, 6) : "-",
                       shown(value.difference), shown(value.differenceStandardError, 3),
                       !value.difference    ? "-"
                           : value.isPaired ? "yes"
                                            : "no",
                       metric.differenceUnit});
        }
    }
    return table;
}

std::string shownText(const Comparison &comparison)
{
    std::string text = runsTable(comparison).text();
    if (!comparison.metrics.empty()) {
        text += "\nDifferences are against the first run.\n" + metricsTable(comparison).text();
    }
    std::string pareto;
    for (const std::string &id : comparison.pareto) {
        pareto += (pareto.empty() ? "" : ", ") + id;
    }
    return pareto.empty() ? text : text + "\nNot beaten in both size and quality: " + pareto + "\n";
}

int compareCommand(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const Comparison comparison
        = compareRuns(opened, distinctRuns(opened, invocation.arguments.positionals("ID")));
    invocation.output.print(comparison.toJson(), shownText(comparison));
    return 0;
}

} // namespace

BITPRISM_COMMAND(compare){"compare",
                          "Compare runs layer by layer and by paired differences",
                          {{"ID", "Runs to compare; the first is the reference", 2, 1000}},
                          {},
                          &compareCommand};

} // namespace bitprism::cli
