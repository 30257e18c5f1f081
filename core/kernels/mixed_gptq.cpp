// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/blas.h"
#include "core/kernels/gptq.h"
#include "core/kernels/mixed_grids.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace bitprism {

namespace {

using Factor = GptqFactor<float>;

/// A part's columns in the order they are rounded: groups stay whole, so that position k lies in
/// the group k / groupSize of that order.
class PartOrder
{
public:
    /// `columns` ascending, of the whole matrix.
    PartOrder(std::vector<std::int64_t> columns, MatrixView<const float> hessian,
              std::int64_t groupSize)
        : m_columns(std::move(columns))
        , m_groupSize(groupSize > 0 ? groupSize : std::max<std::int64_t>(1, std::ssize(m_columns)))
    {
        const auto weightOf = [&](std::int64_t member) {
            const std::int64_t column = m_columns[static_cast<std::size_t>(member)];
            return hessian(column, column);
        };
        const std::int64_t size = std::ssize(m_columns);
        const std::int64_t whole = size / m_groupSize; // a shorter group stays at the end
        std::vector<std::int64_t> groups(static_cast<std::size_t>(whole));
        std::iota(groups.begin(), groups.end(), std::int64_t(0));
        std::vector<double> sums(static_cast<std::size_t>(whole), 0);
        for (std::int64_t i = 0; i < whole * m_groupSize; ++i) {
            sums[static_cast<std::size_t>(i / m_groupSize)] += static_cast<double>(weightOf(i));
        }
        std::stable_sort(groups.begin(), groups.end(), [&](std::int64_t a, std::int64_t b) {
            return sums[static_cast<std::size_t>(a)] > sums[static_cast<std::size_t>(b)];
        });
        if (whole * m_groupSize < size) {
            groups.push_back(whole);
        }
        for (const std::int64_t group : groups) {
            const auto first = static_cast<std::ptrdiff_t>(m_order.size());
            for (std::int64_t i = group * m_groupSize;
                 i < std::min((group + 1) * m_groupSize, size); ++i) {
                m_order.push_back(i);
            }
            std::stable_sort(
                m_order.begin() + first, m_order.end(),
                [&](std::int64_t a, std::int64_t b) { return weightOf(a) > weightOf(b); });
        }
    }

    std::int64_t size() const { return std::ssize(m_columns); }
    /// Column of the matrix that is rounded k-th.
    std::int64_t column(std::int64_t k) const
    {
        return m_columns[static_cast<std::size_t>(m_order[static_cast<std::size_t>(k)])];
    }

    /// Codes and grids of the order of rounding, put into the order of the columns.
    std::shared_ptr<const UniformAffineWeight> restored(const GptqResult<float> &result) const
    {
        GridSet grids = result.grids;
        std::vector<std::uint8_t> codes(result.codes.size());
        for (std::int64_t k = 0; k < size(); ++k) {
            const std::int64_t member = m_order[static_cast<std::size_t>(k)];
            for (std::int64_t row = 0; row < grids.rows; ++row) {
                codes[static_cast<std::size_t>(row * size() + member)]
                    = result.codes[static_cast<std::size_t>(row * size() + k)];
                const std::size_t from = result.grids.gridIndex(row, k / m_groupSize);
                const std::size_t to = grids.gridIndex(row, member / m_groupSize);
                grids.scales[to] = result.grids.scales[from];
                grids.zeroPoints[to] = result.grids.zeroPoints[from];
            }
        }
        return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    }

private:
    std::vector<std::int64_t> m_columns;
    std::int64_t m_groupSize;
    std::vector<std::int64_t> m_order; ///< positions in m_columns
};

/// The part of a factor for the columns [first, first + count) of its order.
Factor factorOf(const Factor &whole, std::int64_t first, std::int64_t count)
{
    Factor part;
    part.cols = count;
    part.damping = whole.damping;
    part.upper.resize(static_cast<std::size_t>(count * count));
    part.order.resize(static_cast<std::size_t>(count));
    std::iota(part.order.begin(), part.order.end(), std::int64_t(0));
    for (std::int64_t i = 0; i < count; ++i) {
        const auto row = whole.upper.begin() + (first + i) * whole.cols + first;
        std::copy(row, row + count, part.upper.begin() + i * count);
        part.isDead.push_back(whole.isDead[static_cast<std::size_t>(first + i)]);
    }
    return part;
}

/// Everything in the order of rounding: first one part's columns, then the other's.
class MixedRun
{
public:
    MixedRun(MatrixView<const float> hessian, PartOrder first, PartOrder second, double damping,
             std::stop_token stop)
        : m_first(std::move(first))
        , m_second(std::move(second))
        , m_stop(std::move(stop))
    {
        for (std::int64_t k = 0; k < m_first.size(); ++k) {
            m_columns.push_back(m_first.column(k));
        }
        for (std::int64_t k = 0; k < m_second.size(); ++k) {
            m_columns.push_back(m_second.column(k));
        }
        m_hessian = partOf(hessian, m_columns, ChannelAxis::Rows);
        m_hessian = partOf(m_hessian.view(), m_columns, ChannelAxis::Columns);
        m_factor = Factor::make(std::as_const(m_hessian).view(), damping, false, m_stop);
    }

