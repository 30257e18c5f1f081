// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/jobs/run_plan.h"
#include "core/models/model.h"
#include "core/quant/quantized_overlay.h"
#include "core/tokenize/tokenizer.h"

#include <ATen/ATen.h>

#include <memory>
#include <string>

namespace bitprism {

/// "cpu", "cuda" or "cuda:N"; BadInput for anything else and for a device that is not there.
at::Device deviceFromName(const std::string &name);

/// A checkpoint ready to run, with its tokenizer.
struct OpenedModel
{
    std::unique_ptr<Model> model;
    std::shared_ptr<const tokenize::Tokenizer> tokenizer; ///< null where the checkpoint has none

    /// BadInput where there is none, or another model's.
    const tokenize::Tokenizer &requireTokenizer() const;
};

OpenedModel openModel(const std::string &path, const std::string &device);
/// The same for work on weights, which a model that cannot be run serves too
/// (ModelInfo::runnable).
OpenedModel openWeights(const std::string &path, const std::string &device);
/// BadInput: the model does not run, so `component`, which must see it run, cannot serve it.
[[noreturn]] void throwNeedsRun(const ModelInfo &info, std::string_view component);
/// A cautious guess for a data-free quantizer: every weight once.
double secondsToQuantize(const Model &model);

/// A run's checkpoint, opened as it is, and what the run made of it.
struct QuantizedSubject
{
    OpenedModel opened;
    std::shared_ptr<QuantizedOverlay> codes;
    std::shared_ptr<BlockHooks> activations; ///< null for none
    std::unique_ptr<RunPlan> plan;
    std::unique_ptr<Model> transformed; ///< behind the recipe's transforms, without the codes
};

/// The codes and the activation quantizer of the run `runId` in the request's store. Throws
/// BadInput for a run that has not quantized every block, or whose checkpoint has changed.
QuantizedSubject openQuantized(const JobRequest &request);

/// What the request is about: the checkpoint at `modelPath`, or, where it names a store and a run,
/// that run's quantized model.
OpenedModel openSubject(const JobRequest &request);

} // namespace bitprism
