// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/generate.h"

#include "core/base/error.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t keepBlocksBytes = std::int64_t{2} << 30;

/// The model's blocks: all in memory, or one at a time.
class Blocks
{
public:
    explicit Blocks(const Model &model)
        : m_model(model)
        , m_ids(model.blocksOf(0))
    {
        m_ids.push_back(headOf(0));
        if (model.loadedBytes() <= keepBlocksBytes) {
            for (const BlockId id : m_ids) {
                m_kept.push_back(load(id));
            }
        }
    }

    std::size_t count() const { return m_ids.size(); } ///< the head, the last one, included

    Block block(std::size_t index) const
    {
        if (!m_kept.empty()) {
            return m_kept[index];
        }
        Block loaded = load(m_ids[index]);
        m_model.announceBlock(m_ids[(index + 1) % m_ids.size()]);
        return loaded;
    }

private:
    Block load(BlockId id) const
    {
        return id.isHead() ? m_model.loadHead(id.stack) : m_model.loadBlock(id);
    }

    const Model &m_model;
    std::vector<BlockId> m_ids;
    std::vector<Block> m_kept;
};

/// Runs `tokens` behind what the cache holds; the most likely next token.
std::int64_t nextToken(const Model &model, const Blocks &blocks,
                       const std::shared_ptr<KeyValueCache> &cache,
                       const std::vector<std::int64_t> &tokens, JobContext &context)
{
    Batch batch;
    batch.tokens = at::tensor(tokens, at::kLong).unsqueeze(0);
    batch.cache = cache;
    StreamState state = model.begin(0, batch);
    for (std::size_t i = 0; i + 1 < blocks.count(); ++i) {
        context.throwIfCancelled();
        model.runBlock(blocks.block(i), state);
    }
    cache->length += static_cast<std::int64_t>(tokens.size());
    const at::Tensor last = state.hidden.select(1, state.hidden.size(1) - 1); // [1, hidden]
    return model.finish(blocks.block(blocks.count() - 1), last).argmax(-1).item<std::int64_t>();
}

} // namespace

std::vector<std::int64_t> generateGreedy(const Model &model,
                                         const std::vector<std::int64_t> &prompt,
                                         const GenerateOptions &options, JobContext &context)
{
    const c10::NoGradGuard noGradients;
    BITPRISM_ASSERT(!prompt.empty(), "a prompt starts with a token at least");
    if (model.info().objective != objectives::nextToken || model.info().stacks.size() != 1) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 predicts no next tokens (its output is of the kind \"%2\"), so "
                                "it cannot continue a text."),
                    model.info().path, model.info().objective);
    }
    const std::int64_t length = static_cast<std::int64_t>(prompt.size());
    const std::int64_t room
        = model.info().contextLength > 0 ? model.info().contextLength - length : options.tokens;
    if (room <= 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The prompt's %1 tokens fill the model's context of %2; shorten "
                                "the prompt."),
                    length, model.info().contextLength);
    }
    const std::int64_t wanted = std::min(options.tokens, room);
    const Blocks blocks(model);
    const auto cache = std::make_shared<KeyValueCache>();
    cache->capacity = length + wanted;
    std::vector<std::int64_t> generated;
    std::vector<std::int64_t> fresh = prompt;
    while (static_cast<std::int64_t>(generated.size()) < wanted) {
        const std::int64_t token = nextToken(model, blocks, cache, fresh, context);
        if (options.stopIds.contains(token)) {
            break;
        }
        generated.push_back(token);
        if (options.onToken) {
            options.onToken(token);
        }
        context.progress(static_cast<double>(generated.size()), static_cast<double>(wanted));
        fresh = {token};
    }
    return generated;
}

std::int64_t generationMemory(const Model &model, std::int64_t promptTokens, std::int64_t tokens)
{
    const ModelInfo &info = model.info();
    const bool isKept = model.loadedBytes() <= keepBlocksBytes;
    const std::int64_t blocks = isKept
        ? model.loadedBytes()
        : 2 * std::max(model.largestBlockBytes(), model.headBytes(0)); // the next is announced
    std::int64_t positions = promptTokens + tokens;
    positions = info.contextLength > 0 ? std::min(positions, info.contextLength) : positions;
    const std::int64_t cache = positions * info.hiddenSize * info.blocks * 2 * 4;
    return blocks + cache + promptTokens * model.workingBytesPerToken() + 4 * info.outputSize();
}

} // namespace bitprism
