// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/weight_error.h"

#include "core/base/error.h"
#include "core/kernels/blas.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bitprism {

namespace {

/// Rows whose output error is one matrix product: bounds the memory of the errors and the time
/// between two looks at the stop token.
constexpr std::int64_t stripRows = 128;

/// tr(D H D^T) of a strip of rows.
double quadraticForm(MatrixView<const float> D, MatrixView<const float> H, MatrixView<float> buffer)
{
    blas::gemm(1.0F, D, blas::Transpose::No, H, blas::Transpose::No, 0.0F, buffer);
    double sum = 0;
    for (std::int64_t i = 0; i < D.rows; ++i) {
        for (std::int64_t j = 0; j < D.cols; ++j) {
            sum += static_cast<double>(D(i, j)) * static_cast<double>(buffer(i, j));
        }
    }
    return sum;
}

} // namespace

WeightError weightError(std::span<const float> original, std::span<const float> quantized)
{
    BITPRISM_ASSERT(original.size() == quantized.size(), "weights are compared in pairs");
    WeightError result;
    if (original.empty()) {
        return result;
    }
    double squares = 0;
    double errors = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const auto w = static_cast<double>(original[i]);
        const double error = static_cast<double>(quantized[i]) - w;
        squares += w * w;
        errors += error * error;
        result.maxAbs = std::max(result.maxAbs, std::fabs(error));
    }
    result.meanSquared = errors / static_cast<double>(original.size());
    result.relative = squares > 0 ? errors / squares : 0;
    return result;
}

double relativeOutputError(MatrixView<const float> original, MatrixView<const float> quantized,
                           MatrixView<const float> hessian, const std::stop_token &stop)
{
    BITPRISM_ASSERT(original.rows == quantized.rows && original.cols == quantized.cols
                        && hessian.rows == original.cols && hessian.cols == original.cols,
                    "W, Q [rows, cols] and H [cols, cols]");
    const std::int64_t strip = std::min(stripRows, original.rows);
    std::vector<float> differenceValues(static_cast<std::size_t>(strip * original.cols));
    std::vector<float> bufferValues(differenceValues.size());
    double error = 0;
    double reference = 0;
    for (std::int64_t row = 0; row < original.rows; row += strip) {
        throwIfStopped(stop);
        const std::int64_t rows = std::min(strip, original.rows - row);
        const MatrixView<float> difference(differenceValues.data(), rows, original.cols);
        const MatrixView<float> buffer(bufferValues.data(), rows, original.cols);
        for (std::int64_t i = 0; i < rows; ++i) {
            std::transform(quantized.row(row + i), quantized.row(row + i) + original.cols,
                           original.row(row + i), difference.row(i),
                           [](float q, float w) { return q - w; });
        }
        error += quadraticForm(difference, hessian, buffer);
        reference += quadraticForm(original.block(row, 0, rows, original.cols), hessian, buffer);
    }
    // A sum of squares: rounding alone takes it below zero.
    return reference > 0 || std::isnan(reference) ? std::max(0.0, error) / reference : 0;
}

} // namespace bitprism
