// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/transcribe.h"

#include "core/base/error.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <limits>

namespace bitprism {

namespace {

constexpr std::int64_t keptModelBytes = std::int64_t{2} << 30;

void suppress(at::Tensor &logits, const std::set<std::int64_t> &ids)
{
    for (const std::int64_t id : ids) {
        logits[id] = -std::numeric_limits<float>::infinity();
    }
}

} // namespace

StackRunner::StackRunner(const Model &model)
    : m_model(model)
{
    if (model.loadedBytes() > keptModelBytes) {
        return;
    }
    for (int stack = 0; stack < static_cast<int>(model.info().stacks.size()); ++stack) {
        for (const BlockId id : model.blocksOf(stack)) {
            m_kept.emplace(id, model.loadBlock(id));
        }
        m_kept.emplace(headOf(stack), model.loadHead(stack));
    }
}

std::int64_t StackRunner::memoryNeed(const Model &model)
{
    if (model.loadedBytes() <= keptModelBytes) {
        return model.loadedBytes();
    }
    std::int64_t largest = model.largestBlockBytes();
    for (int stack = 0; stack < static_cast<int>(model.info().stacks.size()); ++stack) {
        largest = std::max(largest, model.headBytes(stack));
    }
    return largest;
}

Block StackRunner::block(BlockId id) const
{
    const auto found = m_kept.find(id);
    if (found != m_kept.end()) {
        return found->second;
    }
    return id.isHead() ? m_model.loadHead(id.stack) : m_model.loadBlock(id);
}

StreamState StackRunner::run(int stack, const Batch &batch, JobContext &context) const
{
    StreamState state = m_model.begin(stack, batch);
    for (const BlockId id : m_model.blocksOf(stack)) {
        context.throwIfCancelled();
        m_model.runBlock(block(id), state);
    }
    return state;
}

at::Tensor StackRunner::finish(int stack, const at::Tensor &hidden) const
{
    return m_model.finish(block(headOf(stack)), hidden);
}

Transcription transcribe(const StackRunner &runner, const at::Tensor &features,
                         const SpeechRules &rules, std::int64_t limit, JobContext &context,
                         bool usesCache)
{
    const c10::NoGradGuard noGradients;
    const int decoder = runner.model().lastStack();
    const int encoder = runner.model().info().stacks.back().memoryStack;
    BITPRISM_ASSERT(encoder >= 0 && !rules.prompt.empty(), "speechRules() checked the model");
    Batch heard;
    heard.features = features.unsqueeze(0);
    const at::Tensor memory = runner.finish(encoder, runner.run(encoder, heard, context).hidden);
    std::shared_ptr<KeyValueCache> cache;
    if (usesCache) {
        cache = std::make_shared<KeyValueCache>();
        cache->capacity = static_cast<std::int64_t>(rules.prompt.size()) + limit;
    }
    std::vector<std::int64_t> all = rules.prompt;
    std::vector<std::int64_t> fresh = all;
    Transcription result;
    while (static_cast<std::int64_t>(result.ids.size()) < limit) {
        Batch batch;
        batch.tokens = at::tensor(usesCache ? fresh : all, at::kLong).unsqueeze(0);
        batch.memory = memory;
        batch.cache = cache;
        const StreamState state = runner.run(decoder, batch, context);
        if (cache) {
            cache->length += static_cast<std::int64_t>(fresh.size());
        }
        const at::Tensor last = state.hidden.select(1, state.hidden.size(1) - 1);
        at::Tensor logits = runner.finish(decoder, last).squeeze(0).to(at::kCPU).clone();
        suppress(logits, rules.suppressed);
        if (result.ids.empty()) {
            suppress(logits, rules.suppressedFirst);
        }
        const std::int64_t token = logits.argmax(-1).item<std::int64_t>();
        if (token == rules.endToken) {
            result.isWhole = true;
            break;
        }
        result.ids.push_back(token);
        result.losses.push_back(-at::log_softmax(logits, -1)[token].item<float>());
        all.push_back(token);
        fresh = {token};
    }
    return result;
}

} // namespace bitprism
