// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Element-wise parts of a Llama block and their gradients, on row-major arrays. `float` or BF16
/// (as `Bfloat16`) holds what goes into matrix products; sums and the residual stream are `float`.
namespace bitprism::train {

/// The upper half of an IEEE float.
enum class Bfloat16 : std::uint16_t
{
};

/// Which elements a dropout keeps: a hash of key and index, so that backward repeats forward's
/// choice.
struct Dropout
{
    std::uint32_t key = 0;
    float probability = 0.0f;
};

/// Sizes shared by the attention kernels; `rows` sequences of `length` tokens.
struct AttentionShape
{
    int rows = 0;
    int length = 0;
    int headCount = 0;
    int keyValueHeadCount = 0;
    int headSize = 0;
};

void toStorage(const float *from, float *to, std::size_t count);
void toStorage(const float *from, Bfloat16 *to, std::size_t count);
void toFloat(const float *from, float *to, std::size_t count);
void toFloat(const Bfloat16 *from, float *to, std::size_t count);

/// out = x / rms(x) * gain (Zhang and Sennrich 2019, eq. 4); keeps 1 / rms for backward.
template <typename T>
void rmsNorm(const float *x, const float *gain, T *out, float *inverseRms, int rows, int cols,
             float epsilon);

/// Adds the gradient to `dx` and `dGain`.
template <typename T>
void rmsNormBackward(const float *x, const float *gain, const float *inverseRms, const T *dOut,
                     float *dx, float *dGain, int rows, int cols);

/// out = x + dropout(branch).
template <typename T>
void addBranch(const float *x, const T *branch, float *out, std::size_t count, Dropout dropout);

/// out = dropout(x); with the key of forward also the gradient of `addBranch` to its branch.
template <typename T> void applyDropout(const float *x, T *out, std::size_t count, Dropout dropout);

/// Splits [rows, length, q|k|v] into heads [rows, heads, length, headSize] and rotates queries and
/// keys by position (Su et al. 2021), halves of a head paired as Hugging Face does. `cosines` and
/// `sines` are [length, headSize / 2].
template <typename T>
void splitQkv(const T *qkv, T *q, T *k, T *v, const float *cosines, const float *sines,
              const AttentionShape &shape);

/// The transposed map of `splitQkv`.
template <typename T>
void mergeQkv(const T *dq, const T *dk, const T *dv, T *dQkv, const float *cosines,
              const float *sines, const AttentionShape &shape);

/// [rows, heads, length, headSize] to [rows, length, heads * headSize], and back.
template <typename T> void mergeHeads(const T *heads, T *out, const AttentionShape &shape);
template <typename T> void splitHeads(const T *in, T *heads, const AttentionShape &shape);

/// In place: softmax of scale * scores over the positions up to the row's own, zero above.
/// `scores` is [matrices, length, length].
template <typename T> void causalSoftmax(T *scores, int matrices, int length, float scale);

/// In place: from the gradient to the probabilities to that of the scores.
template <typename T>
void causalSoftmaxBackward(const T *probabilities, T *gradient, int matrices, int length,
                           float scale);

/// out = silu(gate) * up, with `gateUp` [rows, gate|up] (Shazeer 2020).
template <typename T> void swiGlu(const T *gateUp, T *out, int rows, int size);
template <typename T>
void swiGluBackward(const T *gateUp, const T *dOut, T *dGateUp, int rows, int size);

/// Sum of the negative log-likelihoods of `targets`. With `gradientScale` above zero the logits
/// [rows, cols] become gradientScale * (softmax - one-hot).
template <typename T>
double crossEntropy(T *logits, const std::int32_t *targets, int rows, int cols,
                    float gradientScale);

} // namespace bitprism::train
