// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/matrix_view.h"
#include "core/kernels/sparse_values.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace bitprism {

struct CodebookOptions
{
    int bits = 4; ///< 1 to 8: a codebook has 2^bits values
    int iterations = 50; ///< of Lloyd's algorithm, at most
    ScaleType type = ScaleType::F16; ///< of codebooks and of weights kept apart
};

/// Stored bits of a matrix [rows, cols] with a codebook for each row: codes, 2^bits values a row,
/// and value and 16 bits of column of each of `kept` weights, 16 for each row's count of them.
StorageBits rowCodebookStorage(std::int64_t rows, std::int64_t cols, const CodebookOptions &options,
                               std::int64_t kept);

/// A layer as codes into a codebook of each row, and weights kept apart.
class RowCodebookWeight final : public QuantizedWeight
{
public:
    /// `codebooks` [rows, 2^bits] and `kept`, by row then column, are exact in options.type;
    /// `codes` [rows, cols].
    RowCodebookWeight(std::int64_t rows, std::int64_t cols, const CodebookOptions &options,
                      std::vector<float> codebooks, std::span<const std::uint8_t> codes,
                      std::vector<SparseValue> kept);

    std::string encodingId() const override { return "row-codebooks"; }
    std::int64_t rows() const override { return m_rows; }
    std::int64_t cols() const override { return m_cols; }
    int bits() const override { return m_options.bits; }
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override;
    StoredArrays write() const override;

    const std::vector<float> &codebooks() const { return m_codebooks; }
    const std::vector<SparseValue> &kept() const { return m_kept; }
    std::vector<std::uint8_t> codes() const;

private:
    std::int64_t m_rows;
    std::int64_t m_cols;
    CodebookOptions m_options; ///< iterations are of no interest
    std::vector<float> m_codebooks;
    std::vector<std::byte> m_packedCodes;
    std::vector<SparseValue> m_kept;
};

/// Places (row * cols + col, ascending) of the weights beyond Tukey's fences, as SqueezeLLM finds
/// outliers (arXiv 2306.07629): |w| >= max(|q1 - range * (q3 - q1)|, |q3 + range * (q3 - q1)|)
/// with the quartiles of the whole matrix. None where range is 0 or half of the weights are equal.
/// O(rows cols).
std::vector<std::int64_t> outlierPlaces(MatrixView<const float> weights, double range);

/// Sensitivity-weighted k-means of each row (SqueezeLLM): k-means++, then Lloyd, weights of the
/// squared error being `sensitivity` [rows, cols] (all alike where it is empty). Weights at `kept`
/// places (ascending) shape no codebook. Centroids are rounded to their stored type before codes
/// are chosen. A sensitivity counts at least 1e-6 of its row's mean. Rows draw from streams of
/// their own: same result for any thread count. Throws BadInput on values that are not finite or
/// too large for the type. O(rows (cols log cols + iterations 2^bits log cols)).
std::shared_ptr<const RowCodebookWeight> clusterRows(MatrixView<const float> weights,
                                                     MatrixView<const float> sensitivity,
                                                     std::span<const std::int64_t> kept,
                                                     const CodebookOptions &options,
                                                     std::uint64_t seed, std::stop_token stop = {});

} // namespace bitprism
