// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/evaluation_plan.h"

#include "core/base/sha256.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

/// Everything that decides what is scored, in a fixed order.
std::string keyOf(const EvaluationChoice &choice, const ItemSet &items)
{
    Sha256 hash;
    hash.update(choice.task.toJson().dump());
    const auto add = [&](const std::vector<std::int64_t> &numbers) {
        const auto count = static_cast<std::int64_t>(numbers.size());
        hash.update(std::as_bytes(std::span(&count, 1)));
        hash.update(std::as_bytes(std::span(numbers)));
    };
    for (const EvaluationItem &item : items.items) {
        add(item.tokens);
        add(item.positions);
        add(item.targets);
        add({item.unit});
    }
    return hash.hex();
}

} // namespace

std::int64_t PlannedEvaluation::tokens() const
{
    std::int64_t tokens = 0;
    for (const EvaluationItem &item : items.items) {
        tokens += static_cast<std::int64_t>(item.tokens.size());
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
                                 const ModelInfo &model, const tokenize::Tokenizer &tokenizer)
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
    planned.items = metric->items(Dataset::openText(choice.data), tokenizer, model, options);
    planned.needsReference = metric->needs().reference;
    planned.key = keyOf(choice, planned.items);
    return planned;
}

Evaluation measure(const PlannedEvaluation &planned, const Model &model, const Model *reference,
                   JobContext &context)
{
    EvaluateOptions options;
    options.task = planned.choice.task.id;
    options.taskParams = planned.choice.task.params;
    options.reference = reference;
    Evaluation result = evaluateItems(model, planned.items, options, context);
    result.data = Dataset::openText(planned.choice.data).path().string();
    return result;
}

} // namespace bitprism
