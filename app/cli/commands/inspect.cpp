// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/tokenize/tokenizer.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

/// Describes the tokenizer, or says what is wrong with it: weights can be analysed without one.
void describeTokenizer(ModelInfo &info, std::string &problem)
{
    if (!tokenize::Tokenizer::existsIn(info.path)) {
        return;
    }
    try {
        const auto tokenizer = tokenize::Tokenizer::open(info.path);
        info.tokenizer = tokenizer->description();
        tokenize::require(tokenizer.get(), info);
    } catch (const Error &error) { // one that cannot be read or is another model's leaves it open
        problem = error.what();
    }
}

std::string shownText(const ModelInfo &info, const std::string &tokenizerProblem)
{
    std::string text = shownFacts(
        {{"Model", info.name},
         {"Family",
          info.family + (info.modelType == info.family ? "" : " (" + info.modelType + ")")},
         {"Parameters", shownCount(info.parameters)},
         {"Blocks", std::to_string(info.blocks)},
         {"Stored as", info.dtype + ", " + shownBytes(info.bytes)},
         {"Context", info.contextLength == 0 ? "" : std::to_string(info.contextLength) + " tokens"},
         {"Tokenizer", info.tokenizer.empty() ? "none" : info.tokenizer},
         {"Runnable",
          (info.runnable ? "yes" : "no")
              + (info.problem.empty() ? std::string() : ": " + info.problem)},
         {"Tokenizer's problem", tokenizerProblem},
         {"Path", info.path}});
    Table table({"layer", "kind", "block", "rows", "cols", "dtype", "bits"});
    for (const LayerInfo &layer : info.layers) {
        table.add({layer.name, layer.kind, layer.block < 0 ? "-" : std::to_string(layer.block),
                   std::to_string(layer.rows), std::to_string(layer.cols), layer.dtype,
                   shown(layer.bits)});
    }
    return text + "\n" + table.text();
}

int inspectCommand(const Invocation &invocation)
{
    ModelInfo info = describeModel(locateModel(invocation.arguments.positional("MODEL")));
    std::string tokenizerProblem;
    describeTokenizer(info, tokenizerProblem);
    Json document = info.toJson();
    if (!tokenizerProblem.empty()) {
        document["tokenizer_problem"] = tokenizerProblem;
    }
    invocation.output.print(document, shownText(info, tokenizerProblem));
    return 0;
}

} // namespace

BITPRISM_COMMAND(inspect){"inspect",
                          "Show what a checkpoint holds: family, sizes, layers",
                          {{"MODEL", "Checkpoint folder, GGUF file, sample, or organisation/name"}},
                          {},
                          &inspectCommand};

} // namespace bitprism::cli
