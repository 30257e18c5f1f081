// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/decoder_pass.h"

#include "core/base/error.h"
#include "core/models/block_layers.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

DecoderPass::DecoderPass(DecoderLayout layout)
    : m_layout(std::move(layout))
    , m_rules(m_layout.tensors())
{
}

std::vector<ExpectedTensor> DecoderPass::tensorsOf(BlockId id) const
{
    return expectedTensors(m_rules, 0, id.isHead() ? TensorRule::head : id.index);
}

std::vector<ExpectedTensor> DecoderPass::embeddingTensors(int) const
{
    return expectedTensors(m_rules, 0, TensorRule::embedding);
}

StreamState DecoderPass::begin(const TensorSource &source, int, const Batch &batch) const
{
    const std::int64_t first = batch.cache ? batch.cache->length : 0;
    const std::int64_t length = batch.tokens.size(1);
    if (first + length > m_layout.contextLength) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A text of %1 tokens exceeds the model's context of %2."),
                    first + length, m_layout.contextLength);
    }
    StreamState state;
    state.positions = at::arange(first, first + length, at::kLong);
    state.hidden = source.loadRows(m_layout.wordEmbedding + ".weight", batch.tokens.reshape({-1}))
                       .view({batch.tokens.size(0), length, m_layout.embeddingSize});
    if (m_layout.projectIn.empty()) {
        state.hidden = state.hidden
            + source.loadRows(m_layout.positionEmbedding + ".weight",
                              state.positions + m_layout.firstPosition);
    }
    state.positions = state.positions.to(state.hidden.device());
    state.mask = batch.mask;
    state.cache = batch.cache;
    if (state.cache && state.cache->blocks.empty()) {
        state.cache->blocks.resize(static_cast<std::size_t>(m_layout.blocks));
    }
    return state;
}

void DecoderPass::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                           StreamState &state, BlockHooks *hooks) const
{
    const BlockLayers outer(block, infos, hooks, "");
    const BlockLayers layers(block, infos, hooks, m_layout.inBlock(block.id().index, ""));
    at::Tensor input = state.hidden;
    if (block.id().index == 0 && !m_layout.projectIn.empty()) {
        input = outer.apply(m_layout.projectIn, input)
            + outer.tensor(m_layout.positionEmbedding + ".weight")
                  .index_select(0, state.positions + m_layout.firstPosition);
    }
    const auto norm = [&](const std::string &name, const at::Tensor &x) {
        return layers.layerNorm(name, x, m_layout.normEpsilon);
    };
    const at::Tensor attentionInput
        = m_layout.isPreNorm ? norm(m_layout.attentionNorm, input) : input;
    AttentionCall call;
    if (m_layout.isFused) {
        const std::vector<at::Tensor> parts
            = layers.apply(m_layout.qkv, attentionInput).chunk(3, -1);
        call.query = splitHeads(parts[0].contiguous(), m_layout.heads);
        call.key = splitHeads(parts[1].contiguous(), m_layout.heads);
        call.value = splitHeads(parts[2].contiguous(), m_layout.heads);
    } else {
        call.query = splitHeads(layers.apply(m_layout.query, attentionInput), m_layout.heads);
        call.key = splitHeads(layers.apply(m_layout.key, attentionInput), m_layout.heads);
        call.value = splitHeads(layers.apply(m_layout.value, attentionInput), m_layout.heads);
    }
    const auto shortcut = [&](ShortcutPart part, const at::Tensor &x) {
        return m_layout.isPreNorm ? x : layers.shortcut(part, x);
    };
    at::Tensor middle
        = layers.apply(m_layout.attentionOut, layers.attention(std::move(call), state))
        + shortcut(ShortcutPart::Attention, input);
    middle = m_layout.isPreNorm ? middle : norm(m_layout.attentionNorm, middle);
    const at::Tensor mlpInput = m_layout.isPreNorm ? norm(m_layout.mlpNorm, middle) : middle;
    const at::Tensor inner
        = tensor_math::activation(layers.apply(m_layout.up, mlpInput), m_layout.activation);
    const at::Tensor sum = layers.apply(m_layout.down, inner) + shortcut(ShortcutPart::Mlp, middle);
    state.hidden = m_layout.isPreNorm ? sum : norm(m_layout.mlpNorm, sum);
}

at::Tensor DecoderPass::finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                               const at::Tensor &hidden, BlockHooks *hooks) const
{
    const BlockLayers layers(head, infos, hooks, "");
    at::Tensor x = hidden;
    if (m_layout.hasLastNorm) {
        x = layers.layerNorm(m_layout.lastNorm, x, m_layout.normEpsilon);
    }
    if (!m_layout.projectOut.empty()) {
        x = layers.apply(m_layout.projectOut, x);
    }
    return layers.apply(m_layout.hasTiedHead ? m_layout.wordEmbedding : m_layout.head, x);
}

} // namespace bitprism
