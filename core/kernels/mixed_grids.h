// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/matrix_view.h"
#include "core/kernels/uniform_affine.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace bitprism {

/// What a channel of a matrix [rows, cols] is.
enum class ChannelAxis
{
    Columns, ///< of inputs: the publication's "hidden dimension"
    Rows ///< of outputs
};

/// High-impact channels and the others, each ascending (high-impact-ratio.md 3.2).
struct ChannelSplit
{
    ChannelAxis axis = ChannelAxis::Columns;
    std::vector<std::int64_t> high;
    std::vector<std::int64_t> low;

    std::int64_t channels() const { return std::ssize(high) + std::ssize(low); }
};

/// round(ratio * channels); a ratio strictly between 0 and 1 leaves a channel on either side.
std::int64_t highImpactCount(double ratio, std::int64_t channels);
/// The channels with the highest scores, of equal ones those that come first: splits at rising
/// ratios are nested. Throws BadInput for scores that are not finite.
ChannelSplit splitByScore(std::span<const float> scores, double ratio, ChannelAxis axis);

/// Grids of both parts; groups are formed inside each part, of its channels in their order.
struct MixedGridOptions
{
    GridOptions high;
    GridOptions low;
};

/// Stored bits of a matrix with `highCount` high-impact channels: both parts' codes and grids, and
/// one bit a channel for the mask (high-impact-ratio.md 3.4). Empty parts have no grids.
StorageBits mixedGridStorage(std::int64_t rows, std::int64_t cols, ChannelAxis axis,
                             std::int64_t highCount, const MixedGridOptions &options);

/// A layer whose channels lie on grids of two widths: a mask, and two matrices of uniform codes.
class MixedGridWeight final : public QuantizedWeight
{
public:
    using Part = std::shared_ptr<const UniformAffineWeight>;

    /// Parts hold the split's channels in their order; null for an empty one.
    MixedGridWeight(std::int64_t rows, std::int64_t cols, ChannelSplit split, Part high, Part low);

    std::string encodingId() const override { return "mixed-grids"; }
    std::int64_t rows() const override { return m_rows; }
    std::int64_t cols() const override { return m_cols; }
    int bits() const override;
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override;
    StoredArrays write() const override;

    const ChannelSplit &split() const { return m_split; }
    const Part &high() const { return m_high; }
    const Part &low() const { return m_low; }

private:
    std::int64_t m_rows;
    std::int64_t m_cols;
    ChannelSplit m_split;
    Part m_high;
    Part m_low;
};

/// The split's channels of `weights` as a matrix of their own, [rows, part] or [part, cols].
struct MatrixPart
{
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> values;

    MatrixView<const float> view() const { return {values.data(), rows, cols}; }
    MatrixView<float> view() { return {values.data(), rows, cols}; }
};
MatrixPart partOf(MatrixView<const float> weights, std::span<const std::int64_t> channels,
                  ChannelAxis axis);

/// Both parts rounded to nearest on their own grids. `hessian` [cols, cols] is needed by
/// ClipSearch::Hessian only.
std::shared_ptr<const MixedGridWeight> roundMixed(MatrixView<const float> weights,
                                                  const ChannelSplit &split,
                                                  const MixedGridOptions &options,
                                                  MatrixView<const float> hessian = {},
                                                  std::stop_token stop = {});

/// Which part GPTQ rounds first.
enum class MixedOrder
{
    LowFirst, ///< the fine grids absorb the errors of the coarse ones
    HighFirst
};

/// GPTQ on the mixed grids (high-impact-ratio.md 3.7): one part after the other, each column's
/// error moved to all columns not yet rounded. Within a part the groups with the largest inputs
/// come first, and in a group the columns; grids are fitted when their group's turn comes. Groups
/// stay those of the part's columns in their order, so no map is stored. `hessian` [cols, cols].
std::shared_ptr<const MixedGridWeight> gptqMixed(MatrixView<const float> weights,
                                                 MatrixView<const float> hessian,
                                                 const ChannelSplit &split,
                                                 const MixedGridOptions &options, MixedOrder order,
                                                 double damping, std::stop_token stop = {});

} // namespace bitprism
