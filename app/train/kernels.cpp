// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/kernels.h"

#include "app/train/kernel_math.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bitprism::train {

using namespace kernel;

void toStorage(const float *from, float *to, std::size_t count) { std::copy_n(from, count, to); }

BITPRISM_CLONES void toStorage(const float *from, Bfloat16 *to, std::size_t count)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        store(to + i, from[i]);
    }
}

void toFloat(const float *from, float *to, std::size_t count) { std::copy_n(from, count, to); }

BITPRISM_CLONES void toFloat(const Bfloat16 *from, float *to, std::size_t count)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        to[i] = load(from + i);
    }
}

template <typename T>
BITPRISM_CLONES void rmsNorm(const float *x, const float *gain, T *out, float *inverseRms, int rows,
                             int cols, float epsilon)
{
    for (int r = 0; r < rows; ++r, x += cols, out += cols) {
        float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
        for (int c = 0; c < cols; ++c) {
            sum += x[c] * x[c];
        }
        const float inverse = 1.0f / std::sqrt(sum / float(cols) + epsilon);
        inverseRms[r] = inverse;
#pragma omp simd
        for (int c = 0; c < cols; ++c) {
            store(out + c, x[c] * inverse * gain[c]);
        }
    }
}

template <typename T>
BITPRISM_CLONES void rmsNormBackward(const float *x, const float *gain, const float *inverseRms,
                                     const T *dOut, float *dx, float *dGain, int rows, int cols)
{
    for (int r = 0; r < rows; ++r, x += cols, dOut += cols, dx += cols) {
        const float inverse = inverseRms[r];
        float dot = 0.0f;
#pragma omp simd reduction(+ : dot)
        for (int c = 0; c < cols; ++c) {
            const float d = load(dOut + c);
            dGain[c] += d * x[c] * inverse;
            dot += d * gain[c] * x[c];
        }
        const float share = dot * inverse * inverse * inverse / float(cols);
#pragma omp simd
        for (int c = 0; c < cols; ++c) {
            dx[c] += load(dOut + c) * gain[c] * inverse - x[c] * share;
        }
    }
}

template <typename T>
BITPRISM_CLONES void addBranch(const float *x, const T *branch, float *out, std::size_t count,
                               Dropout dropout)
{
    const std::uint32_t limit = dropLimit(dropout.probability);
    const float scale = 1.0f / (1.0f - dropout.probability);
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float kept = hashOf(dropout.key, std::uint32_t(i)) >= limit ? scale : 0.0f;
        out[i] = x[i] + load(branch + i) * kept;
    }
}

template <typename T>
BITPRISM_CLONES void applyDropout(const float *x, T *out, std::size_t count, Dropout dropout)
{
    const std::uint32_t limit = dropLimit(dropout.probability);
    const float scale = 1.0f / (1.0f - dropout.probability);
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float kept = hashOf(dropout.key, std::uint32_t(i)) >= limit ? scale : 0.0f;
        store(out + i, x[i] * kept);
    }
}

template <typename T> BITPRISM_CLONES void swiGlu(const T *gateUp, T *out, int rows, int size)
{
    const std::ptrdiff_t both = std::ptrdiff_t{2} * size;
    for (int r = 0; r < rows; ++r, gateUp += both, out += size) {
#pragma omp simd
        for (int c = 0; c < size; ++c) {
            const float gate = load(gateUp + c);
            store(out + c, gate / (1.0f + exponential(-gate)) * load(gateUp + size + c));
        }
    }
}

template <typename T>
BITPRISM_CLONES void swiGluBackward(const T *gateUp, const T *dOut, T *dGateUp, int rows, int size)
{
    const std::ptrdiff_t both = std::ptrdiff_t{2} * size;
    for (int r = 0; r < rows; ++r, gateUp += both, dGateUp += both, dOut += size) {
#pragma omp simd
        for (int c = 0; c < size; ++c) {
            const float gate = load(gateUp + c);
            const float d = load(dOut + c);
            const float sigmoid = 1.0f / (1.0f + exponential(-gate));
            const float slope = sigmoid * (1.0f + gate * (1.0f - sigmoid));
            store(dGateUp + c, d * load(gateUp + size + c) * slope);
            store(dGateUp + size + c, d * gate * sigmoid);
        }
    }
}

template <typename T>
BITPRISM_CLONES double crossEntropy(T *logits, const std::int32_t *targets, int rows, int cols,
                                    float gradientScale)
{
    std::vector<float> buffer(std::size_t(cols), 0.0f);
    float *row = buffer.data();
    double total = 0.0;
    for (int r = 0; r < rows; ++r, logits += cols) {
        float maximum = -INFINITY;
#pragma omp simd reduction(max : maximum)
        for (int c = 0; c < cols; ++c) {
            row[c] = load(logits + c);
            maximum = row[c] > maximum ? row[c] : maximum;
        }
        const float targetLogit = row[targets[r]];
        float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
        for (int c = 0; c < cols; ++c) {
            row[c] = exponential(row[c] - maximum);
            sum += row[c];
        }
        total += std::log(double(sum)) + double(maximum) - double(targetLogit);
        if (gradientScale > 0.0f) {
            row[targets[r]] -= sum;
            const float factor = gradientScale / sum;
#pragma omp simd
            for (int c = 0; c < cols; ++c) {
                store(logits + c, row[c] * factor);
            }
        }
    }
    return total;
}

// Types take no parentheses. NOLINTBEGIN(bugprone-macro-parentheses)
#define BITPRISM_INSTANTIATE(T)                                                                    \
    template void rmsNorm(const float *, const float *, T *, float *, int, int, float);            \
    template void rmsNormBackward(const float *, const float *, const float *, const T *, float *, \
                                  float *, int, int);                                              \
    template void addBranch(const float *, const T *, float *, std::size_t, Dropout);              \
    template void applyDropout(const float *, T *, std::size_t, Dropout);                          \
    template void swiGlu(const T *, T *, int, int);                                                \
    template void swiGluBackward(const T *, const T *, T *, int, int);                             \
    template double crossEntropy(T *, const std::int32_t *, int, int, float);
// NOLINTEND(bugprone-macro-parentheses)

BITPRISM_INSTANTIATE(float)
BITPRISM_INSTANTIATE(Bfloat16)
#undef BITPRISM_INSTANTIATE

} // namespace bitprism::train
