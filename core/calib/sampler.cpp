// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/sampler.h"

#include "core/base/error.h"

namespace bitprism {

std::vector<tokenize::TokenId> calibrationTokens(const Dataset &dataset,
                                                 const tokenize::Tokenizer *tokenizer,
                                                 const Model *model, std::int64_t length)
{
    ModelInfo unknown;
    unknown.path = "The model";
    const ModelInfo &info = model == nullptr ? unknown : model->info();
    std::vector<tokenize::TokenId> tokens = dataset.tokens(tokenize::require(tokenizer, info));
    if (tokens.empty() && dataset.hasRecords()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 holds %2 entries and no text among them; name a text file, or "
                                "a folder of texts."),
                    dataset.path(), dataset.records().size());
    }
    if (static_cast<std::int64_t>(tokens.size()) < length) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: %2 tokens are too few for one calibration sample of %3; give "
                                "more text or a smaller length."),
                    dataset.path(), tokens.size(), length);
    }
    return tokens;
}

std::int64_t cutToContext(std::int64_t length, const Model *model, std::vector<std::string> &notes)
{
    const std::int64_t context = model == nullptr ? 0 : model->info().contextLength;
    if (context <= 0 || length <= context) {
        return length;
    }
    notes.push_back("length " + std::to_string(length) + " was cut to the model's context, "
                    + std::to_string(context));
    return context;
}

bool readsLines(const Model *model)
{
    return model != nullptr
        && (model->info().objective == objectives::maskedToken
            || model->info().objective == objectives::classification);
}

SampleSet lineSamples(const Dataset &dataset, const tokenize::Tokenizer *tokenizer,
                      const Model *model, std::int64_t samples, std::int64_t length, Random *random,
                      JobContext &context)
{
    const tokenize::Tokenizer &reader = tokenize::require(tokenizer, model->info());
    SampleSet set;
    length = cutToContext(length, model, set.notes);
    std::vector<std::string_view> lines = dataset.lines();
    if (static_cast<std::int64_t>(lines.size()) < samples) {
        set.notes.push_back("the data hold " + std::to_string(lines.size()) + " lines, fewer than "
                            + std::to_string(samples));
        samples = static_cast<std::int64_t>(lines.size());
    }
    for (std::int64_t i = 0; i < samples; ++i) {
        context.throwIfCancelled();
        const auto place = static_cast<std::size_t>(i);
        if (random != nullptr) {
            std::swap(lines[place], lines[place + random->below(lines.size() - place)]);
        }
        const std::vector<tokenize::TokenId> tokens = reader.encodeIds(lines[place]);
        addWindow(set, tokens, 0, std::min(length, static_cast<std::int64_t>(tokens.size())));
    }
    return set;
}

void addWindow(SampleSet &set, const std::vector<tokenize::TokenId> &tokens, std::size_t first,
               std::int64_t length)
{
    const at::Tensor ids = at::empty({1, length}, at::kLong);
    for (std::int64_t i = 0; i < length; ++i) {
        ids.data_ptr<std::int64_t>()[i] = tokens[first + static_cast<std::size_t>(i)];
    }
    Batch batch;
    batch.tokens = ids;
    set.samples.push_back(std::move(batch));
    set.tokens += length;
    set.length = std::max(set.length, length);
}

namespace {

bool canJoin(const Batch &a, const Batch &b)
{
    const auto matches = [](const at::Tensor &x, const at::Tensor &y) {
        return x.defined() == y.defined() && (!x.defined() || x.sizes() == y.sizes());
    };
    return matches(a.tokens, b.tokens) && matches(a.features, b.features)
        && matches(a.mask, b.mask);
}

/// What a sample counts for when batches are filled.
std::int64_t positionsOf(const Batch &sample)
{
    return std::max(sample.tokens.defined() ? sample.tokens.size(1) : 0,
                    sample.features.defined() ? sample.features.size(-1) : 0);
}

at::Tensor joined(const std::vector<Batch> &samples, std::size_t first, std::size_t end,
                  at::Tensor Batch::*member)
{
    std::vector<at::Tensor> rows;
    for (std::size_t i = first; i < end && (samples[i].*member).defined(); ++i) {
        rows.push_back(samples[i].*member);
    }
    return rows.empty() ? at::Tensor() : at::cat(rows, 0);
}

} // namespace

std::vector<Batch> batchesOf(const SampleSet &set, std::int64_t tokensPerBatch)
{
    const std::vector<Batch> &samples = set.samples;
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < samples.size();) {
        const std::int64_t length = positionsOf(samples[first]);
        std::size_t next = first + 1;
        while (next < samples.size() && canJoin(samples[first], samples[next])
               && static_cast<std::int64_t>(next - first + 1) * length <= tokensPerBatch) {
            ++next;
        }
        Batch batch;
        batch.tokens = joined(samples, first, next, &Batch::tokens);
        batch.mask = joined(samples, first, next, &Batch::mask);
        batch.features = joined(samples, first, next, &Batch::features);
        batches.push_back(std::move(batch));
        first = next;
    }
    return batches;
}

} // namespace bitprism
