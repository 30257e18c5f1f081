// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/eval/items.h"
#include "core/recipe/recipe.h"

#include <string>

namespace bitprism {

/// The choice that the keys of a recipe's "calibration" make, starting from `samples` windows of
/// `length` tokens. Throws BadInput naming the key.
CalibrationChoice calibrationChoice(const Json &calibration, int samples, int length);

/// Draws the calibration samples of `choice` from the text file `data`.
SampleSet drawSamples(const CalibrationChoice &choice, const std::string &data, const Model &model,
                      const tokenize::Tokenizer &tokenizer, JobContext &context);

/// The samples as windows to score: every token but each sample's first. A sample is a unit.
ItemSet scoredItems(const SampleSet &samples);

/// The states that enter the first block, in batches.
std::vector<StreamState> beginStates(const Model &model, const SampleSet &samples);

} // namespace bitprism
