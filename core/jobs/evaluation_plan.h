// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/evaluate.h"
#include "core/jobs/job_run.h"
#include "core/jobs/options/evaluation_options.h"
#include "core/recipe/recipe.h"

#include <string>
#include <vector>

namespace bitprism {

/// One evaluation with its data read and cut, so that what is wrong with them shows before the
/// long work, and several models score exactly the same tokens.
struct PlannedEvaluation
{
    EvaluationChoice choice;
    ItemSet items;
    const tokenize::Tokenizer *tokenizer = nullptr; ///< spells the tokens; may be null
    bool needsReference = false; ///< measures a difference from the unquantized model
    /// Names this task on these tokens: equal keys give equal values on equal models.
    std::string key;
    std::string parameters; ///< as Evaluation::parameters

    std::int64_t tokens() const; ///< that must run through the model
};

/// The evaluations a JSON list asks for: [{"task": "perplexity", "data": "/abs/file"}], as in a
/// recipe's "evaluation". Throws BadInput naming the key.
std::vector<EvaluationChoice> evaluationChoices(const Json &list);

/// `tokenizer` may be null (tasks that read text then say so) and outlives what is planned. Throws
/// Error (Io) where recordings or images do not fit into memory, and Error (Cancelled) while they
/// are read.
PlannedEvaluation planEvaluation(const EvaluationChoice &choice, const EvaluationOptions &cut,
                                 const Model &model, const tokenize::Tokenizer *tokenizer,
                                 const JobRun &run);

/// Measures `model`; `reference` may be null unless the evaluation needs one. `losses`, unless
/// null, gets the losses of the single tokens.
Evaluation measure(const PlannedEvaluation &planned, const Model &model, const Model *reference,
                   JobContext &context, TokenLosses *losses = nullptr);

/// Bytes that measure() holds at most beside the library itself.
std::int64_t memoryOf(const PlannedEvaluation &planned, const Model &model, const Model *reference);

} // namespace bitprism
