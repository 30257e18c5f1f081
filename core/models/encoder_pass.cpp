// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/encoder_pass.h"

#include "core/base/error.h"
#include "core/models/block_layers.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

EncoderPass::EncoderPass(EncoderLayout layout)
    : m_layout(std::move(layout))
    , m_rules(m_layout.tensors())
{
}

std::vector<ExpectedTensor> EncoderPass::tensorsOf(BlockId id) const
{
    return expectedTensors(m_rules, 0, id.isHead() ? TensorRule::head : id.index);
}

std::vector<ExpectedTensor> EncoderPass::embeddingTensors(int) const
{
    return expectedTensors(m_rules, 0, TensorRule::embedding);
}

StreamState EncoderPass::begin(const TensorSource &source, int, const Batch &batch) const
{
    const std::int64_t length = batch.tokens.size(1);
    if (length > m_layout.contextLength()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A text of %1 tokens exceeds the model's context of %2."),
                    length, m_layout.contextLength());
    }
    StreamState state;
    state.positions = at::arange(length, at::kLong);
    at::Tensor sum = source.loadRows(m_layout.wordEmbedding + ".weight", batch.tokens.reshape({-1}))
                         .view({batch.tokens.size(0), length, m_layout.embeddingSize});
    sum = sum
        + source.loadRows(m_layout.positionEmbedding + ".weight",
                          state.positions + m_layout.firstPosition);
    if (m_layout.tokenTypes > 0) { // one text at a time: all of the first type
        sum = sum + source.loadRows(m_layout.typeEmbedding + ".weight", at::zeros({1}, at::kLong));
    }
    state.hidden = at::layer_norm(
        sum, {m_layout.embeddingSize}, source.load(m_layout.embeddingNorm + m_layout.normScale),
        source.load(m_layout.embeddingNorm + m_layout.normShift), m_layout.normEpsilon);
    state.positions = state.positions.to(state.hidden.device());
    state.mask = batch.mask;
    return state;
}

void EncoderPass::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                           StreamState &state, BlockHooks *hooks) const
{
    const auto index = static_cast<std::size_t>(block.id().index);
    const BlockLayers layers(block, infos, hooks, m_layout.blockPrefixes.at(index));
    const EncoderLayout::BlockNames &names = m_layout.names;
    const auto norm = [&](const std::string &name, const at::Tensor &x) {
        return at::layer_norm(x, {m_layout.hiddenSize}, layers.tensor(name + m_layout.normScale),
                              layers.tensor(name + m_layout.normShift), m_layout.normEpsilon);
    };
    at::Tensor input = state.hidden;
    if (index == 0 && !m_layout.mapping.empty()) {
        input = BlockLayers(block, infos, hooks, "").apply(m_layout.mapping, input);
    }
    AttentionCall call;
    call.query = splitHeads(layers.apply(names.query, input), m_layout.heads);
    call.key = splitHeads(layers.apply(names.key, input), m_layout.heads);
    call.value = splitHeads(layers.apply(names.value, input), m_layout.heads);
    call.isCausal = false;
    call.keyMask = state.mask.defined() ? state.mask.to(input.device()) : state.mask;
    const at::Tensor attended
        = layers.apply(names.attentionOut, layers.attention(std::move(call), state));
    const at::Tensor middle
        = norm(names.attentionNorm, attended + layers.shortcut(ShortcutPart::Attention, input));
    const at::Tensor inner
        = tensor_math::activation(layers.apply(names.up, middle), m_layout.activation);
    state.hidden
        = norm(names.outputNorm,
               layers.apply(names.down, inner) + layers.shortcut(ShortcutPart::Mlp, middle));
}

at::Tensor EncoderPass::finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                               const at::Tensor &hidden, BlockHooks *hooks) const
{
    const BlockLayers layers(head, infos, hooks, "");
    if (m_layout.headKind == EncoderHead::Classes) {
        return layers.apply(m_layout.classifier, at::tanh(layers.apply(m_layout.pooler, hidden)));
    }
    if (m_layout.headKind == EncoderHead::None) {
        return hidden;
    }
    const at::Tensor dense
        = tensor_math::activation(layers.apply(m_layout.headDense, hidden), m_layout.activation);
    const at::Tensor normed = at::layer_norm(
        dense, {m_layout.embeddingSize}, layers.tensor(m_layout.headNorm + m_layout.normScale),
        layers.tensor(m_layout.headNorm + m_layout.normShift), m_layout.normEpsilon);
    const std::string &decoder
        = m_layout.hasTiedHead ? m_layout.wordEmbedding : m_layout.headDecoder;
    return at::linear(layers.hooked(decoder, normed), layers.tensor(decoder + ".weight"),
                      layers.tensor(m_layout.headBias));
}

} // namespace bitprism
