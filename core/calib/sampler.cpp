// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/sampler.h"

#include "core/base/error.h"

namespace bitprism {

std::vector<tokenize::TokenId>
calibrationTokens(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, std::int64_t length)
{
    BITPRISM_ASSERT(tokenizer != nullptr, "text samplers are given a tokenizer");
    std::vector<tokenize::TokenId> tokens = dataset.tokens(*tokenizer);
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

std::vector<Batch> batchesOf(const SampleSet &samples, std::int64_t tokensPerBatch)
{
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < samples.samples.size();) {
        const std::int64_t length = samples.samples[first].tokens.size(1);
        std::vector<at::Tensor> rows;
        std::size_t next = first;
        while (next < samples.samples.size() && samples.samples[next].tokens.size(1) == length
               && (rows.empty()
                   || (static_cast<std::int64_t>(rows.size()) + 1) * length <= tokensPerBatch)) {
            rows.push_back(samples.samples[next++].tokens);
        }
        Batch batch;
        batch.tokens = at::cat(rows, 0);
        batches.push_back(std::move(batch));
        first = next;
    }
    return batches;
}

} // namespace bitprism
