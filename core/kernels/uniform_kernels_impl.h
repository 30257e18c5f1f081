// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/uniform_kernels.h"

/// Included by uniform_kernels.cpp and uniform_kernels_avx2.cpp, which are compiled with other
/// instruction sets: everything has internal linkage, and nothing inline comes from elsewhere.
namespace bitprism {

namespace {

constexpr int tileRows = UniformKernels::tileRows;

/// As detail::roundToCode() (round_code.h), whose reasons hold here.
inline float codeOf(float quotient, float zeroPoint, float maxCode)
{
    constexpr float shift = 0x1.8p23F;
    const float low = -zeroPoint;
    const float high = maxCode - zeroPoint;
    float level = quotient > low ? quotient : low;
    level = level < high ? level : high;
    return ((level + shift) - shift) + zeroPoint;
}

void quantize(const float *weights, std::int64_t count, GridValues grid, std::uint8_t *codes)
{
    for (std::int64_t i = 0; i < count; ++i) {
        codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(
            codeOf(weights[i] / grid.scale, grid.zeroPoint, grid.maxCode)));
    }
}

void dequantize(const std::uint8_t *codes, std::int64_t count, GridValues grid, float *weights)
{
    for (std::int64_t i = 0; i < count; ++i) {
        weights[i] = grid.scale * (static_cast<float>(codes[i]) - grid.zeroPoint);
    }
}

void fakeQuantize(const float *weights, std::int64_t count, GridValues grid, float *result)
{
    for (std::int64_t i = 0; i < count; ++i) {
        const float code = codeOf(weights[i] / grid.scale, grid.zeroPoint, grid.maxCode);
        result[i] = grid.scale * (code - grid.zeroPoint);
    }
}

/// v^1.2 = (v (v^(-1/5))^2)^2 for v >= 0, to single precision: a guess from the exponent bits and
/// three Newton steps, because pow() in this loop would be the whole time of the search.
inline float powerSixFifths(float v)
{
    // Bits of v^(-1/5) = magic - bits of v / 5; 0.06 centres the error of the guess, 3 %.
    constexpr float magic = (1.2F * 127.0F - 0.06F) * 0x1p23F;
    float y = __builtin_bit_cast(
        float,
        static_cast<std::int32_t>(
            magic - 0.2F * static_cast<float>(__builtin_bit_cast(std::int32_t, v))));
    for (int step = 0; step < 3; ++step) {
        const float square = y * y; // multiplied in an order that does not overflow for v = 0
        y = y * (1.2F - 0.2F * ((v * square) * (square * y)));
    }
    const float root = v * y * y;
    return root * root;
}

void powerTerms(const float *weights, std::int64_t count, GridValues grid, float inverseUnit,
                float *terms)
{
    for (std::int64_t i = 0; i < count; ++i) {
        const float code = codeOf(weights[i] / grid.scale, grid.zeroPoint, grid.maxCode);
        const float error = (grid.scale * (code - grid.zeroPoint) - weights[i]) * inverseUnit;
        terms[i] = powerSixFifths(error * error);
    }
}

void roundColumn(const float *__restrict weights, const float *__restrict scales,
                 const float *__restrict zeroPoints, float maxCode, float pivot,
                 std::uint8_t *__restrict codes, float *__restrict errors,
                 double *__restrict errorSums)
{
    for (int i = 0; i < tileRows; ++i) {
        const float code = codeOf(weights[i] / scales[i], zeroPoints[i], maxCode);
        const float error = (weights[i] - scales[i] * (code - zeroPoints[i])) / pivot;
        codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
        errors[i] = error;
        errorSums[i] += static_cast<double>(error) * static_cast<double>(error);
    }
}

void moveErrors(float *__restrict columns, std::int64_t count, const float *__restrict errors,
                const float *__restrict factors)
{
    for (std::int64_t j = 0; j < count; ++j) {
        float *__restrict column = columns + j * tileRows;
        const float factor = factors[j];
        for (int i = 0; i < tileRows; ++i) {
            column[i] -= errors[i] * factor;
        }
    }
}

constexpr UniformKernels implementation{&quantize,   &dequantize,  &fakeQuantize,
                                        &powerTerms, &roundColumn, &moveErrors};

} // namespace

} // namespace bitprism
