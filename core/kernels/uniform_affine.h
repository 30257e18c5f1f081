// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/uniform_quantizer.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace bitprism {

/// Stored bits of a matrix [rows, cols] on uniform grids, without quantizing it: codes at their
/// width, one scale and, for asymmetric rules, one zero point per grid; with `hasGroupMap`,
/// ceil(log2(groups)) bits per column for the group each belongs to.
StorageBits uniformAffineStorage(std::int64_t rows, std::int64_t cols, const GridOptions &options,
                                 bool hasGroupMap = false);

/// A layer as codes on uniform affine grids: `weight = scale * (code - zeroPoint)`.
class UniformAffineWeight final : public QuantizedWeight
{
public:
    /// `codes` is [rows, cols] of `grids`; each is at most grids.maxCode().
    UniformAffineWeight(GridSet grids, std::span<const std::uint8_t> codes);
    /// The form of codes before they are made, for their size in a file: grids() has one row that
    /// stands for all, and there are no codes. Throws what emptyGrids() throws.
    static std::shared_ptr<const UniformAffineWeight> outline(std::int64_t rows, std::int64_t cols,
                                                              const GridOptions &options,
                                                              bool hasGroupMap = false);

    std::string encodingId() const override { return "uniform-affine"; }
    std::int64_t rows() const override { return m_grids.rows; }
    std::int64_t cols() const override { return m_grids.cols; }
    int bits() const override { return m_grids.bits; }
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override;
    StoredArrays write() const override;

    const GridSet &grids() const { return m_grids; }
    bool isOutline() const { return m_packedCodes.empty(); }
    /// [rows, cols], unpacked; not of an outline.
    std::vector<std::uint8_t> codes() const;

private:
    explicit UniformAffineWeight(GridSet grids)
        : m_grids(std::move(grids))
    {
    }

    GridSet m_grids;
    std::vector<std::byte> m_packedCodes;
};

} // namespace bitprism
