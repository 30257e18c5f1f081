// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/blas.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <cmath>
#include <vector>

/// Factorisations in panels. Diagonal blocks are done in plain double arithmetic, all the rest is
/// GEMM: OpenBLAS's own spotrf and strtri give other bits with another number of threads.
namespace bitprism::blas {

namespace {

constexpr std::int64_t panelSize = 128;
/// Rows of one GEMM call: bounds the time between two looks at the stop token.
constexpr std::int64_t stripSize = 1024;

/// A diagonal block in double, [size, size].
struct DiagonalBlock
{
    std::int64_t size = 0;
    std::vector<double> values;

    double &at(std::int64_t i, std::int64_t j)
    {
        return values[static_cast<std::size_t>(i * size + j)];
    }

    template <typename T>
    explicit DiagonalBlock(MatrixView<T> block)
        : size(block.rows)
        , values(static_cast<std::size_t>(block.rows * block.rows), 0.0)
    {
        for (std::int64_t i = 0; i < size; ++i) {
            for (std::int64_t j = 0; j <= i; ++j) {
                at(i, j) = static_cast<double>(block(i, j));
            }
        }
    }

    bool factor()
    {
        for (std::int64_t i = 0; i < size; ++i) {
            for (std::int64_t j = 0; j <= i; ++j) {
                double sum = at(i, j);
                for (std::int64_t k = 0; k < j; ++k) {
                    sum -= at(i, k) * at(j, k);
                }
                if (i == j) {
                    if (!(sum > 0) || !std::isfinite(sum)) {
                        return false;
                    }
                    at(i, i) = std::sqrt(sum);
                } else {
                    at(i, j) = sum / at(j, j);
                }
            }
        }
        return true;
    }

    /// Row i of the inverse from the rows above it.
    void invert()
    {
        for (std::int64_t i = 0; i < size; ++i) {
            const double pivot = 1 / at(i, i);
            std::vector<double> sums(static_cast<std::size_t>(i), 0.0);
            for (std::int64_t k = 0; k < i; ++k) {
                const double factorOfRow = at(i, k);
                for (std::int64_t j = 0; j <= k; ++j) {
                    sums[static_cast<std::size_t>(j)] += factorOfRow * at(k, j);
                }
            }
            for (std::int64_t j = 0; j < i; ++j) {
                at(i, j) = -pivot * sums[static_cast<std::size_t>(j)];
            }
            at(i, i) = pivot;
        }
    }

