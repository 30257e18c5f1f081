// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/blas.h"

#include "core/base/error.h"

#include <cblas.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace bitprism::blas {

namespace {

std::vector<int> otherThreads()
{
    std::vector<int> threads;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc/self/task", error), end;
         !error && entry != end; entry.increment(error)) {
        const int thread = std::atoi(entry->path().filename().c_str());
        if (thread > 0 && thread != ::getpid()) {
            threads.push_back(thread);
        }
    }
    return threads;
}

/// Libraries that this one needs are ready before it, so that OpenBLAS has made its pool.
const std::vector<int> threadsAtLoad = otherThreads();

CBLAS_TRANSPOSE cblasTranspose(Transpose transpose)
{
    return transpose == Transpose::Yes ? CblasTrans : CblasNoTrans;
}

template <typename T>
void checkShapes(MatrixView<const T> a, Transpose transposeA, MatrixView<const T> b,
                 Transpose transposeB, MatrixView<T> c)
{
    const std::int64_t rows = transposeA == Transpose::Yes ? a.cols : a.rows;
    const std::int64_t inner = transposeA == Transpose::Yes ? a.rows : a.cols;
    const std::int64_t innerB = transposeB == Transpose::Yes ? b.cols : b.rows;
    const std::int64_t cols = transposeB == Transpose::Yes ? b.rows : b.cols;
    BITPRISM_ASSERT(rows == c.rows && cols == c.cols && inner == innerB, "the shapes of a product");
}

template <typename T> void mirror(MatrixView<T> matrix)
{
    constexpr std::int64_t tile = 32; // two tiles stay in the first cache
    for (std::int64_t row = 0; row < matrix.rows; row += tile) {
        for (std::int64_t col = 0; col <= row; col += tile) {
            for (std::int64_t i = row; i < std::min(row + tile, matrix.rows); ++i) {
                for (std::int64_t j = col; j < std::min(col + tile, i); ++j) {
                    matrix(j, i) = matrix(i, j);
                }
            }
        }
    }
}

} // namespace

void gemm(float alpha, MatrixView<const float> a, Transpose transposeA, MatrixView<const float> b,
          Transpose transposeB, float beta, MatrixView<float> c)
{
    checkShapes(a, transposeA, b, transposeB, c);
    const std::int64_t inner = transposeA == Transpose::Yes ? a.rows : a.cols;
    if (c.rows > 0 && c.cols > 0) {
        cblas_sgemm(CblasRowMajor, cblasTranspose(transposeA), cblasTranspose(transposeB),
                    static_cast<blasint>(c.rows), static_cast<blasint>(c.cols),
                    static_cast<blasint>(inner), alpha, a.data, static_cast<blasint>(a.stride),
                    b.data, static_cast<blasint>(b.stride), beta, c.data,
                    static_cast<blasint>(c.stride));
    }
}

void gemm(double alpha, MatrixView<const double> a, Transpose transposeA,
          MatrixView<const double> b, Transpose transposeB, double beta, MatrixView<double> c)
{
    checkShapes(a, transposeA, b, transposeB, c);
    const std::int64_t inner = transposeA == Transpose::Yes ? a.rows : a.cols;
    if (c.rows > 0 && c.cols > 0) {
        cblas_dgemm(CblasRowMajor, cblasTranspose(transposeA), cblasTranspose(transposeB),
                    static_cast<blasint>(c.rows), static_cast<blasint>(c.cols),
                    static_cast<blasint>(inner), alpha, a.data, static_cast<blasint>(a.stride),
                    b.data, static_cast<blasint>(b.stride), beta, c.data,
                    static_cast<blasint>(c.stride));
    }
}

void syrk(float alpha, MatrixView<const float> x, float beta, MatrixView<float> c)
{
    BITPRISM_ASSERT(c.rows == x.cols && c.cols == x.cols, "X^T X is square");
    if (c.rows > 0) {
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, static_cast<blasint>(c.rows),
                    static_cast<blasint>(x.rows), alpha, x.data, static_cast<blasint>(x.stride),
                    beta, c.data, static_cast<blasint>(c.stride));
    }
}

void syrk(double alpha, MatrixView<const double> x, double beta, MatrixView<double> c)
{
    BITPRISM_ASSERT(c.rows == x.cols && c.cols == x.cols, "X^T X is square");
    if (c.rows > 0) {
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, static_cast<blasint>(c.rows),
                    static_cast<blasint>(x.rows), alpha, x.data, static_cast<blasint>(x.stride),
                    beta, c.data, static_cast<blasint>(c.stride));
    }
}

void mirrorLower(MatrixView<float> matrix) { mirror(matrix); }
void mirrorLower(MatrixView<double> matrix) { mirror(matrix); }

const std::vector<int> &poolThreads() { return threadsAtLoad; }

void setBlasThreads(int count)
{
    BITPRISM_ASSERT(count >= 1, "at least one thread works");
    openblas_set_num_threads(count);
}

} // namespace bitprism::blas
