// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/calib/dataset.h"
#include "core/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// What methods calibrate on.
struct SampleSet
{
    std::vector<Batch> samples; ///< one sample each: tokens [1, length]
    std::int64_t tokens = 0; ///< over all samples
    std::int64_t length = 0; ///< of the longest sample
    std::vector<std::string> notes; ///< "length 2048 was cut to the model's context, 512"
};

/// Makes calibration data. A component of kind `sampler`. `model` gives the context length, and
/// makes the samples itself in data-free samplers; null: nothing is cut. Throws BadInput where the
/// text is too short.
class Sampler
{
public:
    using Interface = Sampler;
    static constexpr Kind kind = Kind::sampler;
    virtual ~Sampler() = default;
    /// Whether it makes what the model reads: tokens, unless it says otherwise.
    virtual bool serves(const ModelInfo &model) const { return model.featureKind.empty(); }
    /// `random` is the context's stream "sampler".
    virtual SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer,
                           const Model *model, Random &random, JobContext &context) const = 0;
};

/// The text's tokens, for samplers of text; BadInput where they do not fill one sample.
std::vector<tokenize::TokenId> calibrationTokens(const Dataset &dataset,
                                                 const tokenize::Tokenizer *tokenizer,
                                                 const Model *model, std::int64_t length);
/// `length`, or the model's context with a note where it is shorter.
std::int64_t cutToContext(std::int64_t length, const Model *model, std::vector<std::string> &notes);
/// Whether samples of `model` are lines, as its evaluations read them (encoders): each by itself
/// with its specials, cut at the length.
bool readsLines(const Model *model);
/// `samples` lines of the data: from the beginning, or, with `random`, drawn without replacement.
SampleSet lineSamples(const Dataset &dataset, const tokenize::Tokenizer *tokenizer,
                      const Model *model, std::int64_t samples, std::int64_t length, Random *random,
                      JobContext &context);

/// Adds tokens [first, first + length) as a sample.
void addWindow(SampleSet &set, const std::vector<tokenize::TokenId> &tokens, std::size_t first,
               std::int64_t length);

/// `samples` joined to batches of equal length (and features of equal shape) and at most
/// `tokensPerBatch` tokens each, in order: one GEMM then serves several.
std::vector<Batch> batchesOf(const SampleSet &samples, std::int64_t tokensPerBatch);

} // namespace bitprism
