// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/round_code.h"
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
    float scale = 1;
    float zeroPoint = 0;
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
                            visit(Segment{row, col, next - col, grid.scale,
                                          static_cast<float>(grid.zeroPoint)});
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
    const auto maxCode = static_cast<float>(grids.maxCode());
    forSegments(grids, [&](const Segment &segment) {
        const float *w = weights.row(segment.row) + segment.col;
        std::uint8_t *code = codes.data() + segment.row * grids.cols + segment.col;
        // Bytes may alias anything: values kept in registers let the loop vectorise.
        const float scale = segment.scale;
        const float zeroPoint = segment.zeroPoint;
        const float most = maxCode;
        const std::int64_t count = segment.count;
        for (std::int64_t i = 0; i < count; ++i) {
            code[i] = static_cast<std::uint8_t>(
                static_cast<std::int32_t>(detail::roundToCode(w[i] / scale, zeroPoint, most)));
        }
    });
}

void dequantize(std::span<const std::uint8_t> codes, const GridSet &grids,
                MatrixView<float> weights)
{
    checkShape(grids, weights.rows, weights.cols);
    BITPRISM_ASSERT(std::ssize(codes) == grids.rows * grids.cols, "one code for each weight");
    forSegments(grids, [&](const Segment &segment) {
        const std::uint8_t *code = codes.data() + segment.row * grids.cols + segment.col;
        float *w = weights.row(segment.row) + segment.col;
        for (std::int64_t i = 0; i < segment.count; ++i) {
            w[i] = segment.scale * (static_cast<float>(code[i]) - segment.zeroPoint);
        }
    });
}

void fakeQuantize(MatrixView<const float> weights, const GridSet &grids, MatrixView<float> result)
{
    checkShape(grids, weights.rows, weights.cols);
    checkShape(grids, result.rows, result.cols);
    const auto maxCode = static_cast<float>(grids.maxCode());
    forSegments(grids, [&](const Segment &segment) {
        const float *w = weights.row(segment.row) + segment.col;
        float *q = result.row(segment.row) + segment.col;
        for (std::int64_t i = 0; i < segment.count; ++i) {
            const float code
                = detail::roundToCode(w[i] / segment.scale, segment.zeroPoint, maxCode);
            q[i] = segment.scale * (code - segment.zeroPoint);
        }
    });
}

} // namespace bitprism
