// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"
#include "core/kernels/gptq.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitprism {

namespace {

constexpr double largestDamping = 0.1;
constexpr double dampingStep = 10;
constexpr double smallestRetry = 1e-4; // where the damping asked for is zero

/// Diagonal of H with ones at dead inputs; throws unless it can be one of X^T X.
template <typename T>
std::vector<T> livingDiagonal(MatrixView<const T> hessian, std::vector<bool> &isDead)
{
    std::vector<T> diagonal(static_cast<std::size_t>(hessian.rows));
    for (std::size_t j = 0; j < diagonal.size(); ++j) {
        const T value = hessian(static_cast<std::int64_t>(j), static_cast<std::int64_t>(j));
        if (!std::isfinite(value) || value < T(0)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The Hessian of a layer's inputs is not finite at column %1; "
                                    "the model overflows on this calibration data."),
                        j);
        }
        isDead[j] = value == T(0);
        diagonal[j] = isDead[j] ? T(1) : value;
    }
    return diagonal;
}

/// The lower triangle of the damped H in processing order.
template <typename T>
void fillPermuted(MatrixView<const T> hessian, const std::vector<std::int64_t> &order,
                  const std::vector<T> &diagonal, T added, MatrixView<T> result,
                  const std::stop_token &stop)
{
    constexpr std::size_t grain = 64;
    parallelFor(order.size(), grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            throwIfStopped(stop);
            T *row = result.row(static_cast<std::int64_t>(k));
            for (std::size_t l = 0; l < k; ++l) {
                row[l] = hessian(std::max(order[k], order[l]), std::min(order[k], order[l]));
            }
            row[k] = diagonal[static_cast<std::size_t>(order[k])] + added;
        }
    });
}

} // namespace

template <typename T>
GptqFactor<T> GptqFactor<T>::make(MatrixView<const T> hessian, double damping, bool actOrder,
                                  std::stop_token stop)
{
    BITPRISM_ASSERT(hessian.rows == hessian.cols && hessian.rows > 0, "H is [cols, cols]");
    GptqFactor factor;
    factor.cols = hessian.cols;
    factor.actOrder = actOrder;
    const auto size = static_cast<std::size_t>(hessian.cols);
    factor.isDead.resize(size);
    const std::vector<T> diagonal = livingDiagonal(hessian, factor.isDead);
    factor.order.resize(size);
    std::iota(factor.order.begin(), factor.order.end(), std::int64_t(0));
    if (actOrder) {
        std::stable_sort(factor.order.begin(), factor.order.end(),
                         [&](std::int64_t a, std::int64_t b) {
                             return diagonal[static_cast<std::size_t>(a)]
                                 > diagonal[static_cast<std::size_t>(b)];
                         });
    }
    const double sum = std::accumulate(diagonal.begin(), diagonal.end(), 0.0,
                                       [](double a, T b) { return a + static_cast<double>(b); });
    const double mean = sum / static_cast<double>(size);
    factor.upper.resize(size * size);
    const MatrixView<T> upper(factor.upper.data(), factor.cols, factor.cols);
    for (factor.damping = damping;;) {
        fillPermuted(hessian, factor.order, diagonal, static_cast<T>(factor.damping * mean), upper,
                     stop);
        if (blas::upperFactorOfInverse(upper, stop)) {
            return factor;
        }
        if (factor.damping >= largestDamping) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The Hessian of a layer's inputs is not positive definite even "
                                    "with damping %1; use more calibration samples."),
                        factor.damping);
        }
        factor.damping
            = std::min(largestDamping, std::max(factor.damping * dampingStep, smallestRetry));
    }
}

template struct GptqFactor<float>;
template struct GptqFactor<double>;

} // namespace bitprism
