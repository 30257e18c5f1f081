// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/llama_pass.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace bitprism::train {

namespace {

template <typename T>
constexpr at::ScalarType scalarType = std::is_same_v<T, float> ? at::kFloat : at::kBFloat16;

template <typename T> T *data(const at::Tensor &tensor)
{
    return static_cast<T *>(tensor.data_ptr());
}

} // namespace

template <typename T>
LlamaPass<T>::LlamaPass(const LlamaConfig &config, int rows, int length)
    : m_config(config)
    , m_layout(layoutOf(config))
    , m_shape{rows, length, config.headCount, config.keyValueHeadCount, config.headSize()}
    , m_tokens(rows * length)
{
    const int hidden = config.hiddenSize;
    const int wide = config.feedForwardSize;
    const int matrices = rows * config.keyValueHeadCount;
    const int grouped = config.headCount / config.keyValueHeadCount * length;
    for (int i = 0; i < config.blockCount; ++i) {
        Block block;
        block.input = makeFloat({m_tokens, hidden});
        block.middle = makeFloat({m_tokens, hidden});
        block.inputRms = makeFloat({m_tokens});
        block.postRms = makeFloat({m_tokens});
        block.normed = make({m_tokens, hidden});
        block.postNormed = make({m_tokens, hidden});
        block.heads = make({m_tokens, hidden});
        block.q = make({matrices, grouped, config.headSize()});
        block.k = make({matrices, length, config.headSize()});
        block.v = make({matrices, length, config.headSize()});
        block.probabilities = make({matrices, grouped, length});
        block.gateUp = make({m_tokens, 2 * wide});
        block.activated = make({m_tokens, wide});
        m_blocks.push_back(std::move(block));
    }
    m_last = makeFloat({m_tokens, hidden});
    m_finalRms = makeFloat({m_tokens});
    m_finalNormed = make({m_tokens, hidden});
    m_logits = make({m_tokens, config.vocabularySize});
    m_branch = make({m_tokens, hidden});
    m_qkv = make({m_tokens, config.qkvSize()});
    m_headsByHead = make({matrices, grouped, config.headSize()});
    m_dx = makeFloat({m_tokens, hidden});
    m_dNormed = make({m_tokens, hidden});
    m_dActivated = make({m_tokens, wide});
    m_dGateUp = make({m_tokens, 2 * wide});
    m_dScores = make({matrices, grouped, length});
    m_dq = make({matrices, grouped, config.headSize()});
    m_dk = make({matrices, length, config.headSize()});
    m_dv = make({matrices, length, config.headSize()});
    const std::int64_t largest = std::max(config.vocabularySize, 2 * wide);
    m_weightGradient = make({std::max<std::int64_t>(largest, config.qkvSize()) * hidden});
    fillRotations();
}

template <typename T>
double LlamaPass<T>::forward(const float *parameters, const T *matrices, const TokenBatch &batch,
                             float dropout, std::uint32_t dropoutKey, float gradientScale)
{
    m_dropout = dropout;
    m_dropoutKey = dropoutKey;
    const int hidden = m_config.hiddenSize;
    float *embedded = data<float>(m_dx);
    for (int t = 0; t < m_tokens; ++t) {
        const float *row = parameters + m_layout.embedding.offset
            + std::size_t(batch.inputs[std::size_t(t)]) * std::size_t(hidden);
        std::copy_n(row, hidden, embedded + std::size_t(t) * std::size_t(hidden));
    }
    applyDropout(embedded, data<float>(m_blocks.front().input),
                 std::size_t(m_tokens) * std::size_t(hidden), dropoutAt(0));
    for (int i = 0; i < m_config.blockCount; ++i) {
        const bool isLast = i + 1 == m_config.blockCount;
        forwardBlock(i, parameters, matrices, isLast ? m_last : m_blocks[std::size_t(i) + 1].input);
    }
    rmsNorm(data<float>(m_last), parameters + m_layout.finalGain.offset, data<T>(m_finalNormed),
            data<float>(m_finalRms), m_tokens, hidden, m_config.normEpsilon);
    at::mm_out(m_logits, m_finalNormed, weight(matrices, m_layout.embedding).t());
    return crossEntropy(data<T>(m_logits), batch.targets.data(), m_tokens, m_config.vocabularySize,
                        gradientScale);
}

