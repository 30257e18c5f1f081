// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/stored_array.h"
#include "core/kernels/uniform_quantizer.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bitprism {

/// A weight kept as it is beside the codes of its matrix.
struct SparseValue
{
    std::int64_t row = 0;
    std::int64_t col = 0;
    float value = 0;

    friend bool operator==(const SparseValue &, const SparseValue &) = default;
};

/// Columns take 16 bits, and so does each row's count of kept weights.
constexpr std::int64_t maxSparseCols = 65535;

/// Bits of the columns of `count` kept weights and of each row's count; none where none is kept.
std::int64_t sparseIndexBits(std::int64_t rows, std::int64_t count);

/// The safetensors name of a type, and the other way round (BadInput of `reader` for another).
std::string_view storedDtype(ScaleType type);
ScaleType storedTypeOf(const StoredArrayReader &reader, std::string_view name);
/// `value` as `type` holds it, to nearest, ties to even. BadInput where F16 ends.
float roundStored(float value, ScaleType type);

/// Places of the `count` largest of `scores`, ascending; among equals the first win. BadInput for
/// scores that are not finite. O(n).
std::vector<std::int64_t> largestPlaces(std::span<const float> scores, std::int64_t count);

/// The weights at `places` (row * cols + col, ascending) of a matrix, rounded to `type`. BadInput
/// where `cols` exceeds maxSparseCols.
std::vector<SparseValue> keptValues(MatrixView<const float> weights,
                                    std::span<const std::int64_t> places, ScaleType type);

/// Puts each value in its place of `weights` [rows, cols].
void scatter(std::span<const SparseValue> values, MatrixView<float> weights);

/// Adds the arrays outlier_values, outlier_columns and outlier_counts. `values` lie by row, then
/// column, and are exact in `type`.
void addSparse(StoredArrays &arrays, std::int64_t rows, std::span<const SparseValue> values,
               ScaleType type);
/// The reverse, checked: values of a matrix [rows, cols] in order.
std::vector<SparseValue> readSparse(const StoredArrayReader &reader, std::int64_t rows,
                                    std::int64_t cols);

} // namespace bitprism
