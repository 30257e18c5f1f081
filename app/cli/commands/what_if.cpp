// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"
#include "core/analysis/outlier_what_if.h"
#include "core/results/outlier_table.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

WhatIfQuestion questionOf(const Arguments &arguments)
{
    constexpr int fewest = 2;
    constexpr int most = 8;
    WhatIfQuestion question;
    question.weightBits = static_cast<int>(
        arguments.integer("weight-bits", fewest, most).value_or(question.weightBits));
    question.activationBits = static_cast<int>(
        arguments.integer("activation-bits", fewest, most).value_or(question.activationBits));
    question.perToken = arguments.has("per-token");
    question.alpha = arguments.number("alpha", 0, 1).value_or(question.alpha);
    question.keptShare = arguments.number("kept", 0, 1).value_or(question.keptShare);
    return question;
}

std::vector<LayerWhatIf> answersOf(const std::filesystem::path &folder, const OutlierTable &table,
                                   const WhatIfQuestion &question,
                                   const std::optional<std::string> &layer)
{
    if (!layer) {
        return whatIfAll(folder, table, question);
    }
    for (const LayerOutliers &row : table.layers) {
        if (row.layer == *layer) {
            return {whatIf(folder, row, question)};
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "The run says nothing of a layer \"%1\"; see show."), *layer);
}

std::string shownText(const std::vector<LayerWhatIf> &answers)
{
    Table table({"layer", "transform", "low", "high", "kurtosis", "input error", "weight error",
                 "output error", "stderr", "note"});
    for (const LayerWhatIf &answer : answers) {
        for (const WhatIfOutcome &outcome : answer.outcomes) {
            if (!outcome.applies) {
                table.add({answer.layer, outcome.id, "-", "-", "-", "-", "-", "-", "-",
                           outcome.reason.text});
                continue;
            }
            table.add({answer.layer, outcome.id, shown(outcome.low), shown(outcome.high),
                       shown(outcome.kurtosis), shown(outcome.activationError, 3),
                       shown(outcome.weightError, 3), shown(outcome.outputError, 3),
                       shown(outcome.outputErrorStderr, 2),
                       outcome.note ? outcome.note->text : ""});
        }
    }
    return table.text()
        + "\nErrors are squared, over the output's square, on the tokens and rows that the run "
          "keeps.\n";
}

int whatIfCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const std::string id = opened.findRun(arguments.positional("ID"));
    const auto table = opened.resultOf<OutlierTable>(id);
    if (table == nullptr) {
        refuseWithoutResult(opened, id, OutlierTable::kind, "give the id of an outliers run");
    }
    if (table->isOfWeights) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 is of a model that cannot be run, so it saw weights only; "
                                "transforms are tried on what enters layers, of which it has "
                                "nothing."),
                    id);
    }
    const WhatIfQuestion question = questionOf(arguments);
    const std::vector<LayerWhatIf> answers
        = answersOf(opened.runFolder(id), *table, question, arguments.text("layer"));
    if (answers.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 keeps no inputs to try transforms on; run outliers again."),
                    id);
    }
    Json document = {{"run", id},
                     {"weight_bits", question.weightBits},
                     {"activation_bits", question.activationBits},
                     {"per_token", question.perToken},
                     {"layers", Json::array()}};
    for (const LayerWhatIf &answer : answers) {
        document["layers"].push_back(toJson(answer));
    }
    invocation.output.print(document, shownText(answers));
    return 0;
}

} // namespace

BITPRISM_COMMAND(what_if){
    "what-if",
    "Predict what transforms would change, on what an outliers run keeps",
    {{"ID", "Outliers run"}},
    {{"layer", "NAME", "One layer, on all that is kept of it (default: all, on a part)"},
     {"weight-bits", "B", "Width of the weights, 2 to 8 (default: 8)"},
     {"activation-bits", "B", "Width of the inputs, 2 to 8 (default: 8)"},
     {"per-token", "", "A grid for each token instead of one"},
     {"alpha", "A", "Of smoothquant (default: 0.5)"},
     {"kept", "SHARE", "Of the channels that keep-top-channels keeps (default: 0.01)"}},
    &whatIfCommand};

} // namespace bitprism::cli
