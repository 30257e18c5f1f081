// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/sparse_values.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/kernels/packing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitprism {

namespace {

constexpr int sparseBits = 16; // of a column, and of a row's count

void requireFiniteScores(std::span<const float> scores)
{
    for (const float score : scores) {
        if (!std::isfinite(score)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The scores of a layer's weights are not finite; the model "
                                    "overflows on this calibration data."));
        }
    }
}

} // namespace

std::int64_t sparseIndexBits(std::int64_t rows, std::int64_t count)
{
    return count == 0 ? 0 : (rows + count) * sparseBits;
}

std::string_view storedDtype(ScaleType type)
{
    switch (type) {
    case ScaleType::F16:
        return "F16";
    case ScaleType::Bf16:
        return "BF16";
    case ScaleType::F32:
        break;
    }
    return "F32";
}

ScaleType storedTypeOf(const StoredArrayReader &reader, std::string_view name)
{
    for (const ScaleType type : {ScaleType::F16, ScaleType::Bf16, ScaleType::F32}) {
        if (reader.array(name).dtype == storedDtype(type)) {
            return type;
        }
    }
    reader.damaged(name);
}

float roundStored(float value, ScaleType type)
{
    float rounded = value;
    if (type == ScaleType::F16) {
        rounded = roundToHalf(value);
    } else if (type == ScaleType::Bf16) {
        rounded = bfloat16ToFloat(floatToBfloat16(value));
    }
    if (!std::isfinite(rounded)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The weight %1 is too large for the type %2; keep values in f32 "
                                "or bf16."),
                    value, scaleTypeName(type));
    }
    return rounded;
}

std::vector<std::int64_t> largestPlaces(std::span<const float> scores, std::int64_t count)
{
    BITPRISM_ASSERT(count >= 0 && count <= std::ssize(scores), "a part of the scores");
    requireFiniteScores(scores);
    std::vector<std::int64_t> places(scores.size());
    std::iota(places.begin(), places.end(), std::int64_t(0));
    if (count < std::ssize(places)) {
        std::nth_element(places.begin(), places.begin() + count, places.end(),
                         [&](std::int64_t a, std::int64_t b) {
                             const float left = scores[static_cast<std::size_t>(a)];
                             const float right = scores[static_cast<std::size_t>(b)];
                             return left > right || (left == right && a < b);
                         });
        places.resize(static_cast<std::size_t>(count));
        std::sort(places.begin(), places.end());
    }
    return places;
}

std::vector<SparseValue> keptValues(MatrixView<const float> weights,
                                    std::span<const std::int64_t> places, ScaleType type)
{
    if (weights.cols > maxSparseCols) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Weights are kept apart in layers with up to %1 columns, not %2; "
                                "choose another quantizer."),
                    maxSparseCols, weights.cols);
    }
    std::vector<SparseValue> values;
    values.reserve(places.size());
    for (const std::int64_t place : places) {
        const std::int64_t row = place / weights.cols;
        const std::int64_t col = place % weights.cols;
        values.push_back({row, col, roundStored(weights(row, col), type)});
    }
    return values;
}

void scatter(std::span<const SparseValue> values, MatrixView<float> weights)
{
    for (const SparseValue &kept : values) {
        weights(kept.row, kept.col) = kept.value;
    }
}

void addSparse(StoredArrays &arrays, std::int64_t rows, std::span<const SparseValue> values,
               ScaleType type)
{
    std::vector<float> numbers;
    std::vector<std::uint16_t> columns;
    std::vector<std::uint16_t> counts(static_cast<std::size_t>(rows), 0);
    for (const SparseValue &kept : values) {
        numbers.push_back(kept.value);
        columns.push_back(static_cast<std::uint16_t>(kept.col));
        ++counts[static_cast<std::size_t>(kept.row)];
    }
    arrays["outlier_values"] = storedFloats(numbers, {std::ssize(numbers)}, storedDtype(type));
    arrays["outlier_columns"] = storedBytes(packCodes(columns, sparseBits));
    arrays["outlier_counts"] = storedBytes(packCodes(counts, sparseBits));
}

std::vector<SparseValue> readSparse(const StoredArrayReader &reader, std::int64_t rows,
                                    std::int64_t cols)
{
    // Before anything of the promised size is allocated: the file must hold that many counts.
    if (std::ssize(reader.bytes("outlier_counts")) != rows * sparseBits / 8) {
        reader.damaged("outlier_counts");
    }
    const std::vector<float> numbers = reader.floats("outlier_values");
    std::vector<std::uint16_t> counts(static_cast<std::size_t>(rows));
    std::vector<std::uint16_t> columns(numbers.size());
    unpackCodes(reader.bytes("outlier_counts"), sparseBits, counts);
    unpackCodes(reader.bytes("outlier_columns"), sparseBits, columns);
    std::vector<SparseValue> values;
    values.reserve(numbers.size());
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::uint16_t count = counts[static_cast<std::size_t>(row)];
        for (std::uint16_t i = 0; i < count; ++i) {
            const std::size_t next = values.size();
            const bool isOrdered = next < numbers.size()
                && (i == 0 || columns[next] > columns[next - 1]) && columns[next] < cols;
            if (!isOrdered || !std::isfinite(numbers[next])) {
                reader.damaged("outlier_columns");
            }
            values.push_back({row, columns[next], numbers[next]});
        }
    }
    if (values.size() != numbers.size()) {
        reader.damaged("outlier_counts");
    }
    return values;
}

} // namespace bitprism
