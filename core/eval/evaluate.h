// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/eval/metric.h"

#include <cstdint>
#include <memory>
#include <string>

namespace bitprism {

struct EvaluateOptions
{
    std::string task = "perplexity"; ///< id of a metric
    std::string taskParams = {}; ///< JSON object; empty: defaults
    TaskOptions data = {};
    /// Measured beside the task: KL divergence from this model. Null: not measured.
    const Model *reference = nullptr;
    /// Filled with the losses of the first items, for a view that shows them. Null: not kept.
    TokenLosses *losses = nullptr;
    /// Spells the pieces of `losses`; null: they are numbers.
    const tokenize::Tokenizer *tokenizer = nullptr;
    double progressFrom = 0; ///< shares of progressTotal, as in StreamOptions
    double progressTo = 1;
    double progressTotal = 1;
};

/// Measures `model` on `data`, block by block over groups of windows that fit in memory: a block is
/// loaded once per group, logits exist for a few positions at a time. Throws BadInput for an
/// unknown task, too little text, or a reference of another vocabulary.
Evaluation evaluate(const Model &model, const tokenize::Tokenizer *tokenizer, const Dataset &data,
                    const EvaluateOptions &options, JobContext &context);

/// The same for items already made: several models then score exactly the same tokens.
Evaluation evaluateItems(const Model &model, const ItemSet &items, const EvaluateOptions &options,
                         JobContext &context);

/// Bytes that evaluateItems() by options.task will hold at most beside the library itself.
std::int64_t evaluationMemory(const Model &model, const ItemSet &items,
                              const EvaluateOptions &options);

} // namespace bitprism
