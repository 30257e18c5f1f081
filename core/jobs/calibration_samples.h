// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/eval/items.h"
#include "core/models/stream.h"
#include "core/recipe/recipe.h"

#include <string>

namespace bitprism {

/// The choice that the keys of a recipe's "calibration" make, starting from `samples` windows of
/// `length` tokens. Throws BadInput naming the key.
CalibrationChoice calibrationChoice(const Json &calibration, int samples, int length);

/// The same choice, or where it is a recipe's default and makes no samples that the model reads,
/// the sampler that does: a recipe is stored with the one that ran.
CalibrationChoice fittingChoice(CalibrationChoice choice, const ModelInfo &model);

/// Draws the calibration samples of `choice` from the data at `data`. `tokenizer` may be null for
/// samplers that read no text. Throws BadInput for a sampler that does not serve the model.
SampleSet drawSamples(const CalibrationChoice &choice, const std::string &data, const Model &model,
                      const tokenize::Tokenizer *tokenizer, JobContext &context);

/// The samples as the model's loss scores them; a sample is a unit. Causal models: every token but
/// the first. Encoders: pass i modulo 7 of masked-nll for sample i. Masked-diffusion models: one
/// Monte-Carlo sample of masks. Classifiers: the most likely class of the unquantized model, whose
/// loss is then the divergence from it.
ItemSet scoredItems(const SampleSet &samples, const Model &model,
                    const tokenize::Tokenizer *tokenizer);

/// What a backward stream differentiates: each of the items by itself, those without targets left
/// out.
std::vector<LossSample> lossSamples(const ItemSet &items);

/// The samples joined to batches of a size that suits the model.
std::vector<Batch> calibrationBatches(const Model &model, const SampleSet &samples);

} // namespace bitprism