    template <typename T> void store(MatrixView<T> block)
    {
        for (std::int64_t i = 0; i < size; ++i) {
            for (std::int64_t j = 0; j < size; ++j) {
                block(i, j) = j <= i ? static_cast<T>(at(i, j)) : T(0);
            }
        }
    }
};

template <typename T>
MatrixView<T> viewOf(std::vector<T> &values, std::int64_t rows, std::int64_t cols)
{
    values.resize(static_cast<std::size_t>(rows * cols));
    return {values.data(), rows, cols};
}

template <typename T> void copy(MatrixView<const T> from, MatrixView<T> to)
{
    for (std::int64_t i = 0; i < from.rows; ++i) {
        std::copy_n(from.row(i), from.cols, to.row(i));
    }
}

/// The panel below a factored diagonal block: A21 := A21 L11^-T.
template <typename T>
void solvePanel(MatrixView<T> panel, MatrixView<const T> inverse, std::vector<T> &buffer,
                const std::stop_token &stop)
{
    for (std::int64_t i = 0; i < panel.rows; i += stripSize) {
        throwIfStopped(stop);
        const std::int64_t count = std::min(stripSize, panel.rows - i);
        const MatrixView<T> strip = panel.block(i, 0, count, panel.cols);
        const MatrixView<T> old = viewOf(buffer, count, panel.cols);
        copy<T>(strip, old);
        gemm(T(1), old, Transpose::No, inverse, Transpose::Yes, T(0), strip);
    }
}

/// Lower triangle of C -= P P^T, in tiles.
template <typename T>
void subtractOuter(MatrixView<T> c, MatrixView<const T> p, const std::stop_token &stop)
{
    for (std::int64_t i = 0; i < c.rows; i += stripSize) {
        const std::int64_t rows = std::min(stripSize, c.rows - i);
        for (std::int64_t j = 0; j <= i; j += stripSize) {
            throwIfStopped(stop);
            const std::int64_t cols = std::min(stripSize, c.rows - j);
            gemm(T(-1), p.block(i, 0, rows, p.cols), Transpose::No, p.block(j, 0, cols, p.cols),
                 Transpose::Yes, T(1), c.block(i, j, rows, cols));
        }
    }
}

template <typename T> bool factorLower(MatrixView<T> a, const std::stop_token &stop)
{
    BITPRISM_ASSERT(a.rows == a.cols, "only a square matrix has a Cholesky factor");
    std::vector<T> inverseValues;
    std::vector<T> buffer;
    for (std::int64_t k = 0; k < a.rows; k += panelSize) {
        throwIfStopped(stop);
        const std::int64_t size = std::min(panelSize, a.rows - k);
        const std::int64_t rest = a.rows - k - size;
        DiagonalBlock diagonal(a.block(k, k, size, size));
        if (!diagonal.factor()) {
            return false;
        }
        diagonal.store(a.block(k, k, size, size));
        diagonal.invert();
        const MatrixView<T> inverse = viewOf(inverseValues, size, size);
        diagonal.store(inverse);
        const MatrixView<T> panel = a.block(k + size, k, rest, size);
        solvePanel<T>(panel, inverse, buffer, stop);
        subtractOuter<T>(a.block(k + size, k + size, rest, rest), panel, stop);
        for (std::int64_t i = k; i < k + size; ++i) {
            std::fill(a.row(i) + k + size, a.row(i) + a.cols, T(0));
        }
    }
    return true;
}

/// Block row i of the inverse: X_ii = L_ii^-1, X_i,: = -X_ii (L_i,: X) from the block rows above.
template <typename T> void invertInPlace(MatrixView<T> lower, const std::stop_token &stop)
{
    BITPRISM_ASSERT(lower.rows == lower.cols, "only a square matrix has an inverse");
    std::vector<T> oldValues;
    std::vector<T> inverseValues;
    std::vector<T> productValues;
    for (std::int64_t k = 0; k < lower.rows; k += panelSize) {
        throwIfStopped(stop);
        const std::int64_t size = std::min(panelSize, lower.rows - k);
        DiagonalBlock diagonal(lower.block(k, k, size, size));
        diagonal.invert();
        diagonal.store(lower.block(k, k, size, size));
        const MatrixView<T> inverse = viewOf(inverseValues, size, size);
        diagonal.store(inverse);
        const MatrixView<T> old = viewOf(oldValues, size, k);
        copy<T>(lower.block(k, 0, size, k), old);
        for (std::int64_t j = 0; j < k; j += stripSize) {
            throwIfStopped(stop);
            const std::int64_t cols = std::min(stripSize, k - j);
            const MatrixView<T> product = viewOf(productValues, size, cols);
            gemm(T(1), old.block(0, j, size, k - j), Transpose::No, lower.block(j, j, k - j, cols),
                 Transpose::No, T(0), product);
            gemm(T(-1), inverse, Transpose::No, product, Transpose::No, T(0),
                 lower.block(k, j, size, cols));
        }
    }
}

template <typename T>
void solveInPlace(MatrixView<const T> lower, Transpose transpose, MatrixView<T> b,
                  const std::stop_token &stop)
{
    BITPRISM_ASSERT(lower.rows == lower.cols && lower.rows == b.rows, "the shapes of L X = B");
    const bool backwards = transpose == Transpose::Yes;
    const std::int64_t panels = (lower.rows + panelSize - 1) / panelSize;
    std::vector<T> inverseValues;
    std::vector<T> oldValues;
    for (std::int64_t step = 0; step < panels; ++step) {
        throwIfStopped(stop);
        const std::int64_t k = (backwards ? panels - 1 - step : step) * panelSize;
        const std::int64_t size = std::min(panelSize, lower.rows - k);
        const std::int64_t end = k + size;
        const MatrixView<T> rows = b.block(k, 0, size, b.cols);
        const MatrixView<T> old = viewOf(oldValues, size, b.cols);
        copy<T>(rows, old);
        DiagonalBlock diagonal(lower.block(k, k, size, size));
        diagonal.invert();
        const MatrixView<T> inverse = viewOf(inverseValues, size, size);
        diagonal.store(inverse);
        gemm(T(1), inverse, transpose, old, Transpose::No, T(0), rows);
        if (backwards) {
            gemm(T(-1), lower.block(k, 0, size, k), Transpose::Yes, rows, Transpose::No, T(1),
                 b.block(0, 0, k, b.cols));
        } else {
            gemm(T(-1), lower.block(end, k, lower.rows - end, size), Transpose::No, rows,
                 Transpose::No, T(1), b.block(end, 0, lower.rows - end, b.cols));
        }
    }
}

/// Reverses rows and columns of a symmetric matrix given by its lower triangle: element (i, j) and
/// (n-1-j, n-1-i), its mirror image at the other diagonal, change places. In tiles, because one of
/// the two runs down a column.
template <typename T> void flipSymmetricLower(MatrixView<T> a, const std::stop_token &stop)
{
    constexpr std::int64_t tile = 32;
    const std::int64_t last = a.rows - 1;
    for (std::int64_t top = 0; top < a.rows; top += tile) {
        throwIfStopped(stop);
        for (std::int64_t left = 0; left <= top && left + top <= last; left += tile) {
            for (std::int64_t i = top; i < std::min(top + tile, a.rows); ++i) {
                const std::int64_t end = std::min({left + tile, i + 1, last - i});
                for (std::int64_t j = left; j < end; ++j) { // above the other diagonal
                    std::swap(a(i, j), a(last - j, last - i));
                }
            }
        }
    }
}

/// Reverses rows and columns: a lower triangle becomes an upper one.
template <typename T> void flip(MatrixView<T> a)
{
    for (std::int64_t i = 0; i < a.rows / 2; ++i) {
        std::reverse(a.row(i), a.row(i) + a.cols);
        std::reverse(a.row(a.rows - 1 - i), a.row(a.rows - 1 - i) + a.cols);
        std::swap_ranges(a.row(i), a.row(i) + a.cols, a.row(a.rows - 1 - i));
    }
    if (a.rows % 2 == 1) {
        std::reverse(a.row(a.rows / 2), a.row(a.rows / 2) + a.cols);
    }
}

template <typename T> bool upperFactor(MatrixView<T> hessian, const std::stop_token &stop)
{
    flipSymmetricLower(hessian, stop);
    if (!factorLower(hessian, stop)) {
        return false;
    }
    invertInPlace(hessian, stop);
    flip(hessian);
    return true;
}

} // namespace

bool cholesky(MatrixView<float> a, const std::stop_token &stop) { return factorLower(a, stop); }
bool cholesky(MatrixView<double> a, const std::stop_token &stop) { return factorLower(a, stop); }

void invertLower(MatrixView<float> lower, const std::stop_token &stop)
{
    invertInPlace(lower, stop);
}
void invertLower(MatrixView<double> lower, const std::stop_token &stop)
{
    invertInPlace(lower, stop);
}

void solveLower(MatrixView<const float> lower, Transpose transpose, MatrixView<float> b,
                const std::stop_token &stop)
{
    solveInPlace(lower, transpose, b, stop);
}
void solveLower(MatrixView<const double> lower, Transpose transpose, MatrixView<double> b,
                const std::stop_token &stop)
{
    solveInPlace(lower, transpose, b, stop);
}

bool upperFactorOfInverse(MatrixView<float> hessian, const std::stop_token &stop)
{
    return upperFactor(hessian, stop);
}
bool upperFactorOfInverse(MatrixView<double> hessian, const std::stop_token &stop)
{
    return upperFactor(hessian, stop);
}

} // namespace bitprism::blas