template <typename T>
void LlamaPass<T>::forwardBlock(int index, const float *parameters, const T *matrices,
                                at::Tensor &output)
{
    const BlockSlots &slots = m_layout.blocks[std::size_t(index)];
    Block &block = m_blocks[std::size_t(index)];
    const int hidden = m_config.hiddenSize;
    const std::size_t count = std::size_t(m_tokens) * std::size_t(hidden);

    rmsNorm(data<float>(block.input), parameters + slots.inputGain.offset, data<T>(block.normed),
            data<float>(block.inputRms), m_tokens, hidden, m_config.normEpsilon);
    at::mm_out(m_qkv, block.normed, weight(matrices, slots.qkv).t());
    attend(block);
    at::mm_out(m_branch, block.heads, weight(matrices, slots.attentionOutput).t());
    addBranch(data<float>(block.input), data<T>(m_branch), data<float>(block.middle), count,
              dropoutAt(1 + 2 * index));

    rmsNorm(data<float>(block.middle), parameters + slots.postGain.offset,
            data<T>(block.postNormed), data<float>(block.postRms), m_tokens, hidden,
            m_config.normEpsilon);
    at::mm_out(block.gateUp, block.postNormed, weight(matrices, slots.gateUp).t());
    swiGlu(data<T>(block.gateUp), data<T>(block.activated), m_tokens, m_config.feedForwardSize);
    at::mm_out(m_branch, block.activated, weight(matrices, slots.down).t());
    addBranch(data<float>(block.middle), data<T>(m_branch), data<float>(output), count,
              dropoutAt(2 + 2 * index));
}

template <typename T> void LlamaPass<T>::attend(Block &block)
{
    splitQkv(data<T>(m_qkv), data<T>(block.q), data<T>(block.k), data<T>(block.v), m_cosines.data(),
             m_sines.data(), m_shape);
    at::bmm_out(block.probabilities, block.q, block.k.transpose(1, 2));
    causalSoftmax(data<T>(block.probabilities), m_shape.rows * m_shape.headCount, m_shape.length,
                  1.0f / std::sqrt(float(m_shape.headSize)));
    at::bmm_out(m_headsByHead, block.probabilities, block.v);
    mergeHeads(data<T>(m_headsByHead), data<T>(block.heads), m_shape);
}

template <typename T>
void LlamaPass<T>::backward(const float *parameters, const T *matrices, const TokenBatch &batch,
                            float *gradient)
{
    const int hidden = m_config.hiddenSize;
    std::fill_n(gradient, m_layout.count, 0.0f);
    m_dx.zero_();
    productGradient(m_logits, m_finalNormed, m_layout.embedding, gradient);
    at::mm_out(m_dNormed, m_logits, weight(matrices, m_layout.embedding));
    rmsNormBackward(data<float>(m_last), parameters + m_layout.finalGain.offset,
                    data<float>(m_finalRms), data<T>(m_dNormed), data<float>(m_dx),
                    gradient + m_layout.finalGain.offset, m_tokens, hidden);
    for (int i = m_config.blockCount - 1; i >= 0; --i) {
        backwardBlock(i, parameters, matrices, gradient);
    }
    const std::size_t count = std::size_t(m_tokens) * std::size_t(hidden);
    float *dx = data<float>(m_dx);
    applyDropout(dx, data<float>(m_last), count, dropoutAt(0));
    const float *dEmbedded = data<float>(m_last);
    for (int t = 0; t < m_tokens; ++t, dEmbedded += hidden) {
        float *row = gradient + m_layout.embedding.offset
            + std::size_t(batch.inputs[std::size_t(t)]) * std::size_t(hidden);
        for (int c = 0; c < hidden; ++c) {
            row[c] += dEmbedded[c];
        }
    }
}

