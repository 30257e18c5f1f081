// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/blas.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;
using blas::Transpose;

namespace {

// Sums of a few hundred terms of size one in double.
constexpr double doubleTolerance = 1e-9;
// The same in float, with the condition numbers of the random Hessians below.
constexpr double floatTolerance = 2e-3;

template <typename T> Matrix<T> damped(Matrix<T> hessian)
{
    for (std::int64_t i = 0; i < hessian.rows; ++i) {
        hessian(i, i) += T(0.05);
    }
    return hessian;
}

/// NaN above the diagonal: only the lower triangle may be read.
template <typename T> Matrix<T> lowerOnly(Matrix<T> matrix)
{
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        for (std::int64_t j = i + 1; j < matrix.cols; ++j) {
            matrix(i, j) = std::numeric_limits<T>::quiet_NaN();
        }
    }
    return matrix;
}

template <typename T> Matrix<T> identity(std::int64_t size)
{
    Matrix<T> matrix(size, size);
    for (std::int64_t i = 0; i < size; ++i) {
        matrix(i, i) = T(1);
    }
    return matrix;
}

template <typename T> void checkProduct(bool transposeA, bool transposeB, double tolerance)
{
    const auto A = randomMatrix<T>(37, 53, 1);
    const auto B = randomMatrix<T>(53, 19, 2);
    const Matrix<T> storedA = transposeA ? transposed(A) : A;
    const Matrix<T> storedB = transposeB ? transposed(B) : B;
    auto C = randomMatrix<T>(37, 19, 3);
    Matrix<T> expected = product(A, B);
    for (std::size_t i = 0; i < C.values.size(); ++i) {
        expected.values[i] = T(2) * expected.values[i] - C.values[i];
    }
    blas::gemm(T(2), storedA.view(), transposeA ? Transpose::Yes : Transpose::No, storedB.view(),
               transposeB ? Transpose::Yes : Transpose::No, T(-1), C.view());
    QVERIFY(largestDifference(C, expected) < tolerance);
}

template <typename T> void checkFactorisation(std::int64_t size, double tolerance)
{
    const Matrix<T> H = damped(randomHessian<T>(size, 5));
    Matrix<T> L = lowerOnly(H);
    QVERIFY(blas::cholesky(L.view()));
    QVERIFY(largestDifference(product(L, transposed(L)), H) < tolerance);

    Matrix<T> inverse = L;
    blas::invertLower(inverse.view());
    QVERIFY(largestDifference(product(L, inverse), identity<T>(size)) < tolerance);

    const auto X = randomMatrix<T>(size, 3, 6);
    Matrix<T> B = product(L, X);
    blas::solveLower(L.view(), Transpose::No, B.view());
    QVERIFY(largestDifference(B, X) < tolerance);
    B = product(transposed(L), X);
    blas::solveLower(L.view(), Transpose::Yes, B.view());
    QVERIFY(largestDifference(B, X) < tolerance);

    Matrix<T> U = lowerOnly(H);
    QVERIFY(blas::upperFactorOfInverse(U.view()));
    QVERIFY(largestDifference(product(product(U, H), transposed(U)), identity<T>(size))
            < tolerance);
    for (std::int64_t i = 1; i < size; ++i) {
        QCOMPARE(U(i, i - 1), T(0));
    }
}

Matrix<float> factorWith(int threads, const Matrix<float> &H)
{
    blas::setBlasThreads(threads);
    Matrix<float> U = H;
    blas::upperFactorOfInverse(U.view());
    blas::setBlasThreads(1);
    return U;
}

} // namespace

