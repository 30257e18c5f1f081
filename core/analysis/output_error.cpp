// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/output_error.h"

#include "core/kernels/uniform_quantizer.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

MatrixView<const float> viewOf(const std::vector<float> &values, std::int64_t cols)
{
    return {values.data(), static_cast<std::int64_t>(values.size()) / cols, cols};
}

MatrixView<float> viewOf(std::vector<float> &values, std::int64_t cols)
{
    return {values.data(), static_cast<std::int64_t>(values.size()) / cols, cols};
}

/// Variance of a sum over `population` members from the `values` of those that were drawn.
double varianceOfTotal(const std::vector<double> &values, std::size_t first, double population)
{
    const auto count = static_cast<double>(values.size() - first);
    if (count < 2 || count >= population) {
        return 0;
    }
    double sum = 0;
    double squares = 0;
    for (std::size_t i = first; i < values.size(); ++i) {
        sum += values[i];
        squares += values[i] * values[i];
    }
    const double variance = std::max(0.0, (squares - sum * sum / count) / (count - 1));
    return population * population * (1 - count / population) * variance / count;
}

} // namespace

std::vector<float> inputError(const std::vector<float> &x, std::int64_t cols,
                              const InputRange &range, int bits, bool perToken)
{
    GridOptions options;
    options.bits = bits;
    options.rule = RangeRule::GptqAsym;
    options.scaleType = ScaleType::F32;
    options.granularity = perToken ? Granularity::PerRow : Granularity::PerTensor;
    const MatrixView<const float> values = viewOf(x, cols);
    GridSet grids;
    if (perToken) {
        grids = fitGrids(values, options);
    } else {
        grids = emptyGrids(values.rows, cols, options);
        const Grid grid
            = gridFromRange(static_cast<float>(range.low), static_cast<float>(range.high), options);
        grids.scales.front() = grid.scale;
        grids.zeroPoints.front() = grid.zeroPoint;
    }
    std::vector<float> error(x.size());
    fakeQuantize(values, grids, viewOf(error, cols));
    for (std::size_t i = 0; i < error.size(); ++i) {
        error[i] -= x[i];
    }
    return error;
}

std::vector<float> weightError(const std::vector<float> &w, std::int64_t cols, int bits)
{
    GridOptions options;
    options.bits = bits;
    options.rule = RangeRule::GptqSym;
    options.granularity = Granularity::PerRow;
    std::vector<float> error(w.size());
    fakeQuantize(viewOf(w, cols), fitGrids(viewOf(w, cols), options), viewOf(error, cols));
    for (std::size_t i = 0; i < error.size(); ++i) {
        error[i] -= w[i];
    }
    return error;
}

void multiply(const std::vector<float> &a, const std::vector<float> &b, std::int64_t cols,
              std::vector<float> &result)
{
    const MatrixView<const float> left = viewOf(a, cols);
    const MatrixView<const float> right = viewOf(b, cols);
    result.resize(static_cast<std::size_t>(left.rows * right.rows));
    if (result.empty()) {
        return;
    }
    // Not by BLAS: its threads are the jobs', which work at a lower priority, and the window would
    // wait for them as long as the machine is busy.
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const Matrix> A(a.data(), left.rows, cols);
    const Eigen::Map<const Matrix> B(b.data(), right.rows, cols);
    Eigen::Map<Matrix>(result.data(), left.rows, right.rows).noalias() = A * B.transpose();
}

Squares squaresOf(const std::vector<float> &matrix, const std::vector<double> &weights)
{
    Squares squares;
    const std::size_t rows = weights.empty() ? 0 : matrix.size() / weights.size();
    squares.byToken.assign(weights.size(), 0);
    squares.byRow.assign(rows, 0);
    for (std::size_t t = 0; t < weights.size(); ++t) {
        for (std::size_t i = 0; i < rows; ++i) {
            const double value = matrix[t * rows + i];
            squares.byToken[t] += value * value;
            squares.byRow[i] += weights[t] * value * value;
        }
        squares.total += weights[t] * squares.byToken[t];
    }
    return squares;
}

double ratioStderr(const InputSamples &samples, const WeightRows &layer, const Squares &error,
                   const Squares &output)
{
    const double ratio = error.total / output.total;
    std::vector<double> byToken;
    for (std::size_t t = 0; t < error.byToken.size(); ++t) {
        byToken.push_back(error.byToken[t] - ratio * output.byToken[t]);
    }
    std::vector<double> byRow;
    for (std::size_t i = 0; i < error.byRow.size(); ++i) {
        byRow.push_back(error.byRow[i] - ratio * output.byRow[i]);
    }
    const double tokens = varianceOfTotal(byToken, static_cast<std::size_t>(samples.extremes),
                                          static_cast<double>(samples.tokens - samples.extremes));
    // The rows' variance is of the total over all rows; the output's is of those that were drawn.
    const double share = static_cast<double>(byRow.size()) / static_cast<double>(layer.rows);
    const double rows = varianceOfTotal(byRow, 0, static_cast<double>(layer.rows)) * share * share;
    return std::sqrt(tokens + rows) / output.total;
}

} // namespace bitprism
