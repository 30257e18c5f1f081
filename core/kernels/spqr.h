// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/spqr_columns.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// Stored bits of a matrix [rows, cols] in SpQR's format: codes; second-level codes of scales and
/// zero points with four F16 numbers for 16 rows of a group; 16 bits of value and 16 of column for
/// each outlier, 16 for each row's count; with `hasGroupMap`, ceil(log2(groups)) bits a column.
StorageBits spqrStorage(std::int64_t rows, std::int64_t cols, const SpqrOptions &options,
                        std::int64_t outliers, bool hasGroupMap);

/// A layer in SpQR's format.
class SpqrWeight final : public QuantizedWeight
{
public:
    explicit SpqrWeight(SpqrResult result);

    std::string encodingId() const override { return "spqr"; }
    std::int64_t rows() const override { return m_grids.rows; }
    std::int64_t cols() const override { return m_grids.cols; }
    int bits() const override { return m_grids.bits; }
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override;
    StoredArrays write() const override;

    const SpqrGrids &grids() const { return m_grids; }
    const std::vector<SparseValue> &outliers() const { return m_outliers; }
    std::vector<std::uint8_t> codes() const;

private:
    SpqrGrids m_grids;
    std::vector<std::byte> m_packedCodes;
    std::vector<SparseValue> m_outliers;
};

} // namespace bitprism