class TstBlas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void multipliesInAllOrientations_data()
    {
        QTest::addColumn<bool>("transposeA");
        QTest::addColumn<bool>("transposeB");
        QTest::newRow("A B") << false << false;
        QTest::newRow("A^T B") << true << false;
        QTest::newRow("A B^T") << false << true;
        QTest::newRow("A^T B^T") << true << true;
    }

    void multipliesInAllOrientations()
    {
        QFETCH(bool, transposeA);
        QFETCH(bool, transposeB);
        checkProduct<float>(transposeA, transposeB, floatTolerance);
        checkProduct<double>(transposeA, transposeB, doubleTolerance);
    }

    void refusesShapesThatDoNotFit()
    {
        const Matrix<float> A(2, 3);
        Matrix<float> C(2, 2);
        QVERIFY_EXCEPTION_THROWN(
            blas::gemm(1.0F, A.view(), Transpose::No, A.view(), Transpose::No, 0.0F, C.view()),
            Error);
    }

    void accumulatesTheLowerTriangle()
    {
        const auto X = randomMatrix<double>(40, 7, 1);
        Matrix<double> C(7, 7, 1.0);
        blas::syrk(0.5, X.view(), 1.0, C.view());
        const Matrix<double> full = product(transposed(X), X);
        QCOMPARE(C(2, 5), 1.0);
        QVERIFY(std::fabs(C(5, 2) - (0.5 * full(5, 2) + 1)) < doubleTolerance);
        blas::mirrorLower(C.view());
        QCOMPARE(C(2, 5), C(5, 2));
    }

    void mirrorsAcrossTiles()
    {
        Matrix<float> matrix = lowerOnly(randomMatrix<float>(77, 77, 3));
        blas::mirrorLower(matrix.view());
        QCOMPARE(largestDifference(matrix, transposed(matrix)), 0.0);
    }

    void factorsInvertsAndSolves_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {1, 2, 5, 127, 128, 129, 300}) {
            QTest::addRow("%d", size) << size;
        }
    }

    void factorsInvertsAndSolves()
    {
        QFETCH(int, size);
        checkFactorisation<float>(size, floatTolerance);
        checkFactorisation<double>(size, doubleTolerance);
    }

    void factorsAcrossStrips() // more rows than one GEMM call takes
    {
        const std::int64_t size = 1200;
        auto A = randomMatrix<double>(size, size, 4, 0.01);
        for (std::int64_t i = 0; i < size; ++i) {
            for (std::int64_t j = 0; j < i; ++j) {
                A(j, i) = A(i, j);
            }
            A(i, i) = 5;
        }
        Matrix<double> U = lowerOnly(A);
        QVERIFY(blas::upperFactorOfInverse(U.view()));
        Matrix<double> UA(size, size);
        Matrix<double> unit(size, size);
        blas::gemm(1.0, U.view(), Transpose::No, A.view(), Transpose::No, 0.0, UA.view());
        blas::gemm(1.0, UA.view(), Transpose::No, U.view(), Transpose::Yes, 0.0, unit.view());
        QVERIFY(largestDifference(unit, identity<double>(size)) < doubleTolerance);
    }

    void refusesWhatIsNotPositiveDefinite_data()
    {
        QTest::addColumn<double>("value");
        QTest::newRow("negative") << -1.0;
        QTest::newRow("zero") << 0.0;
        QTest::newRow("not a number") << std::nan("");
        QTest::newRow("infinite") << double(INFINITY);
    }

    void refusesWhatIsNotPositiveDefinite()
    {
        QFETCH(double, value);
        for (const std::int64_t position : {0, 130, 199}) {
            Matrix<double> A = identity<double>(200);
            A(position, position) = value;
            QVERIFY(!blas::cholesky(A.view()));
        }
    }

    void givesTheSameBitsForAnyThreadCount()
    {
        const auto H = damped(randomHessian<float>(300, 9));
        const Matrix<float> one = factorWith(1, H);
        for (const int threads : {2, 3}) {
            QVERIFY(factorWith(threads, H) == one);
        }
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        Matrix<float> A = identity<float>(10);
        try {
            blas::cholesky(A.view(), source.get_token());
            QFAIL("went on");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
        QVERIFY_EXCEPTION_THROWN(blas::invertLower(A.view(), source.get_token()), Error);
    }

    void namesTheSystemsLibrary()
    {
        const std::string name = blas::blasName();
        QCOMPARE(blas::isReferenceBlas(), name == "reference BLAS");
        QVERIFY(name.find('\n') == std::string::npos);
    }
};

BITPRISM_TEST(TstBlas);
#include "tst_blas.moc"
