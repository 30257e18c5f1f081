// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/blas.h"
#include "core/kernels/grid_search.h"
#include "core/kernels/round_code.h"
#include "core/kernels/stop.h"
#include "core/kernels/uniform_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace bitprism::detail {

namespace {

constexpr int powerNormSteps = 80;
constexpr int hessianSteps = 100;
constexpr std::size_t lanes = 8; // partial sums that one or two vector registers hold
constexpr std::size_t chunk = 256; // between two looks at the best error so far

float shrinkage(int step) { return static_cast<float>(1.0 - step / 100.0); }

/// |Q(w) - w|^2.4 in units of `unit`, summed; gives up above `limit`.
float powerNormError(std::span<const float> group, Grid grid, int bits, float unit, float limit)
{
    const UniformKernels &kernels = uniformKernels();
    const GridValues values{grid.scale, static_cast<float>(grid.zeroPoint),
                            static_cast<float>((1 << bits) - 1)};
    std::array<float, chunk> terms;
    float total = 0;
    for (std::size_t begin = 0; begin < group.size() && total < limit; begin += chunk) {
        const std::size_t count = std::min(chunk, group.size() - begin);
        kernels.powerTerms(group.data() + begin, static_cast<std::int64_t>(count), values, 1 / unit,
                           terms.data());
        std::array<float, lanes> sums{};
        const std::size_t even = count - count % lanes;
        for (std::size_t i = 0; i < even; i += lanes) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                sums[lane] += terms[i + lane];
            }
        }
        for (std::size_t i = even; i < count; ++i) {
            sums[0] += terms[i];
        }
        for (const float sum : sums) {
            total += sum;
        }
    }
    return total;
}

Grid searchByPowerNorm(std::span<const float> group, ValueRange range, const GridOptions &options,
                       const std::stop_token &stop)
{
    const float unit = std::max(std::max(std::fabs(range.low), std::fabs(range.high)),
                                std::numeric_limits<float>::min());
    Grid best;
    float leastError = std::numeric_limits<float>::infinity();
    for (int step = 0; step < powerNormSteps; ++step) {
        if (group.size() > 16 * chunk) {
            throwIfStopped(stop);
        }
        const float p = shrinkage(step);
        const Grid grid = gridFromRange(p * range.low, p * range.high, options);
        const float error = powerNormError(group, grid, options.bits, unit, leastError);
        if (error < leastError) {
            leastError = error;
            best = grid;
        }
    }
    return best;
}

/// The grids the Hessian search tries for one step: one, or two where the zero point can be rounded
/// both ways.
std::array<Grid, 2> hessianCandidates(ValueRange range, int step, const GridOptions &options)
{
    const float p = shrinkage(step);
    const Grid grid = gridFromRange(p * range.low, p * range.high, options);
    const bool isAllZero = range.low == 0 && range.high == 0;
    if (isSymmetric(options.rule) || isAllZero) {
        return {grid, grid};
    }
    const float zeroPoint = exactZeroPoint(p * range.low, grid.scale, options.rule);
    return {Grid{grid.scale, clampZeroPoint(std::floor(zeroPoint), options.rule, options.bits)},
            Grid{grid.scale, clampZeroPoint(std::ceil(zeroPoint), options.rule, options.bits)}};
}

void quantizationErrors(MatrixView<const float> group, std::span<const Grid> grids, int bits,
                        MatrixView<float> errors)
{
    const auto maxCode = static_cast<float>((1 << bits) - 1);
    for (std::int64_t i = 0; i < group.rows; ++i) {
        const Grid grid = grids[grids.size() == 1 ? 0 : static_cast<std::size_t>(i)];
        const auto zeroPoint = static_cast<float>(grid.zeroPoint);
        const float *w = group.row(i);
        float *error = errors.row(i);
        for (std::int64_t j = 0; j < group.cols; ++j) {
            const float code = roundToCode(w[j] / grid.scale, zeroPoint, maxCode);
            error[j] = grid.scale * (code - zeroPoint) - w[j];
        }
    }
}

} // namespace

void searchByHessian(MatrixView<const float> group, MatrixView<const float> hessian,
                     const GridOptions &options, std::span<Grid> grids, const std::stop_token &stop)
{
    BITPRISM_ASSERT(hessian.rows == group.cols && hessian.cols == group.cols,
                    "the block of H belongs to the group's columns");
    const bool isShared = grids.size() == 1;
    const auto rows = static_cast<std::size_t>(group.rows);
    std::vector<ValueRange> ranges;
    for (std::int64_t i = 0; i < group.rows; ++i) {
        ranges.push_back(valueRange({group.row(i), static_cast<std::size_t>(group.cols)}));
        if (isShared && i > 0) {
            ranges[0].low = std::min(ranges[0].low, ranges.back().low);
            ranges[0].high = std::max(ranges[0].high, ranges.back().high);
        }
    }
    std::vector<double> leastErrors(grids.size(), std::numeric_limits<double>::infinity());
    std::vector<float> errorValues(rows * static_cast<std::size_t>(group.cols));
    std::vector<float> productValues(errorValues.size());
    const MatrixView<float> errors(errorValues.data(), group.rows, group.cols);
    const MatrixView<float> products(productValues.data(), group.rows, group.cols);
    std::vector<Grid> tried(grids.size());
    const std::size_t variants = isSymmetric(options.rule) ? 1 : 2;
    for (std::size_t attempt = 0; attempt < hessianSteps * variants; ++attempt) {
        throwIfStopped(stop);
        for (std::size_t g = 0; g < grids.size(); ++g) {
            tried[g] = hessianCandidates(ranges[g], static_cast<int>(attempt / variants),
                                         options)[attempt % variants];
        }
        quantizationErrors(group, tried, options.bits, errors);
        blas::gemm(1.0F, errors, blas::Transpose::No, hessian, blas::Transpose::No, 0.0F, products);
        std::vector<double> scores(grids.size(), 0.0);
        for (std::size_t i = 0; i < rows; ++i) {
            const float *error = errors.row(static_cast<std::int64_t>(i));
            const float *product = products.row(static_cast<std::int64_t>(i));
            double score = 0;
            for (std::int64_t j = 0; j < group.cols; ++j) {
                score += static_cast<double>(error[j]) * static_cast<double>(product[j]);
            }
            scores[isShared ? 0 : i] += score;
        }
        for (std::size_t g = 0; g < grids.size(); ++g) {
            if (scores[g] < leastErrors[g]) {
                leastErrors[g] = scores[g];
                grids[g] = tried[g];
            }
        }
    }
}

ValueRange valueRange(std::span<const float> values)
{
    std::array<float, lanes> low;
    std::array<float, lanes> high;
    low.fill(values.front());
    high.fill(values.front());
    std::size_t i = 0;
    for (; i + lanes <= values.size(); i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float value = values[i + lane];
            low[lane] = value < low[lane] ? value : low[lane];
            high[lane] = value > high[lane] ? value : high[lane];
        }
    }
    for (; i < values.size(); ++i) {
        low[0] = std::min(low[0], values[i]);
        high[0] = std::max(high[0], values[i]);
    }
    return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

Grid fitGroup(std::span<const float> group, const GridOptions &options, const std::stop_token &stop)
{
    const ValueRange range = valueRange(group);
    if (options.clip == ClipSearch::None) {
        return gridFromRange(range.low, range.high, options);
    }
    // The mean differs from the sum by a constant factor, so both keep the same grid.
    return searchByPowerNorm(group, range, options, stop);
}

} // namespace bitprism::detail
