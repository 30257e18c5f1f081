// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/evaluation_plan.h"

#include "core/base/cancellation.h"
#include "core/base/sha256.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

/// The parameters that differ from the task's defaults, which may be spelled out or left out.
Json parametersOf(const ComponentChoice &task)
{
    const ComponentEntry &entry
        = Registry::instance().require(Kind::metric, task.id, "task " + task.id);
    Json defaults = Json::object();
    Json given = Json::object();
    entry.normalize(Json::object(), task.id, defaults);
    entry.normalize(task.parameters(), task.id, given);
    Json differing = Json::object();
    for (const auto &[key, value] : given.items()) {
        if (value != defaults[key]) {
            differing[key] = value;
        }
    }
    return differing;
}

/// Everything that decides what is scored, in a fixed order.
std::string keyOf(const std::string &task, const Json &parameters, const ItemSet &items)
{
    Sha256 hash;
    hash.update(task + parameters.dump());
    const auto add = [&](const std::vector<std::int64_t> &numbers) {
        const auto count = static_cast<std::int64_t>(numbers.size());
        hash.update(std::as_bytes(std::span(&count, 1)));
        hash.update(std::as_bytes(std::span(numbers)));
    };
    for (const EvaluationItem &item : items.items) {
        throwIfWorkCancelled();
        add(item.tokens);
        add(item.positions);
        add(item.targets);
        add({item.unit});
        hash.update(std::as_bytes(std::span(item.weights)));
        hash.update(item.source + '\n' + item.reference + '\n');
        if (item.features.defined()) {
            const at::Tensor values = item.features.to(at::kFloat).contiguous();
            hash.update(std::as_bytes(
                std::span(values.data_ptr<float>(), static_cast<std::size_t>(values.numel()))));
        }
    }
    return hash.hex();
}

EvaluateOptions optionsOf(const PlannedEvaluation &planned, const Model *reference)
{
    EvaluateOptions options;
    options.task = planned.choice.task.id;
    options.taskParams = planned.choice.task.params;
    options.reference = reference;
    return options;
}

} // namespace

std::int64_t PlannedEvaluation::tokens() const
{
    std::int64_t tokens = 0;
    for (const EvaluationItem &item : items.items) {
        tokens += static_cast<std::int64_t>(item.tokens.size());
        tokens += item.features.defined() ? item.features.size(-1) : 0;
    }
    return tokens;
}

std::vector<EvaluationChoice> evaluationChoices(const Json &list)
{
    return Recipe::fromJson({{"version", Recipe::currentVersion}, {"evaluation", list}},
                            "evaluations")
        .evaluation;
}

PlannedEvaluation planEvaluation(const EvaluationChoice &choice, const EvaluationOptions &cut,
                                 const Model &model, const tokenize::Tokenizer *tokenizer,
                                 const JobRun &run)
{
    const auto metric
        = create<Metric>(choice.task.id, choice.task.parameters(), "task " + choice.task.id);
    TaskOptions options;
    options.samples = cut.samples;
    options.length = cut.length;
    options.stride = cut.stride;
    options.documents = cut.documents;
    options.check();
    PlannedEvaluation planned;
    planned.choice = choice;
    const Dataset data = Dataset::open(choice.data);
    planned.items = metric->items({data, model, tokenizer, options,
                                   [&run](std::int64_t bytes) { run.requireMemory(bytes); }});
    planned.tokenizer = tokenizer;
    planned.needsReference = metric->needs().reference;
    const Json parameters = parametersOf(choice.task);
    planned.parameters = parameters.empty() ? std::string() : parameters.dump();
    planned.key = keyOf(choice.task.id, parameters, planned.items);
    return planned;
}

std::int64_t memoryOf(const PlannedEvaluation &planned, const Model &model, const Model *reference)
{
    return evaluationMemory(model, planned.items, optionsOf(planned, reference));
}

Evaluation measure(const PlannedEvaluation &planned, const Model &model, const Model *reference,
                   JobContext &context, TokenLosses *losses)
{
    EvaluateOptions options = optionsOf(planned, reference);
    options.losses = losses;
    options.tokenizer = planned.tokenizer;
    Evaluation result = evaluateItems(model, planned.items, options, context);
    result.data = std::filesystem::absolute(planned.choice.data).lexically_normal().string();
    result.key = planned.key;
    result.parameters = planned.parameters;
    if (!std::isfinite(result.value)) {
        context.log("the value of " + result.task
                    + " is not a finite number: the model's output "
                      "overflows");
    }
    if (losses != nullptr) {
        losses->data = result.data;
        losses->key = planned.key;
    }
    return result;
}

} // namespace bitprism
