// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_quantizer.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/grid_search.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <atomic>
#include <bit>

namespace bitprism {

namespace {

/// Weights that one thread should have at least, lest starting it costs more than it saves.
constexpr std::int64_t grainWeights = 1 << 15;
/// Rows whose Hessian search runs as one matrix product.
constexpr std::int64_t hessianRows = 256;

std::size_t rowGrain(std::int64_t cols)
{
    return static_cast<std::size_t>(std::max<std::int64_t>(1, grainWeights / cols));
}

void setGrid(GridSet &grids, std::size_t index, Grid grid)
{
    grids.scales[index] = grid.scale;
    grids.zeroPoints[index] = grid.zeroPoint;
}

void fitTensor(MatrixView<const float> weights, const GridOptions &options, GridSet &grids,
               const std::stop_token &stop)
{
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(weights.rows * weights.cols));
    for (std::int64_t row = 0; row < weights.rows; ++row) {
        values.insert(values.end(), weights.row(row), weights.row(row) + weights.cols);
    }
    setGrid(grids, 0, detail::fitGroup(values, options, stop));
}

void fitRows(MatrixView<const float> weights, const GridOptions &options, GridSet &grids,
             const std::stop_token &stop)
{
    const auto rows = static_cast<std::size_t>(weights.rows);
    parallelFor(rows, rowGrain(weights.cols), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            throwIfStopped(stop);
            const auto row = static_cast<std::int64_t>(i);
            for (std::int64_t g = 0; g < grids.groupsPerRow; ++g) {
                const std::int64_t col = g * grids.groupSize;
                const std::int64_t count = std::min(grids.groupSize, weights.cols - col);
                const std::span group(weights.row(row) + col, static_cast<std::size_t>(count));
                setGrid(grids, grids.gridIndex(row, g), detail::fitGroup(group, options, stop));
            }
        }
    });
}

void fitByHessian(MatrixView<const float> weights, const GridOptions &options,
                  MatrixView<const float> hessian, GridSet &grids, const std::stop_token &stop)
{
    BITPRISM_ASSERT(hessian.rows == weights.cols && hessian.cols == weights.cols,
                    "the Hessian search needs H of the layer's inputs");
    const std::int64_t strip = grids.gridRows == 1 ? weights.rows : hessianRows;
    for (std::int64_t g = 0; g < grids.groupsPerRow; ++g) {
        const std::int64_t col = g * grids.groupSize;
        const std::int64_t count = std::min(grids.groupSize, weights.cols - col);
        const MatrixView<const float> block = hessian.block(col, col, count, count);
        for (std::int64_t row = 0; row < weights.rows; row += strip) {
            const std::int64_t rows = std::min(strip, weights.rows - row);
            std::vector<Grid> found(static_cast<std::size_t>(grids.gridRows == 1 ? 1 : rows));
            detail::searchByHessian(weights.block(row, col, rows, count), block, options, found,
                                    stop);
            for (std::size_t i = 0; i < found.size(); ++i) {
                setGrid(grids, grids.gridIndex(row + static_cast<std::int64_t>(i), g), found[i]);
            }
        }
    }
}

} // namespace

void checkFinite(MatrixView<const float> weights)
{
    constexpr std::uint32_t exponent = 0x7f800000U;
    std::atomic<bool> isFinite = true;
    parallelFor(static_cast<std::size_t>(weights.rows),
                rowGrain(std::max<std::int64_t>(1, weights.cols)),
                [&](std::size_t begin, std::size_t end) {
                    for (std::size_t i = begin; i < end; ++i) {
                        const float *w = weights.row(static_cast<std::int64_t>(i));
                        std::uint32_t bad = 0;
                        for (std::int64_t j = 0; j < weights.cols; ++j) {
                            const std::uint32_t bits = std::bit_cast<std::uint32_t>(w[j]);
                            bad |= static_cast<std::uint32_t>((bits & exponent) == exponent);
                        }
                        if (bad != 0) {
                            isFinite = false;
                        }
                    }
                });
    if (!isFinite) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The weights hold values that are not finite (NaN or infinity); "
                                "the checkpoint is damaged or overflowed."));
    }
}

GridSet emptyGrids(std::int64_t rows, std::int64_t cols, const GridOptions &options)
{
    constexpr std::int64_t maxGroups = 65536; // groups are numbered with 16 bits
    detail::checkOptions(options);
    if (rows < 1 || cols < 1) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A matrix of %1 x %2 weights cannot be quantized."), rows,
                    cols);
    }
    GridSet grids;
    grids.rows = rows;
    grids.cols = cols;
    grids.gridRows = options.granularity == Granularity::PerTensor ? 1 : rows;
    const bool hasGroups = options.granularity == Granularity::Group && options.groupSize > 0;
    grids.groupSize = hasGroups ? std::min(options.groupSize, cols) : cols;
    grids.groupsPerRow = (cols + grids.groupSize - 1) / grids.groupSize;
    if (grids.groupsPerRow > maxGroups) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 columns in groups of %2 make more than 65536 groups; use "
                                "larger groups."),
                    cols, grids.groupSize);
    }
    grids.bits = options.bits;
    grids.rule = options.rule;
    grids.scaleType = options.scaleType;
    const auto count = static_cast<std::size_t>(grids.gridRows * grids.groupsPerRow);
    grids.scales.assign(count, 1.0F);
    grids.zeroPoints.assign(count, 0);
    return grids;
}

Grid fitGrid(std::span<const float> group, const GridOptions &options)
{
    BITPRISM_ASSERT(!group.empty(), "a grid is fitted to at least one weight");
    BITPRISM_ASSERT(options.clip != ClipSearch::Hessian, "one group alone has no Hessian");
    detail::checkOptions(options);
    checkFinite({group.data(), 1, static_cast<std::int64_t>(group.size())});
    return detail::fitGroup(group, options);
}

GridSet fitGrids(MatrixView<const float> weights, const GridOptions &options,
                 MatrixView<const float> hessian, const std::stop_token &stop)
{
    GridSet grids = emptyGrids(weights.rows, weights.cols, options);
    checkFinite(weights);
    if (options.clip == ClipSearch::Hessian) {
        fitByHessian(weights, options, hessian, grids, stop);
    } else if (grids.gridRows == 1 && weights.rows > 1) {
        fitTensor(weights, options, grids, stop);
    } else {
        fitRows(weights, options, grids, stop);
    }
    return grids;
}

} // namespace bitprism
