// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"

#include <stop_token>
#include <string>
#include <vector>

/// The one door to dense linear algebra. Matrices are row-major. The long routines are built from
/// GEMM over fixed panels, so that they can be cancelled and give the same bits for any number of
/// threads; they throw Error (Cancelled) within 100 ms of a stop request.
namespace bitprism::blas {

enum class Transpose
{
    No,
    Yes
};

/// C = alpha op(A) op(B) + beta C with op(A) [m, k], op(B) [k, n], C [m, n]. With beta = 0, C need
/// not be initialised.
void gemm(float alpha, MatrixView<const float> a, Transpose transposeA, MatrixView<const float> b,
          Transpose transposeB, float beta, MatrixView<float> c);
void gemm(double alpha, MatrixView<const double> a, Transpose transposeA,
          MatrixView<const double> b, Transpose transposeB, double beta, MatrixView<double> c);

/// Lower triangle of C = alpha X^T X + beta C, with X [samples, n] and C [n, n]; the upper triangle
/// is left alone (mirrorLower() fills it at the end of an accumulation).
void syrk(float alpha, MatrixView<const float> x, float beta, MatrixView<float> c);
void syrk(double alpha, MatrixView<const double> x, double beta, MatrixView<double> c);

/// Copies the lower triangle to the upper one.
void mirrorLower(MatrixView<float> matrix);
void mirrorLower(MatrixView<double> matrix);

/// A = L L^T in place: L replaces the lower triangle, zeros the upper one. Only the lower triangle
/// of A is read. False if A is not positive definite (or not finite); A is spoilt then.
bool cholesky(MatrixView<float> a, const std::stop_token &stop = {});
bool cholesky(MatrixView<double> a, const std::stop_token &stop = {});

/// L becomes L^-1, in place; L is lower triangular with zeros above the diagonal and no zero on it.
void invertLower(MatrixView<float> lower, const std::stop_token &stop = {});
void invertLower(MatrixView<double> lower, const std::stop_token &stop = {});

/// Solves L X = B (or L^T X = B) in place of B [n, k]; L [n, n] is lower triangular.
void solveLower(MatrixView<const float> lower, Transpose transpose, MatrixView<float> b,
                const std::stop_token &stop = {});
void solveLower(MatrixView<const double> lower, Transpose transpose, MatrixView<double> b,
                const std::stop_token &stop = {});

/// The upper factor U with U^T U = H^-1, in place of the symmetric H (lower triangle read), without
/// forming H^-1: U = inv(flip(cholesky(flip(H)))), flip reversing rows and columns. False if H is
/// not positive definite; H is spoilt then.
bool upperFactorOfInverse(MatrixView<float> hessian, const std::stop_token &stop = {});
bool upperFactorOfInverse(MatrixView<double> hessian, const std::stop_token &stop = {});

/// System ids of the threads that were there when this library was loaded, beside the main one: the
/// pool that OpenBLAS makes before anybody can set its priority.
const std::vector<int> &poolThreads();

/// Threads of the BLAS library; the engine sets LibTorch's and parallelFor's alike. At least 1.
void setBlasThreads(int count);

/// What the system's libblas.so.3 is, which LibTorch uses: "OpenBLAS 0.3.21", "reference BLAS".
/// Empty if there is none. Our own kernels link OpenBLAS by name whatever this says.
std::string blasName();
/// Whether LibTorch would run on the reference BLAS, an order of magnitude slower: worth a warning.
bool isReferenceBlas();

} // namespace bitprism::blas
