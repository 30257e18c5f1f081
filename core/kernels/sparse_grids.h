// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/sparse_values.h"
#include "core/kernels/uniform_affine.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace bitprism {

/// Stored bits of a matrix on uniform grids with `kept` weights beside them: what the grids take,
/// value and 16 bits of column for each of these, 16 for each row's count of them.
StorageBits sparseGridStorage(std::int64_t rows, std::int64_t cols, const GridOptions &options,
                              ScaleType type, std::int64_t kept);

/// A layer as codes on uniform grids, and weights kept apart.
class SparseGridWeight final : public QuantizedWeight
{
public:
    using Dense = std::shared_ptr<const UniformAffineWeight>;

    /// `kept`, by row then column, is exact in `type`.
    SparseGridWeight(Dense dense, std::vector<SparseValue> kept, ScaleType type);

    std::string encodingId() const override { return "sparse-grids"; }
    std::int64_t rows() const override { return m_dense->rows(); }
    std::int64_t cols() const override { return m_dense->cols(); }
    int bits() const override { return m_dense->bits(); }
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override;
    StoredArrays write() const override;

    const UniformAffineWeight &dense() const { return *m_dense; }
    const std::vector<SparseValue> &kept() const { return m_kept; }

private:
    Dense m_dense;
    std::vector<SparseValue> m_kept;
    ScaleType m_type;
};

/// Rounds to nearest on grids fitted to what is left of each group without the weights at `kept`
/// places (row * cols + col, ascending), which are stored in `type`. No clip search by Hessian.
/// Throws BadInput on values that are not finite. O(rows cols), times 80 with the power norm.
std::shared_ptr<const SparseGridWeight> roundAround(MatrixView<const float> weights,
                                                    std::span<const std::int64_t> kept,
                                                    const GridOptions &options, ScaleType type,
                                                    std::stop_token stop = {});

} // namespace bitprism
