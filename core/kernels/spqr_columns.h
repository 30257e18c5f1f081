// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/gptq.h"
#include "core/kernels/matrix_view.h"
#include "core/kernels/sparse_values.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace bitprism {

struct SpqrOptions
{
    int bits = 4; ///< 2 to 8
    std::int64_t groupSize = 16; ///< columns; 0: the whole row
    int scaleBits = 3; ///< of the second-level codes, 2 to 8
    double tau = 0.2; ///< smaller keeps more outliers; infinite: none
    int blockSize = 128; ///< columns between two updates of the rest; changes speed only
};

/// Grids of SpQR (Dettmers et al., arXiv 2306.03078): weight = scale * (code - zeroPoint) with both
/// scale and zero point coded themselves, value = offset + step * code, where 16 rows of one group
/// of columns share step and offset (F16). Zero points are not whole numbers.
struct SpqrGrids
{
    static constexpr std::int64_t rowsPerSet = 16;

    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t groupSize = 0;
    std::int64_t groupsPerRow = 0;
    int bits = 4;
    int scaleBits = 3;
    std::vector<std::uint8_t> scaleCodes; ///< [rows, groups]
    std::vector<std::uint8_t> zeroCodes; ///< [rows, groups]
    /// [sets of rows, groups], exact in F16.
    std::vector<float> scaleSteps, scaleOffsets, zeroSteps, zeroOffsets;
    std::vector<std::uint16_t> groupOfColumn; ///< [cols]; empty: column / groupSize

    /// Of the right shape, all zeros; BadInput for what cannot be stored.
    static SpqrGrids empty(std::int64_t rows, std::int64_t cols, const SpqrOptions &options);
    std::int64_t rowSets() const { return (rows + rowsPerSet - 1) / rowsPerSet; }
    std::int64_t group(std::int64_t col) const
    {
        return groupOfColumn.empty() ? col / groupSize
                                     : groupOfColumn[static_cast<std::size_t>(col)];
    }
    float scale(std::int64_t row, std::int64_t groupIndex) const;
    float zeroPoint(std::int64_t row, std::int64_t groupIndex) const;
};

struct SpqrResult
{
    SpqrGrids grids;
    std::vector<std::uint8_t> codes; ///< [rows, cols]; an outlier's own code stands for about zero
    std::vector<SparseValue> outliers; ///< in F16; by row, then column
};

/// H as SpQR damps it: `damping` times the mean diagonal is added first, then dead inputs count as
/// 1 (GPTQ does it the other way round). GptqFactor::make() of the result, without damping of its
/// own, is what spqr() takes. [cols, cols], symmetric.
std::vector<float> spqrHessian(MatrixView<const float> hessian, double damping);

/// GPTQ's column loop with SpQR's grids and outliers: where a weight's error, weighed as GPTQ
/// weighs it, exceeds tau times the mean over columns of var(W_c) / U_cc^2, the weight is kept
/// apart; weights whose absence would reduce the error of their group by as much do not shape its
/// grid. `isDead` [cols]: inputs that were always zero, whose weights become 0. Same result for any
/// thread count. Throws BadInput on values that are not finite. O(rows cols^2).
SpqrResult spqr(MatrixView<const float> weights, const GptqFactor<float> &factor,
                const std::vector<bool> &isDead, const SpqrOptions &options,
                std::stop_token stop = {});

namespace detail {

/// Scale and zero point of one group from its range, neither rounded; 0 is not forced into it.
struct RealGrid
{
    float scale = 1;
    float zeroPoint = 0;

    float code(float weight, float maxCode) const;
    float value(float code) const { return scale * (code - zeroPoint); }
};
RealGrid realGrid(std::span<const float> group, int bits);

/// Marks the weights of a group whose absence reduces its error sum ((w - Q(w)) / pivot)^2, the
/// grid fitted anew, by more than `threshold`. O(group): only the ends of the range shape a grid.
std::vector<bool> leaveOneOut(std::span<const float> group, std::span<const float> pivots, int bits,
                              float threshold);

} // namespace detail

} // namespace bitprism
