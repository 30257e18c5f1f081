// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/kernel_math.h"
#include "app/train/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace bitprism::train {

using namespace kernel;

namespace {

// direction 1 rotates forward, -1 back.
template <typename T>
BITPRISM_INLINE void rotate(const T *from, T *to, const float *cosines, const float *sines,
                            int half, float direction)
{
#pragma omp simd
    for (int i = 0; i < half; ++i) {
        const float a = load(from + i);
        const float b = load(from + half + i);
        const float sine = direction * sines[i];
        store(to + i, a * cosines[i] - b * sine);
        store(to + half + i, b * cosines[i] + a * sine);
    }
}

/// Elements before head h of token t of row b, where each row has `heads` heads.
BITPRISM_INLINE std::ptrdiff_t headOffset(const AttentionShape &shape, int heads, int b, int h,
                                          int t)
{
    return ((std::ptrdiff_t{b} * heads + h) * shape.length + t) * shape.headSize;
}

} // namespace

template <typename T>
BITPRISM_CLONES void splitQkv(const T *qkv, T *q, T *k, T *v, const float *cosines,
                              const float *sines, const AttentionShape &shape)
{
    const int size = shape.headSize;
    const int half = size / 2;
    const int kv = shape.keyValueHeadCount;
    for (int b = 0; b < shape.rows; ++b) {
        for (int t = 0; t < shape.length; ++t) {
            const float *c = cosines + std::ptrdiff_t{t} * half;
            const float *s = sines + std::ptrdiff_t{t} * half;
            for (int h = 0; h < shape.headCount; ++h, qkv += size) {
                rotate(qkv, q + headOffset(shape, shape.headCount, b, h, t), c, s, half, 1.0f);
            }
            for (int h = 0; h < kv; ++h, qkv += size) {
                rotate(qkv, k + headOffset(shape, kv, b, h, t), c, s, half, 1.0f);
            }
            for (int h = 0; h < kv; ++h, qkv += size) {
                std::copy_n(qkv, size, v + headOffset(shape, kv, b, h, t));
            }
        }
    }
}

template <typename T>
BITPRISM_CLONES void mergeQkv(const T *dq, const T *dk, const T *dv, T *dQkv, const float *cosines,
                              const float *sines, const AttentionShape &shape)
{
    const int size = shape.headSize;
    const int half = size / 2;
    const int kv = shape.keyValueHeadCount;
    for (int b = 0; b < shape.rows; ++b) {
        for (int t = 0; t < shape.length; ++t) {
            const float *c = cosines + std::ptrdiff_t{t} * half;
            const float *s = sines + std::ptrdiff_t{t} * half;
            for (int h = 0; h < shape.headCount; ++h, dQkv += size) {
                rotate(dq + headOffset(shape, shape.headCount, b, h, t), dQkv, c, s, half, -1.0f);
            }
            for (int h = 0; h < kv; ++h, dQkv += size) {
                rotate(dk + headOffset(shape, kv, b, h, t), dQkv, c, s, half, -1.0f);
            }
            for (int h = 0; h < kv; ++h, dQkv += size) {
                std::copy_n(dv + headOffset(shape, kv, b, h, t), size, dQkv);
            }
        }
    }
}

template <typename T> void mergeHeads(const T *heads, T *out, const AttentionShape &shape)
{
    for (int b = 0; b < shape.rows; ++b) {
        for (int t = 0; t < shape.length; ++t) {
            for (int h = 0; h < shape.headCount; ++h, out += shape.headSize) {
                std::copy_n(heads + headOffset(shape, shape.headCount, b, h, t), shape.headSize,
                            out);
            }
        }
    }
}

template <typename T> void splitHeads(const T *in, T *heads, const AttentionShape &shape)
{
    for (int b = 0; b < shape.rows; ++b) {
        for (int t = 0; t < shape.length; ++t) {
            for (int h = 0; h < shape.headCount; ++h, in += shape.headSize) {
                std::copy_n(in, shape.headSize,
                            heads + headOffset(shape, shape.headCount, b, h, t));
            }
        }
    }
}

template <typename T>
BITPRISM_CLONES void causalSoftmax(T *scores, int matrices, int length, float scale)
{
    for (int m = 0; m < matrices; ++m) {
        for (int t = 0; t < length; ++t, scores += length) {
            const int visible = t + 1;
            float maximum = -INFINITY;
#pragma omp simd reduction(max : maximum)
            for (int i = 0; i < visible; ++i) {
                const float score = load(scores + i);
                maximum = score > maximum ? score : maximum;
            }
            float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < visible; ++i) {
                sum += exponential((load(scores + i) - maximum) * scale);
            }
            const float inverse = 1.0f / sum;
#pragma omp simd
            for (int i = 0; i < visible; ++i) {
                store(scores + i, exponential((load(scores + i) - maximum) * scale) * inverse);
            }
            std::fill(scores + visible, scores + length, T(0));
        }
    }
}

template <typename T>
BITPRISM_CLONES void causalSoftmaxBackward(const T *probabilities, T *gradient, int matrices,
                                           int length, float scale)
{
    for (int m = 0; m < matrices; ++m) {
        for (int t = 0; t < length; ++t, gradient += length, probabilities += length) {
            const int visible = t + 1;
            float dot = 0.0f;
#pragma omp simd reduction(+ : dot)
            for (int i = 0; i < visible; ++i) {
                dot += load(probabilities + i) * load(gradient + i);
            }
#pragma omp simd
            for (int i = 0; i < visible; ++i) {
                store(gradient + i, load(probabilities + i) * (load(gradient + i) - dot) * scale);
            }
            std::fill(gradient + visible, gradient + length, T(0));
        }
    }
}

// Types take no parentheses. NOLINTBEGIN(bugprone-macro-parentheses)
#define BITPRISM_INSTANTIATE(T)                                                                    \
    template void splitQkv(const T *, T *, T *, T *, const float *, const float *,                 \
                           const AttentionShape &);                                                \
    template void mergeQkv(const T *, const T *, const T *, T *, const float *, const float *,     \
                           const AttentionShape &);                                                \
    template void mergeHeads(const T *, T *, const AttentionShape &);                              \
    template void splitHeads(const T *, T *, const AttentionShape &);                              \
    template void causalSoftmax(T *, int, int, float);                                             \
    template void causalSoftmaxBackward(const T *, T *, int, int, float);
// NOLINTEND(bugprone-macro-parentheses)

BITPRISM_INSTANTIATE(float)
BITPRISM_INSTANTIATE(Bfloat16)
#undef BITPRISM_INSTANTIATE

} // namespace bitprism::train