    struct Rounded
    {
        MixedGridWeight::Part first;
        MixedGridWeight::Part second;
    };

    Rounded round(MatrixView<const float> weights, const GridOptions &firstGrid,
                  const GridOptions &secondGrid) const
    {
        MatrixPart W = partOf(weights, m_columns, ChannelAxis::Columns);
        const std::int64_t split = m_first.size();
        const std::int64_t rest = m_second.size();
        Rounded result;
        if (split > 0) {
            const GptqResult<float> rounded
                = roundPart(std::as_const(W).view(), 0, split, firstGrid, rest > 0);
            result.first = m_first.restored(rounded);
            if (rest > 0) { // E U = W - Q: what is left of the first part's errors
                const MatrixView<const float> upper(m_factor.upper.data(), m_factor.cols,
                                                    m_factor.cols);
                blas::gemm(-1.0F, {rounded.compensation.data(), W.rows, split}, blas::Transpose::No,
                           upper.block(0, split, split, rest), blas::Transpose::No, 1.0F,
                           W.view().block(0, split, W.rows, rest));
            }
        }
        if (rest > 0) {
            result.second = m_second.restored(
                roundPart(std::as_const(W).view(), split, rest, secondGrid, false));
        }
        return result;
    }

private:
    GptqResult<float> roundPart(MatrixView<const float> W, std::int64_t first, std::int64_t count,
                                const GridOptions &grid, bool keepCompensation) const
    {
        GptqOptions options;
        options.grid = grid;
        const Factor factor = factorOf(m_factor, first, count);
        return gptq<float>(W.block(0, first, W.rows, count), factor, options,
                           m_hessian.view().block(first, first, count, count), keepCompensation,
                           m_stop);
    }

    PartOrder m_first;
    PartOrder m_second;
    std::stop_token m_stop;
    std::vector<std::int64_t> m_columns; ///< rounded k-th
    MatrixPart m_hessian; ///< in that order
    Factor m_factor;
};

std::int64_t groupSizeOf(const GridOptions &options)
{
    return options.granularity == Granularity::Group ? options.groupSize : 0;
}

std::vector<std::int64_t> allColumns(std::int64_t count)
{
    std::vector<std::int64_t> columns(static_cast<std::size_t>(count));
    std::iota(columns.begin(), columns.end(), std::int64_t(0));
    return columns;
}

} // namespace

std::shared_ptr<const MixedGridWeight> gptqMixed(MatrixView<const float> weights,
                                                 MatrixView<const float> hessian,
                                                 const ChannelSplit &split,
                                                 const MixedGridOptions &options, MixedOrder order,
                                                 double damping, std::stop_token stop)
{
    MixedGridWeight::Part high;
    MixedGridWeight::Part low;
    if (split.axis == ChannelAxis::Rows) { // rows are independent: each part by itself
        const auto round = [&](const std::vector<std::int64_t> &rows,
                               const GridOptions &grid) -> MixedGridWeight::Part {
            if (rows.empty()) {
                return nullptr;
            }
            const MixedRun run(hessian,
                               PartOrder(allColumns(weights.cols), hessian, groupSizeOf(grid)),
                               PartOrder({}, hessian, 0), damping, stop);
            const MatrixPart part = partOf(weights, rows, ChannelAxis::Rows);
            return run.round(part.view(), grid, grid).first;
        };
        high = round(split.high, options.high);
        low = round(split.low, options.low);
    } else {
        PartOrder highOrder(split.high, hessian, groupSizeOf(options.high));
        PartOrder lowOrder(split.low, hessian, groupSizeOf(options.low));
        const bool isLowFirst = order == MixedOrder::LowFirst;
        const MixedRun run(hessian, isLowFirst ? lowOrder : highOrder,
                           isLowFirst ? highOrder : lowOrder, damping, stop);
        MixedRun::Rounded rounded = run.round(weights, isLowFirst ? options.low : options.high,
                                              isLowFirst ? options.high : options.low);
        high = isLowFirst ? rounded.second : rounded.first;
        low = isLowFirst ? rounded.first : rounded.second;
    }
    return std::make_shared<MixedGridWeight>(weights.rows, weights.cols, split, std::move(high),
                                             std::move(low));
}

} // namespace bitprism
