// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/kernels/matrix_view.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace bitprism::test {

/// A small matrix that owns its values; row-major.
template <typename T> struct Matrix
{
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<T> values;

    Matrix(std::int64_t rowCount, std::int64_t colCount, T value = T(0))
        : rows(rowCount)
        , cols(colCount)
        , values(static_cast<std::size_t>(rowCount * colCount), value)
    {
    }
    T &operator()(std::int64_t i, std::int64_t j)
    {
        return values[static_cast<std::size_t>(i * cols + j)];
    }
    T operator()(std::int64_t i, std::int64_t j) const
    {
        return values[static_cast<std::size_t>(i * cols + j)];
    }
    MatrixView<T> view() { return {values.data(), rows, cols}; }
    MatrixView<const T> view() const { return {values.data(), rows, cols}; }

    template <typename U> Matrix<U> as() const
    {
        Matrix<U> result(rows, cols);
        for (std::size_t i = 0; i < values.size(); ++i) {
            result.values[i] = static_cast<U>(values[i]);
        }
        return result;
    }
    friend bool operator==(const Matrix &, const Matrix &) = default;
};

/// Standard normal entries.
template <typename T>
Matrix<T> randomMatrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed, double scale = 1)
{
    Random random(seed, "matrix");
    Matrix<T> matrix(rows, cols);
    for (T &value : matrix.values) {
        value = static_cast<T>(scale * random.normal());
    }
    return matrix;
}

/// The textbook product, summed in double.
template <typename T> Matrix<T> product(const Matrix<T> &a, const Matrix<T> &b)
{
    Matrix<T> c(a.rows, b.cols);
    std::vector<double> sums(static_cast<std::size_t>(b.cols));
    for (std::int64_t i = 0; i < a.rows; ++i) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::int64_t k = 0; k < a.cols; ++k) {
            for (std::int64_t j = 0; j < b.cols; ++j) {
                sums[static_cast<std::size_t>(j)]
                    += static_cast<double>(a(i, k)) * static_cast<double>(b(k, j));
            }
        }
        for (std::int64_t j = 0; j < b.cols; ++j) {
            c(i, j) = static_cast<T>(sums[static_cast<std::size_t>(j)]);
        }
    }
    return c;
}

template <typename T> Matrix<T> transposed(const Matrix<T> &a)
{
    Matrix<T> result(a.cols, a.rows);
    for (std::int64_t i = 0; i < a.rows; ++i) {
        for (std::int64_t j = 0; j < a.cols; ++j) {
            result(j, i) = a(i, j);
        }
    }
    return result;
}

/// H = 2/n X^T X of correlated inputs X = Z M, Z [4 size, size] ~ N(0, 1), M ~ N(0, 1/size).
template <typename T> Matrix<T> randomHessian(std::int64_t size, std::uint64_t seed)
{
    const std::int64_t samples = 4 * size;
    const auto Z = randomMatrix<double>(samples, size, 2 * seed);
    const auto M
        = randomMatrix<double>(size, size, 2 * seed + 1, 1 / std::sqrt(static_cast<double>(size)));
    const Matrix<double> X = product(Z, M);
    Matrix<double> H = product(transposed(X), X);
    for (double &value : H.values) {
        value *= 2.0 / static_cast<double>(samples);
    }
    return H.template as<T>();
}

template <typename T> double largestDifference(const Matrix<T> &a, const Matrix<T> &b)
{
    double largest = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double difference
            = std::fabs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]));
        largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
    }
    return largest;
}

} // namespace bitprism::test
