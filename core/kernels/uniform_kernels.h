// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace bitprism {

/// A uniform grid as the loops want it: weight = scale * (code - zeroPoint).
struct GridValues
{
    float scale = 1;
    float zeroPoint = 0;
    float maxCode = 15;
};

/// The inner loops on uniform grids, in single precision. Elements are independent of each other
/// and no operation is fused or reordered, so every implementation gives the same bits.
struct UniformKernels
{
    /// Rows that the tile functions work on.
    static constexpr int tileRows = 64;

    void (*quantize)(const float *weights, std::int64_t count, GridValues grid,
                     std::uint8_t *codes);
    void (*dequantize)(const std::uint8_t *codes, std::int64_t count, GridValues grid,
                       float *weights);
    /// Both; `result` may be `weights`.
    void (*fakeQuantize)(const float *weights, std::int64_t count, GridValues grid, float *result);

    /// |(Q(w) - w) * inverseUnit|^2.4 of each weight, to single precision: the clip search's norm.
    void (*powerTerms)(const float *weights, std::int64_t count, GridValues grid, float inverseUnit,
                       float *terms);

    /// GPTQ: one column of a tile is rounded on grids of its own rows. errors = (w - q) / pivot;
    /// their squares are added to `errorSums`. All arrays have tileRows elements.
    void (*roundColumn)(const float *weights, const float *scales, const float *zeroPoints,
                        float maxCode, float pivot, std::uint8_t *codes, float *errors,
                        double *errorSums);
    /// Columns [count, tileRows]: column j loses errors * factors[j].
    void (*moveErrors)(float *columns, std::int64_t count, const float *errors,
                       const float *factors);
};

const UniformKernels &plainUniformKernels();
/// Null where the program was built for another kind of processor.
const UniformKernels *avx2UniformKernels();
/// The faster one that this processor runs.
const UniformKernels &uniformKernels();

} // namespace bitprism
