// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/job_options.h"
#include "app/cli/output_file.h"
#include "app/cli/project_store.h"
#include "core/alloc/allocation_study.h"
#include "core/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

namespace bitprism::cli {

namespace {

Budget budgetOf(const Arguments &arguments)
{
    constexpr std::int64_t most = INT64_MAX;
    Budget budget;
    budget.averageBits = arguments.number("budget-bits", 0, 64);
    budget.bytes = arguments.integer("budget-bytes", 1, most);
    budget.bitOperations = arguments.number("budget-bops", 0, 1e30);
    budget.ioBytes = arguments.integer("budget-io", 1, most);
    return budget;
}

/// --pin NAME=BITS, or NAME=RATIO where ratios were probed; the name may hold * and ?.
std::map<std::string, double> pinsOf(const Arguments &arguments)
{
    std::map<std::string, double> pins;
    for (const std::string &text : arguments.all("pin")) {
        const std::size_t equals = text.rfind('=');
        if (equals == std::string::npos || equals == 0) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "--pin is \"%1\", but must be NAME=BITS."), text);
        }
        pins[text.substr(0, equals)] = parseNumber(text.substr(equals + 1), "--pin", 0, 16);
    }
    return pins;
}

ComponentChoice allocatorOf(const Arguments &arguments, bool isQuadratic)
{
    const char *usual = isQuadratic ? "high-impact-ratio" : "sensitivity-greedy";
    ComponentChoice choice{arguments.text("allocator").value_or(usual), "{}"};
    Registry::instance().require(Kind::allocator, choice.id, "--allocator");
    applyParameters(choice, Kind::allocator, parsedSettings(arguments, {"allocator"}));
    return choice;
}

/// "0.0103 +- 0.0012 nats per token", and a word where that cannot be told from nothing.
std::string shownDamage(const Allocation &allocation, std::int64_t tokens)
{
    if (!allocation.predictedDeltaNll) {
        return "not known: no change in loss was probed";
    }
    std::string text = shown(allocation.predictedDeltaNll);
    if (allocation.predictedStandardError) {
        text += " +- " + shown(allocation.predictedStandardError, 2);
    }
    text += " nats per token";
    const bool isNoise
        = *allocation.predictedDeltaNll <= allocation.predictedStandardError.value_or(-1);
    return isNoise ? text + ", within the noise of " + std::to_string(tokens) + " tokens" : text;
}

std::string shownText(const Allocation &allocation, std::int64_t tokens)
{
    Table table({"layer", "bits", "ratio"});
    for (const LayerChoice &choice : allocation.layers) {
        table.add({choice.layer, std::to_string(choice.bits), shown(choice.ratio)});
    }
    std::string text = table.text() + "\n"
        + shownFacts({{"Average bits", shown(allocation.averageBits, 5)},
                      {"Size", shownBytes(allocation.bytes)},
                      {"Predicted damage", shownDamage(allocation, tokens)},
                      {"Solver",
                       allocation.solver + ", " + allocation.status + ", "
                           + shown(allocation.milliseconds, 3) + " ms"}});
    if (!allocation.frontier.empty()) {
        Table frontier({"average bits", "bytes", "objective", "standard error"});
        for (const FrontierPoint &point : allocation.frontier) {
            frontier.add({shown(point.averageBits, 5), std::to_string(point.bytes),
                          shown(point.objective), shown(point.standardError, 2)});
        }
        text += "\n" + frontier.text();
    }
    return text;
}

int allocateCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const Budget budget = budgetOf(arguments);
    std::optional<std::filesystem::path> output;
    if (const auto file = arguments.text("output")) {
        output = outputFile(invocation, *file);
    }
    const bool isWritable = ::access(storePath(invocation.global).c_str(), W_OK) == 0;
    store::ExperimentStore opened = openStore(
        invocation.global, isWritable ? store::OpenMode::ReadWrite : store::OpenMode::ReadOnly);
    const std::string id = opened.findRun(*arguments.text("run"));
    const auto table = opened.resultOf<SensitivityTable>(id);
    if (table == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 holds no sensitivity; give the id of a "
                                "sensitivity run."),
                    id);
    }
    const auto matrix = opened.resultOf<InteractionMatrix>(id);
    const ComponentChoice choice
        = allocatorOf(arguments, matrix != nullptr || !table->ratios.empty());
    const std::string target = arguments.text("target").value_or("none");
    AllocationQuestion question;
    question.table = table;
    question.matrix = matrix;
    question.model = std::make_shared<const ModelInfo>(opened.model(id));
    question.allocator = choice.id;
    question.params = choice.params;
    question.target = target;
    question.pins = pinsOf(arguments);
    const AllocationStudy study(std::move(question));
    Allocation allocation = study.at(budget);
    if (arguments.has("frontier")) {
        allocation.frontier = study.points();
    }
    if (isWritable) { // kept beside the sensitivity, for reports and the workbench
        opened.putResult(id, allocation);
    }
    Json document = allocation.toJson();
    if (output) {
        io::writeFileAtomically(*output,
                                allocationRecipe(*table, allocation.layers, target).toFileText());
        document["output"] = output->string();
    }
    invocation.output.print(document, shownText(allocation, table->tokens));
    return 0;
}

} // namespace

BITPRISM_COMMAND(allocate){
    "allocate",
    "Choose bits per layer under a budget, from a sensitivity run",
    {},
    {{"run", "ID", "Sensitivity run", true},
     {"allocator", "ID",
      "uniform, manual, sensitivity-greedy (default), sensitivity-ilp, high-impact-ratio (default "
      "where ratios or interactions were probed)"},
     {"budget-bits", "B", "Average stored bits per quantized weight"},
     {"budget-bytes", "B", "Bytes of the whole checkpoint"},
     {"budget-bops", "B", "Bit operations per token"},
     {"budget-io", "B", "Bytes read per token"},
     {"target", "vllm|gptq|awq|gguf|none", "What will run the result (default: none)"},
     {"pin", "NAME=BITS", "Fixes the width (or ratio) of a layer; * and ? match", false, true},
     {"set", "allocator.KEY=VALUE", "A parameter of the allocator", false, true},
     {"frontier", "", "Give the whole curve of size against damage"},
     {"output", "RECIPE", "Write a recipe that run takes as it is"},
     overwriteOption()},
    &allocateCommand};

} // namespace bitprism::cli