template <typename T>
void LlamaPass<T>::backwardBlock(int index, const float *parameters, const T *matrices,
                                 float *gradient)
{
    const BlockSlots &slots = m_layout.blocks[std::size_t(index)];
    Block &block = m_blocks[std::size_t(index)];
    const int hidden = m_config.hiddenSize;
    const std::size_t count = std::size_t(m_tokens) * std::size_t(hidden);

    applyDropout(data<float>(m_dx), data<T>(m_branch), count, dropoutAt(2 + 2 * index));
    productGradient(m_branch, block.activated, slots.down, gradient);
    at::mm_out(m_dActivated, m_branch, weight(matrices, slots.down));
    swiGluBackward(data<T>(block.gateUp), data<T>(m_dActivated), data<T>(m_dGateUp), m_tokens,
                   m_config.feedForwardSize);
    productGradient(m_dGateUp, block.postNormed, slots.gateUp, gradient);
    at::mm_out(m_dNormed, m_dGateUp, weight(matrices, slots.gateUp));
    rmsNormBackward(data<float>(block.middle), parameters + slots.postGain.offset,
                    data<float>(block.postRms), data<T>(m_dNormed), data<float>(m_dx),
                    gradient + slots.postGain.offset, m_tokens, hidden);

    applyDropout(data<float>(m_dx), data<T>(m_branch), count, dropoutAt(1 + 2 * index));
    productGradient(m_branch, block.heads, slots.attentionOutput, gradient);
    at::mm_out(m_dNormed, m_branch, weight(matrices, slots.attentionOutput));
    backwardAttention(block);
    productGradient(m_qkv, block.normed, slots.qkv, gradient);
    at::mm_out(m_dNormed, m_qkv, weight(matrices, slots.qkv));
    rmsNormBackward(data<float>(block.input), parameters + slots.inputGain.offset,
                    data<float>(block.inputRms), data<T>(m_dNormed), data<float>(m_dx),
                    gradient + slots.inputGain.offset, m_tokens, hidden);
}

// From the gradient to the merged heads in m_dNormed to that of queries, keys and values in m_qkv.
template <typename T> void LlamaPass<T>::backwardAttention(Block &block)
{
    splitHeads(data<T>(m_dNormed), data<T>(m_headsByHead), m_shape);
    at::bmm_out(m_dv, block.probabilities.transpose(1, 2), m_headsByHead);
    at::bmm_out(m_dScores, m_headsByHead, block.v.transpose(1, 2));
    causalSoftmaxBackward(data<T>(block.probabilities), data<T>(m_dScores),
                          m_shape.rows * m_shape.headCount, m_shape.length,
                          1.0f / std::sqrt(float(m_shape.headSize)));
    at::bmm_out(m_dq, m_dScores, block.k);
    at::bmm_out(m_dk, m_dScores.transpose(1, 2), block.q);
    mergeQkv(data<T>(m_dq), data<T>(m_dk), data<T>(m_dv), data<T>(m_qkv), m_cosines.data(),
             m_sines.data(), m_shape);
}

// The gradient of out = in W^T to W: dOut^T in, [rows, cols] of the slot.
template <typename T>
void LlamaPass<T>::productGradient(const at::Tensor &dOut, const at::Tensor &in,
                                   const ParameterSlot &slot, float *gradient)
{
    at::Tensor product
        = m_weightGradient.narrow(0, 0, std::int64_t(slot.count())).view({slot.rows, slot.cols});
    at::mm_out(product, dOut.t(), in);
    toFloat(data<T>(product), gradient + slot.offset, slot.count());
}

template <typename T>
at::Tensor LlamaPass<T>::weight(const T *matrices, const ParameterSlot &slot) const
{
    return at::from_blob(const_cast<T *>(matrices + slot.offset), {slot.rows, slot.cols},
                         at::TensorOptions(scalarType<T>));
}

template <typename T> at::Tensor LlamaPass<T>::make(std::initializer_list<std::int64_t> sizes) const
{
    return at::zeros(sizes, at::TensorOptions(scalarType<T>));
}

template <typename T>
at::Tensor LlamaPass<T>::makeFloat(std::initializer_list<std::int64_t> sizes) const
{
    return at::zeros(sizes, at::TensorOptions(at::kFloat));
}

template <typename T> Dropout LlamaPass<T>::dropoutAt(int place) const
{
    return {m_dropoutKey + std::uint32_t(place) * 0x85ebca6bu, m_dropout};
}

template <typename T> void LlamaPass<T>::fillRotations()
{
    const int half = m_shape.headSize / 2;
    for (int t = 0; t < m_shape.length; ++t) {
        for (int i = 0; i < half; ++i) {
            const double angle
                = t * std::pow(double(m_config.ropeTheta), -2.0 * i / m_shape.headSize);
            m_cosines.push_back(float(std::cos(angle)));
            m_sines.push_back(float(std::sin(angle)));
        }
    }
}

template class LlamaPass<float>;
template class LlamaPass<Bfloat16>;

} // namespace bitprism::train
