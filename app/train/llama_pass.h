// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/kernels.h"
#include "app/train/llama_layout.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

namespace bitprism::train {

/// Token sequences of equal length, row by row, with the token that follows each.
struct TokenBatch
{
    std::span<const std::int32_t> inputs; // [rows * length]
    std::span<const std::int32_t> targets; // [rows * length]
    int rows = 0;
    int length = 0;
};

/// Forward and hand-derived backward pass of a Llama model on one thread.
///
/// `T` is what matrix products read and write (`float` or `Bfloat16`); norms, the residual stream
/// and gradients are `float`. Everything a pass needs is allocated once: an object serves batches
/// of the one shape it was made for.
template <typename T> class LlamaPass
{
public:
    LlamaPass(const LlamaConfig &config, int rows, int length);

    /// Sum of the negative log-likelihoods of the targets. `parameters` follow layoutOf(config);
    /// `matrices` are the same numbers as T. `dropoutKey` picks the dropped elements. With
    /// `gradientScale` above zero the pass is ready for backward().
    double forward(const float *parameters, const T *matrices, const TokenBatch &batch,
                   float dropout, std::uint32_t dropoutKey, float gradientScale);

    /// Overwrites `gradient` with gradientScale times the gradient of forward()'s result.
    void backward(const float *parameters, const T *matrices, const TokenBatch &batch,
                  float *gradient);

private:
    struct Block
    {
        at::Tensor input, middle; // float [tokens, hidden]
        at::Tensor inputRms, postRms; // float [tokens]
        at::Tensor normed, postNormed, heads; // [tokens, hidden]
        at::Tensor q, k, v; // [rows * keyValueHeads, (group *) length, headSize]
        at::Tensor probabilities; // [rows * keyValueHeads, group * length, length]
        at::Tensor gateUp, activated; // [tokens, 2 feedForward], [tokens, feedForward]
    };

    void forwardBlock(int index, const float *parameters, const T *matrices, at::Tensor &output);
    void attend(Block &block);
    void backwardBlock(int index, const float *parameters, const T *matrices, float *gradient);
    void backwardAttention(Block &block);
    void productGradient(const at::Tensor &dOut, const at::Tensor &in, const ParameterSlot &slot,
                         float *gradient);
    at::Tensor weight(const T *matrices, const ParameterSlot &slot) const;
    at::Tensor make(std::initializer_list<std::int64_t> sizes) const;
    at::Tensor makeFloat(std::initializer_list<std::int64_t> sizes) const;
    Dropout dropoutAt(int place) const;
    void fillRotations();

    LlamaConfig m_config;
    ParameterLayout m_layout;
    AttentionShape m_shape;
    int m_tokens = 0;
    float m_dropout = 0.0f;
    std::uint32_t m_dropoutKey = 0;
    std::vector<float> m_cosines, m_sines; // [length, headSize / 2]
    std::vector<Block> m_blocks;
    at::Tensor m_last, m_finalRms, m_finalNormed, m_logits;
    at::Tensor m_branch, m_qkv, m_headsByHead; // forward's scratch, reused by backward
    at::Tensor m_dx, m_dNormed, m_dActivated, m_dGateUp, m_dScores, m_dq, m_dk, m_dv;
    at::Tensor m_weightGradient; // T, as large as the largest matrix
};

extern template class LlamaPass<float>;
extern template class LlamaPass<Bfloat16>;

} // namespace bitprism::train
