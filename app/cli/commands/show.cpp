// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"
#include "core/results/evaluation.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

/// Results by kind; evaluations, of which a run may have several, as a list.
Json resultsJson(const std::vector<ResultPtr> &results)
{
    Json json = Json::object();
    for (const ResultPtr &result : results) {
        const std::string kind(result->resultKind());
        if (kind == Evaluation::kind) {
            json["evaluations"].push_back(result->toJson());
        } else {
            json[kind] = result->toJson();
        }
    }
    return json;
}

std::string shownText(const store::RunRecord &record, const std::vector<ResultPtr> &results)
{
    std::string kinds;
    for (const ResultPtr &result : results) {
        kinds += (kinds.empty() ? "" : ", ") + std::string(result->resultKind());
    }
    return shownFacts({{"Run", record.id},
                       {"Name", record.name},
                       {"Kind", record.kind},
                       {"Model", record.model + " (" + record.modelPath + ")"},
                       {"Status", std::string(store::statusName(record.status))},
                       {"Failure", record.failure},
                       {"Blocks",
                        std::to_string(record.blocksDone) + " of " + std::to_string(record.blocks)},
                       {"Created", record.created},
                       {"Finished", record.finished},
                       {"Average bits", record.averageBits ? shown(record.averageBits) : ""},
                       {"Size", record.bytes ? shownBytes(*record.bytes) : ""},
                       {"Time", record.seconds ? shownSeconds(*record.seconds) : ""},
                       {"Results", kinds}})
        + "\nRecipe:\n" + storedJson(record.recipe).dump(2) + "\n";
}

int run(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const store::RunRecord record = opened.run(invocation.arguments.positional("ID"));
    const std::vector<ResultPtr> results = opened.results(record.id);
    Json document = recordToJson(record);
    document["recipe"] = storedJson(record.recipe);
    document["request"] = storedJson(record.request);
    document["environment"] = storedJson(record.environment);
    document["results"] = resultsJson(results);
    invocation.output.print(document, shownText(record, results));
    return 0;
}

} // namespace

BITPRISM_COMMAND(show){"show",
                       "Show one run with its recipe, environment and results",
                       {{"ID", "Run, or the first characters of its id"}},
                       {},
                       &run};

} // namespace bitprism::cli
