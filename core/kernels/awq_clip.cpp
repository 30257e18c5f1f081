// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/awq_clip.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"
#include "core/kernels/grid_search.h"
#include "core/kernels/round_code.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr std::size_t grainRows = 16;

/// Columns [first, first + count) of one group in all rows.
struct GroupColumns
{
    std::int64_t index = 0;
    std::int64_t first = 0;
    std::int64_t count = 0;
};

std::vector<GroupColumns> groupsOf(std::int64_t cols, const GridOptions &options)
{
    const bool hasGroups = options.granularity == Granularity::Group && options.groupSize > 0;
    const std::int64_t size = hasGroups ? std::min(options.groupSize, cols) : cols;
    std::vector<GroupColumns> groups;
    for (std::int64_t first = 0; first < cols; first += size) {
        groups.push_back({std::ssize(groups), first, std::min(size, cols - first)});
    }
    return groups;
}

/// Fills `change` with Q(clamp(w, -limit, limit)) - w for one row of a group.
void quantizedChange(std::span<const float> w, float limit, const GridOptions &options,
                     std::span<float> change)
{
    std::transform(w.begin(), w.end(), change.begin(),
                   [limit](float value) { return std::clamp(value, -limit, limit); });
    const detail::ValueRange range = detail::valueRange(change);
    const Grid grid = gridFromRange(range.low, range.high, options);
    const auto zeroPoint = static_cast<float>(grid.zeroPoint);
    const auto maxCode = static_cast<float>((1 << options.bits) - 1);
    for (std::size_t j = 0; j < w.size(); ++j) {
        const float code = detail::roundToCode(change[j] / grid.scale, zeroPoint, maxCode);
        change[j] = grid.scale * (code - zeroPoint) - w[j];
    }
}

} // namespace

std::vector<float> awqClipLimits(MatrixView<const float> weights, MatrixView<const float> hessian,
                                 const GridOptions &options, int steps, const std::stop_token &stop)
{
    BITPRISM_ASSERT(hessian.rows == weights.cols && hessian.cols == weights.cols,
                    "H belongs to the layer's inputs");
    const std::vector<GroupColumns> groups = groupsOf(weights.cols, options);
    const auto rows = static_cast<std::size_t>(weights.rows);
    std::vector<float> limits(rows * groups.size());
    std::vector<float> changes;
    std::vector<float> products;
    std::vector<double> least(rows);
    for (const GroupColumns &group : groups) {
        changes.resize(rows * static_cast<std::size_t>(group.count));
        products.resize(changes.size());
        const MatrixView<float> change(changes.data(), weights.rows, group.count);
        const MatrixView<float> product(products.data(), weights.rows, group.count);
        std::fill(least.begin(), least.end(), std::numeric_limits<double>::infinity());
        for (int step = 0; step < steps; ++step) {
            throwIfStopped(stop);
            const auto share = static_cast<float>(1.0 - step / (2.0 * steps));
            const auto limitOf = [&](std::int64_t row) {
                const float *w = weights.row(row) + group.first;
                const detail::ValueRange range
                    = detail::valueRange({w, static_cast<std::size_t>(group.count)});
                return share * std::max(std::fabs(range.low), std::fabs(range.high));
            };
            parallelFor(rows, grainRows, [&](std::size_t begin, std::size_t end) {
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end);
                     ++i) {
                    const auto count = static_cast<std::size_t>(group.count);
                    quantizedChange({weights.row(i) + group.first, count}, limitOf(i), options,
                                    {change.row(i), count});
                }
            });
            blas::gemm(1.0F, change, blas::Transpose::No,
                       hessian.block(group.first, group.first, group.count, group.count),
                       blas::Transpose::No, 0.0F, product);
            for (std::int64_t i = 0; i < weights.rows; ++i) {
                double error = 0;
                for (std::int64_t j = 0; j < group.count; ++j) {
                    error += static_cast<double>(change(i, j)) * static_cast<double>(product(i, j));
                }
                double &best = least[static_cast<std::size_t>(i)];
                if (error < best || step == 0) { // whatever its error is: the whole range
                    best = error;
                    limits[static_cast<std::size_t>(i) * groups.size()
                           + static_cast<std::size_t>(group.index)]
                        = limitOf(i);
                }
            }
        }
    }
    return limits;
}

void clampGroups(MatrixView<float> weights, const GridOptions &options,
                 const std::vector<float> &limits)
{
    const std::vector<GroupColumns> groups = groupsOf(weights.cols, options);
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        for (const GroupColumns &group : groups) {
            const float limit = limits[static_cast<std::size_t>(i) * groups.size()
                                       + static_cast<std::size_t>(group.index)];
            float *w = weights.row(i) + group.first;
            std::transform(w, w + group.count, w,
                           [limit](float value) { return std::clamp(value, -limit, limit); });
        }
    }
}

} // namespace bitprism
