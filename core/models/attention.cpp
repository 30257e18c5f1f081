// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/attention.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace bitprism {

namespace {

/// Queries [first, first + count) and the keys [keyFirst, keyFirst + keyCount) they reach.
struct Chunk
{
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::int64_t keyFirst = 0;
    std::int64_t keyCount = 0;
};

/// 0 where a query reaches a key, minus infinity elsewhere: [count, keyCount].
at::Tensor reachMask(const Chunk &chunk, std::int64_t past, std::int64_t window,
                     const at::TensorOptions &options)
{
    const at::TensorOptions whole = options.dtype(at::kLong);
    const at::Tensor query
        = at::arange(past + chunk.first, past + chunk.first + chunk.count, whole).unsqueeze(1);
    const at::Tensor key
        = at::arange(chunk.keyFirst, chunk.keyFirst + chunk.keyCount, whole).unsqueeze(0);
    at::Tensor hidden = key > query;
    if (window > 0) {
        hidden = hidden.logical_or(key <= query - window);
    }
    return at::zeros(hidden.sizes(), options)
        .masked_fill_(hidden, -std::numeric_limits<float>::infinity());
}

/// `scores` [samples x key heads, group, count, keys] with those out of reach at (nearly) minus
/// infinity; writes in place where no gradient is wanted.
at::Tensor maskedScores(const AttentionCall &attention, const Chunk &chunk, std::int64_t past,
                        const at::Tensor &scores)
{
    at::Tensor mask;
    if (attention.isCausal) {
        mask = reachMask(chunk, past, attention.window, scores.options());
    } else if (attention.keyMask.defined()) {
        // Finite, so that a query with no real key gives no NaN; its exp() is zero beside a real
        // one.
        constexpr double out = -1e30;
        const std::int64_t samples = attention.query.size(0);
        mask = at::zeros({samples, 1, 1, 1, chunk.keyCount}, scores.options())
                   .masked_fill_(attention.keyMask.narrow(1, chunk.keyFirst, chunk.keyCount)
                                     .logical_not()
                                     .view({samples, 1, 1, 1, chunk.keyCount}),
                                 out)
                   .expand({samples, scores.size(0) / samples, 1, 1, chunk.keyCount})
                   .reshape({scores.size(0), 1, 1, chunk.keyCount});
    } else {
        return scores;
    }
    return scores.requires_grad() ? scores + mask : at::Tensor(scores).add_(mask);
}

/// Scores are laid out [samples x key heads, group x queries, keys]: the query heads that share a
/// key head stand in one matrix, so that keys are never repeated.
at::Tensor attendChunk(const AttentionCall &attention, const Chunk &chunk, std::int64_t past)
{
    const at::Tensor &query = attention.query;
    const std::int64_t samples = query.size(0);
    const std::int64_t heads = query.size(1);
    const std::int64_t headSize = query.size(3);
    const std::int64_t keyHeads = attention.key.size(1);
    const std::int64_t group = heads / keyHeads;
    const auto keysOf = [&](const at::Tensor &tensor) {
        return tensor.narrow(2, chunk.keyFirst, chunk.keyCount)
            .reshape({samples * keyHeads, chunk.keyCount, headSize});
    };
    const at::Tensor scaled = query.narrow(2, chunk.first, chunk.count)
        * (1.0 / std::sqrt(static_cast<double>(headSize)));
    const at::Tensor scores
        = at::bmm(scaled.reshape({samples * keyHeads, group * chunk.count, headSize}),
                  keysOf(attention.key).transpose(1, 2));
    at::Tensor probabilities
        = at::softmax(
              maskedScores(attention, chunk, past,
                           scores.view({samples * keyHeads, group, chunk.count, chunk.keyCount})),
              -1)
              .view({samples, heads, chunk.count, chunk.keyCount});
    if (attention.hooks != nullptr) {
        probabilities = attention.hooks->attentionOperand(
            attention.block, AttentionOperand::Probabilities, probabilities);
    }
    return at::bmm(probabilities.reshape({samples * keyHeads, group * chunk.count, chunk.keyCount}),
                   keysOf(attention.value))
        .view({samples, heads, chunk.count, headSize});
}

} // namespace

at::Tensor attend(const AttentionCall &attention)
{
    const at::Tensor &query = attention.query;
    const std::int64_t samples = query.size(0);
    const std::int64_t heads = query.size(1);
    const std::int64_t length = query.size(2);
    const std::int64_t keys = attention.key.size(2);
    const std::int64_t past = keys - length;
    BITPRISM_ASSERT(past >= 0 || !attention.isCausal, "every query has a key of its own");
    const std::int64_t perChunk
        = std::clamp<std::int64_t>(attention.maxScores / (samples * heads * keys), 1, length);
    std::vector<at::Tensor> chunks;
    for (std::int64_t first = 0; first < length; first += perChunk) {
        Chunk chunk;
        chunk.first = first;
        chunk.count = std::min(perChunk, length - first);
        chunk.keyFirst = attention.window > 0
            ? std::max<std::int64_t>(0, past + first + 1 - attention.window)
            : 0;
        chunk.keyCount = attention.isCausal ? past + first + chunk.count - chunk.keyFirst : keys;
        chunks.push_back(attendChunk(attention, chunk, past).transpose(1, 2));
    }
    const at::Tensor joined = chunks.size() == 1 ? chunks.front() : at::cat(chunks, 1);
    return joined.reshape({samples, length, heads * query.size(3)});
}

} // namespace bitprism
