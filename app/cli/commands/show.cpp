// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"
#include "app/cli/run_records.h"
#include "core/results/evaluation.h"
#include "core/results/token_losses.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

/// Results by kind; evaluations, of which a run may have several, as a list, and apart from them
/// those of the unquantized model.
Json resultsJson(const std::vector<store::StoredResult> &results, bool isBrief)
{
    const auto documentOf = [isBrief](const Result &result) {
        return isBrief ? briefDocument(result) : result.toJson();
    };
    Json json = Json::object();
    for (const store::StoredResult &result : results) {
        const std::string kind(result.value->resultKind());
        if (kind == Evaluation::kind) {
            json[result.isBaseline() ? "baselines" : "evaluations"].push_back(
                documentOf(*result.value));
        } else if (kind == TokenLosses::kind) {
            json["token_losses"][result.name] = documentOf(*result.value);
        } else {
            json[kind] = documentOf(*result.value);
        }
    }
    return json;
}

std::string shownText(const store::RunRecord &record,
                      const std::vector<store::StoredResult> &results)
{
    std::string kinds;
    for (const store::StoredResult &result : results) {
        kinds += (kinds.empty() ? "" : ", ") + std::string(result.value->resultKind())
            + (result.isBaseline() ? " of the unquantized model" : "");
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

int showCommand(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const store::RunRecord record = opened.run(invocation.arguments.positional("ID"));
    std::vector<std::string> notes;
    const std::vector<store::StoredResult> results = opened.results(record.id, &notes);
    for (std::string &note : notes) {
        note += "; the others are shown. Restore a backup, or delete the run and run it again";
    }
    Json document = recordToJson(record);
    document["recipe"] = storedJson(record.recipe);
    document["request"] = storedJson(record.request);
    document["environment"] = storedJson(record.environment);
    document["results"] = resultsJson(results, invocation.arguments.has("brief"));
    document["notes"] = notes;
    invocation.output.print(document, shownText(record, results) + shownNotes(notes));
    return 0;
}

} // namespace

BITPRISM_COMMAND(show){"show",
                       "Show one run with its recipe, environment and results",
                       {{"ID", "Run, or the first characters of its id"}},
                       {{"brief", "",
                         "In JSON, without the lists of a number for each channel, window or "
                         "token"}},
                       &showCommand};

} // namespace bitprism::cli
