// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/uniform_kernels.h"
#include "core/kernels/uniform_quantizer.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t grainWeights = 1 << 15;

/// Weights of one row that share a grid, as far as they lie side by side.
struct Segment
{
    std::int64_t row = 0;
    std::int64_t col = 0;
    std::int64_t count = 0;
    GridValues grid;
};

/// Calls visit(segment) for all segments of the matrix, rows in parallel.
template <typename Visit> void forSegments(const GridSet &grids, const Visit &visit)
{
    const auto grain
        = static_cast<std::size_t>(std::max<std::int64_t>(1, grainWeights / grids.cols));
    parallelFor(static_cast<std::size_t>(grids.rows), grain,
                [&](std::size_t begin, std::size_t end) {
                    for (auto row = static_cast<std::int64_t>(begin);
                         row < static_cast<std::int64_t>(end); ++row) {
                        for (std::int64_t col = 0; col < grids.cols;) {
                            const std::int64_t group = grids.group(col);
                            std::int64_t next = col + 1;
                            if (grids.groupOfColumn.empty()) {
                                next = std::min(col + grids.groupSize, grids.cols);
                            } else {
                                while (next < grids.cols && grids.group(next) == group) {
                                    ++next;
                                }
                            }
                            const Grid grid = grids.grid(row, group);
                            visit(Segment{row,
                                          col,
                                          next - col,
                                          {grid.scale, static_cast<float>(grid.zeroPoint),
                                           static_cast<float>(grids.maxCode())}});
                            col = next;
                        }
                    }
                });
}

void checkShape(const GridSet &grids, std::int64_t rows, std::int64_t cols)
{
    BITPRISM_ASSERT(grids.rows == rows && grids.cols == cols, "the grids belong to this matrix");
}

} // namespace

void quantizeCodes(MatrixView<const float> weights, const GridSet &grids,
                   std::span<std::uint8_t> codes)
{
    checkShape(grids, weights.rows, weights.cols);
    BITPRISM_ASSERT(std::ssize(codes) == grids.rows * grids.cols, "one code for each weight");
    const UniformKernels &kernels = uniformKernels();
    forSegments(grids, [&](const Segment &segment) {
        kernels.quantize(weights.row(segment.row) + segment.col, segment.count, segment.grid,
                         codes.data() + segment.row * grids.cols + segment.col);
    });
}

void dequantize(std::span<const std::uint8_t> codes, const GridSet &grids,
                MatrixView<float> weights)
{
    checkShape(grids, weights.rows, weights.cols);
    BITPRISM_ASSERT(std::ssize(codes) == grids.rows * grids.cols, "one code for each weight");
    const UniformKernels &kernels = uniformKernels();
    forSegments(grids, [&](const Segment &segment) {
        kernels.dequantize(codes.data() + segment.row * grids.cols + segment.col, segment.count,
                           segment.grid, weights.row(segment.row) + segment.col);
    });
}

void fakeQuantize(MatrixView<const float> weights, const GridSet &grids, MatrixView<float> result)
{
    checkShape(grids, weights.rows, weights.cols);
    checkShape(grids, result.rows, result.cols);
    const UniformKernels &kernels = uniformKernels();
    forSegments(grids, [&](const Segment &segment) {
        kernels.fakeQuantize(weights.row(segment.row) + segment.col, segment.count, segment.grid,
                             result.row(segment.row) + segment.col);
    });
}

} // namespace bitprism
