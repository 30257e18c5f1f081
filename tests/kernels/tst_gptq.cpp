// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"
#include "core/kernels/gptq.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double damping = 0.01;
// Sums of a few hundred products of size one, in double.
constexpr double identityTolerance = 1e-9;

GptqOptions options(int bits, std::int64_t groupSize = 0, bool staticGroups = false,
                    int blockSize = 128)
{
    GptqOptions result;
    result.grid.bits = bits;
    result.grid.groupSize = groupSize;
    result.grid.scaleType = ScaleType::F32;
    result.staticGroups = staticGroups;
    result.blockSize = blockSize;
    return result;
}

template <typename T>
GptqResult<T> quantized(const Matrix<T> &W, const Matrix<T> &H, const GptqOptions &gptqOptions,
                        bool actOrder = false)
{
    const auto factor = GptqFactor<T>::make(H.view(), damping, actOrder);
    return gptq<T>(W.view(), factor, gptqOptions, H.view(), true);
}

/// Values of codes, in double as GPTQ<double> computes them.
Matrix<double> valuesOf(const std::vector<std::uint8_t> &codes, const GridSet &grids)
{
    Matrix<double> Q(grids.rows, grids.cols);
    for (std::int64_t i = 0; i < grids.rows; ++i) {
        for (std::int64_t j = 0; j < grids.cols; ++j) {
            const Grid grid = grids.grid(i, grids.group(j));
            Q(i, j) = static_cast<double>(grid.scale)
                * (codes[static_cast<std::size_t>(i * grids.cols + j)] - grid.zeroPoint);
        }
    }
    return Q;
}

Matrix<double> dampedHessian(Matrix<double> H, double share = damping)
{
    double mean = 0;
    for (std::int64_t i = 0; i < H.rows; ++i) {
        mean += H(i, i) / static_cast<double>(H.rows);
    }
    for (std::int64_t i = 0; i < H.rows; ++i) {
        H(i, i) += share * mean;
    }
    return H;
}

/// tr(D H D^T) with D = W - Q.
double outputError(const Matrix<double> &W, const Matrix<double> &Q, const Matrix<double> &H)
{
    Matrix<double> D = W;
    for (std::size_t i = 0; i < D.values.size(); ++i) {
        D.values[i] -= Q.values[i];
    }
    const Matrix<double> DH = product(D, H);
    return std::inner_product(D.values.begin(), D.values.end(), DH.values.begin(), 0.0);
}

std::vector<std::uint8_t> rtnCodes(const Matrix<double> &W, const GridOptions &gridOptions)
{
    const auto single = W.as<float>();
    std::vector<std::uint8_t> codes(W.values.size());
    quantizeCodes(single.view(), fitGrids(single.view(), gridOptions), codes);
    return codes;
}

Matrix<double> inverseOf(const Matrix<double> &H) // Gauss-Jordan
{
    Matrix<double> A = H;
    Matrix<double> inverse(H.rows, H.cols);
    for (std::int64_t i = 0; i < H.rows; ++i) {
        inverse(i, i) = 1;
    }
    for (std::int64_t p = 0; p < H.rows; ++p) {
        const double pivot = A(p, p);
        for (std::int64_t j = 0; j < H.cols; ++j) {
            A(p, j) /= pivot;
            inverse(p, j) /= pivot;
        }
        for (std::int64_t i = 0; i < H.rows; ++i) {
            const double factor = i == p ? 0 : A(i, p);
            for (std::int64_t j = 0; j < H.cols; ++j) {
                A(i, j) -= factor * A(p, j);
                inverse(i, j) -= factor * inverse(p, j);
            }
        }
    }
    return inverse;
}

/// Optimal brain quantization in a given order, as a textbook has it: the explicit inverse, from
/// which each rounded column is eliminated. `order` empty: columns as they stand.
std::vector<std::uint8_t> textbookCodes(Matrix<double> W, const Matrix<double> &H,
                                        const GptqOptions &gptqOptions,
                                        std::vector<std::int64_t> order = {})
{
    if (order.empty()) {
        order.resize(static_cast<std::size_t>(W.cols));
        std::iota(order.begin(), order.end(), 0);
    }
    Matrix<double> inverse = inverseOf(dampedHessian(H));
    std::vector<std::uint8_t> codes(W.values.size());
    const std::int64_t groupSize
        = gptqOptions.grid.groupSize == 0 ? W.cols : gptqOptions.grid.groupSize;
    std::vector<Grid> grids(static_cast<std::size_t>(W.rows));
    for (std::int64_t k = 0; k < W.cols; ++k) {
        const std::int64_t c = order[static_cast<std::size_t>(k)];
        for (std::int64_t i = 0; i < W.rows; ++i) {
            if (k % groupSize == 0) {
                std::vector<float> group;
                for (std::int64_t j = k; j < std::min(k + groupSize, W.cols); ++j) {
                    group.push_back(static_cast<float>(W(i, order[static_cast<std::size_t>(j)])));
                }
                grids[static_cast<std::size_t>(i)] = fitGrid(group, gptqOptions.grid);
            }
            const Grid grid = grids[static_cast<std::size_t>(i)];
            const auto scale = static_cast<double>(grid.scale);
            const double code = std::clamp(std::nearbyint(W(i, c) / scale) + grid.zeroPoint, 0.0,
                                           std::pow(2.0, gptqOptions.grid.bits) - 1);
            codes[static_cast<std::size_t>(i * W.cols + c)] = static_cast<std::uint8_t>(code);
            const double error = (W(i, c) - scale * (code - grid.zeroPoint)) / inverse(c, c);
            for (std::int64_t j = k; j < W.cols; ++j) {
                const std::int64_t other = order[static_cast<std::size_t>(j)];
                W(i, other) -= error * inverse(c, other);
            }
        }
        const Matrix<double> before = inverse;
        for (std::int64_t i = 0; i < W.cols; ++i) {
            for (std::int64_t j = 0; j < W.cols; ++j) {
                inverse(i, j) -= before(i, c) * before(c, j) / before(c, c);
            }
        }
    }
    return codes;
}

std::vector<std::int64_t> byFallingDiagonal(const Matrix<double> &H)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(H.rows));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int64_t a, std::int64_t b) { return H(a, a) > H(b, b); });
    return order;
}

} // namespace

class TstGptq : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheTextbook_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<bool>("actOrder");
        QTest::addColumn<bool>("clip");
        for (const int bits : {2, 3, 4, 8}) {
            for (const int groupSize : {0, 8, 48}) {
                for (const bool actOrder : {false, true}) {
                    QTest::addRow("%d bits g%d%s", bits, groupSize, actOrder ? " act order" : "")
                        << bits << groupSize << actOrder << false;
                }
            }
        }
        QTest::newRow("clip search") << 3 << 8 << false << true;
    }

    void equalsTheTextbook()
    {
        QFETCH(int, bits);
        QFETCH(int, groupSize);
        QFETCH(bool, actOrder);
        QFETCH(bool, clip);
        const auto W = randomMatrix<double>(9, 70, 1); // the last group is ragged
        const auto H = randomHessian<double>(70, 2);
        GptqOptions gptqOptions = options(bits, groupSize, false, 32);
        gptqOptions.grid.clip = clip ? ClipSearch::PowerNorm : ClipSearch::None;
        const std::vector<std::int64_t> order
            = actOrder ? byFallingDiagonal(H) : std::vector<std::int64_t>();
        // A whole row's grid is independent of the order.
        QCOMPARE(quantized(W, H, gptqOptions, actOrder).codes,
                 textbookCodes(W, H, gptqOptions, order));
    }

    void equalsRtnOnADiagonalHessian_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<bool>("actOrder");
        QTest::addColumn<bool>("isIdentity");
        for (const int bits : {2, 3, 4, 8}) {
            for (const bool actOrder : {false, true}) {
                for (const bool isIdentity : {false, true}) {
                    QTest::addRow("%d bits%s%s", bits, actOrder ? ", act order" : "",
                                  isIdentity ? ", identity" : "")
                        << bits << actOrder << isIdentity;
                }
            }
        }
    }

    void equalsRtnOnADiagonalHessian()
    {
        QFETCH(int, bits);
        QFETCH(bool, actOrder);
        QFETCH(bool, isIdentity);
        const auto W = randomMatrix<double>(32, 64, 7).as<float>().as<double>();
        Random random(8, "diagonal");
        Matrix<double> H(64, 64);
        for (std::int64_t i = 0; i < 64; ++i) {
            H(i, i) = isIdentity ? 3.0 : 0.1 + random.uniform();
        }
        for (const bool grouped : {false, true}) {
            const GptqOptions gptqOptions = options(bits, grouped ? 16 : 0, true);
            QCOMPARE(quantized(W, H, gptqOptions, actOrder).codes, rtnCodes(W, gptqOptions.grid));
        }
    }

    void isIndependentOfBlockSizeAndScale_data()
    {
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<bool>("actOrder");
        for (const int groupSize : {0, 5, 16, 48}) {
            for (const bool actOrder : {false, true}) {
                QTest::addRow("g%d%s", groupSize, actOrder ? " act order" : "")
                    << groupSize << actOrder;
            }
        }
    }

    void isIndependentOfBlockSizeAndScale()
    {
        QFETCH(int, groupSize);
        QFETCH(bool, actOrder);
        const auto W = randomMatrix<double>(20, 100, 3);
        const auto H = randomHessian<double>(100, 4);
        const auto codes = quantized(W, H, options(3, groupSize, false, 1), actOrder).codes;
        for (const int blockSize : {7, 16, 32, 128}) {
            QCOMPARE(quantized(W, H, options(3, groupSize, false, blockSize), actOrder).codes,
                     codes);
        }
        for (const double scale : {0x1p-20, 3.7, 1e6}) {
            Matrix<double> scaled = H;
            for (double &value : scaled.values) {
                value *= scale;
            }
            QCOMPARE(quantized(W, scaled, options(3, groupSize), actOrder).codes, codes);
        }
    }

    void compensationAccountsForTheError_data() // E U = W - Q, sum E^2 = tr(D H D^T)
    {
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<bool>("actOrder");
        QTest::addColumn<bool>("staticGroups");
        QTest::newRow("rows") << 0 << false << false;
        QTest::newRow("rows, act order") << 0 << true << false;
        QTest::newRow("groups") << 16 << false << false;
        QTest::newRow("groups, act order") << 16 << true << false; // needs the group map
        QTest::newRow("static groups, act order") << 16 << true << true;
    }

    void compensationAccountsForTheError()
    {
        QFETCH(int, groupSize);
        QFETCH(bool, actOrder);
        QFETCH(bool, staticGroups);
        const auto W = randomMatrix<double>(11, 90, 3);
        const auto H = randomHessian<double>(90, 4);
        const auto factor = GptqFactor<double>::make(H.view(), damping, actOrder);
        const GptqResult<double> result
            = gptq<double>(W.view(), factor, options(3, groupSize, staticGroups), {}, true);
        QCOMPARE(result.grids.groupOfColumn.empty(), !actOrder || staticGroups || groupSize == 0);
        const Matrix<double> Q = valuesOf(result.codes, result.grids);
        Matrix<double> U(90, 90);
        U.values = factor.upper;
        Matrix<double> E(11, 90);
        E.values = result.compensation;
        const Matrix<double> EU = product(E, U);
        for (std::int64_t i = 0; i < 11; ++i) {
            for (std::int64_t k = 0; k < 90; ++k) {
                const std::int64_t col = factor.order[static_cast<std::size_t>(k)];
                QVERIFY(std::fabs(EU(i, k) - (W(i, col) - Q(i, col))) < identityTolerance);
            }
        }
        const double trace = outputError(W, Q, dampedHessian(H));
        QVERIFY(std::fabs(2 * result.error - trace) < identityTolerance * trace);
    }

    void beatsRtnOnCorrelatedInputs() // on average; greedy rounding promises nothing per instance
    {
        // Checked in float64 by the method's specification: better on 100 of 100, mean 0.49.
        constexpr int leastWins = 97;
        constexpr double largestRatio = 0.55;
        int wins = 0;
        double gptqSum = 0;
        double rtnSum = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const auto W = randomMatrix<double>(1, 64, 1000 + seed).as<float>().as<double>();
            const auto H = randomHessian<double>(64, seed);
            const GptqOptions gptqOptions = options(3);
            const GptqResult<double> result = quantized(W, H, gptqOptions);
            const double error = outputError(W, valuesOf(result.codes, result.grids), H);
            const double rtn
                = outputError(W, valuesOf(rtnCodes(W, gptqOptions.grid), result.grids), H);
            wins += error < rtn ? 1 : 0;
            gptqSum += error;
            rtnSum += rtn;
        }
        QVERIFY2(wins >= leastWins, qPrintable(QString::number(wins)));
        QVERIFY2(gptqSum < largestRatio * rtnSum, qPrintable(QString::number(gptqSum / rtnSum)));
    }

    void followsAPermutationOfInputs()
    {
        const std::int64_t cols = 60;
        const auto W = randomMatrix<double>(8, cols, 5);
        const auto H = randomHessian<double>(cols, 6);
        Matrix<double> permutedW(8, cols);
        Matrix<double> permutedH(cols, cols);
        const auto from = [cols](std::int64_t j) { return (7 * j + 3) % cols; };
        for (std::int64_t j = 0; j < cols; ++j) {
            for (std::int64_t i = 0; i < 8; ++i) {
                permutedW(i, j) = W(i, from(j));
            }
            for (std::int64_t k = 0; k < cols; ++k) {
                permutedH(j, k) = H(from(j), from(k));
            }
        }
        const auto straight = quantized(W, H, options(3), true).codes;
        const auto permuted = quantized(permutedW, permutedH, options(3), true).codes;
        for (std::int64_t i = 0; i < 8; ++i) {
            for (std::int64_t j = 0; j < cols; ++j) {
                QCOMPARE(permuted[static_cast<std::size_t>(i * cols + j)],
                         straight[static_cast<std::size_t>(i * cols + from(j))]);
            }
        }
    }

    void roundsDeadInputsToZero()
    {
        auto W = randomMatrix<double>(4, 24, 5);
        Matrix<double> H = randomHessian<double>(24, 6);
        for (const std::int64_t dead : {3, 20}) {
            for (std::int64_t j = 0; j < 24; ++j) {
                H(dead, j) = 0;
                H(j, dead) = 0;
            }
        }
        W(0, 3) = 50; // the row's grid sees it, a group's does not
        const GptqResult<double> rows = quantized(W, H, options(4));
        const GptqResult<double> groups = quantized(W, H, options(4, 8));
        const GptqResult<double> fixed = quantized(W, H, options(4, 8, true));
        for (const GptqResult<double> *result : {&rows, &groups, &fixed}) {
            const Matrix<double> Q = valuesOf(result->codes, result->grids);
            QCOMPARE(Q(0, 3), 0.0);
            QCOMPARE(Q(2, 20), 0.0);
        }
        QVERIFY(rows.grids.grid(0, 0).scale > 3);
        QVERIFY(groups.grids.grid(0, 0).scale < 1);
        QVERIFY(fixed.grids.grid(0, 0).scale < 1);
    }

    void raisesTheDampingOfSingularHessians()
    {
        Matrix<double> H(6, 6, 1.0); // rank one
        const auto factor = GptqFactor<double>::make(H.view(), 0, false);
        QVERIFY(factor.damping > 0);
        QCOMPARE(GptqFactor<double>::make(H.view(), damping, false).damping, damping);
        Matrix<double> indefinite(2, 2, 1.0);
        indefinite(1, 0) = -9;
        try {
            GptqFactor<double>::make(indefinite.view(), damping, false);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void quantizesWithoutAnyLivingInput()
    {
        const auto W = randomMatrix<double>(2, 8, 5);
        const Matrix<double> H(8, 8);
        const GptqResult<double> result = quantized(W, H, options(4));
        QVERIFY(valuesOf(result.codes, result.grids) == Matrix<double>(2, 8));
        // Columns in their own order by chance: the map is stored all the same, as predicted.
        QVERIFY(!quantized(W, H, options(4, 4), true).grids.groupOfColumn.empty());
    }

    void singlePrecisionComesClose()
    {
        // Ties that fall the other way spread to later columns: errors are compared, not codes.
        constexpr double tolerance = 0.05;
        const auto W = randomMatrix<double>(70, 200, 3).as<float>().as<double>();
        const auto H = randomHessian<double>(200, 4);
        const auto exact = quantized(W, H, options(3, 64), true);
        const auto single = quantized(W.as<float>(), H.as<float>(), options(3, 64), true);
        QVERIFY(std::fabs(single.error / exact.error - 1) < tolerance);
        const double error = outputError(W, valuesOf(single.codes, single.grids), dampedHessian(H));
        QVERIFY(std::fabs(error / (2 * single.error) - 1) < tolerance);
    }

    void isIndependentOfThreads()
    {
        const auto W = randomMatrix<float>(200, 260, 3);
        const auto H = randomHessian<float>(260, 4);
        const int before = threadCount();
        setThreadCount(1);
        blas::setBlasThreads(1);
        const auto one = quantized(W, H, options(3, 128), true);
        for (const int threads : {2, 3, 4}) {
            setThreadCount(threads);
            blas::setBlasThreads(threads);
            const auto several = quantized(W, H, options(3, 128), true);
            QVERIFY(several.codes == one.codes);
            QVERIFY(several.grids == one.grids);
            QCOMPARE(several.error, one.error);
        }
        setThreadCount(before);
        blas::setBlasThreads(1);
    }

    void fitsGroupsByTheHessianSearch_data()
    {
        QTest::addColumn<bool>("staticGroups");
        QTest::newRow("static") << true;
        QTest::newRow("dynamic") << false;
    }

    void fitsGroupsByTheHessianSearch()
    {
        QFETCH(bool, staticGroups);
        const auto W = randomMatrix<float>(10, 64, 3);
        const auto H = randomHessian<float>(64, 4);
        GptqOptions gptqOptions = options(3, 16, staticGroups);
        gptqOptions.grid.clip = ClipSearch::Hessian;
        const GptqResult<float> result = quantized(W, H, gptqOptions);
        const GridSet expected = fitGrids(W.view(), gptqOptions.grid, H.view());
        for (std::int64_t i = 0; i < 10; ++i) { // the first group is fitted before any update
            QCOMPARE(result.grids.grid(i, 0), expected.grid(i, 0));
        }
        QCOMPARE(result.grids == expected, staticGroups);
    }

    void refusesWhatIsNotFinite()
    {
        auto W = randomMatrix<float>(4, 8, 3);
        auto H = randomHessian<float>(8, 4);
        H(3, 3) = std::nanf("");
        QVERIFY_EXCEPTION_THROWN(GptqFactor<float>::make(H.view(), damping, false), Error);
        H(3, 3) = -1;
        QVERIFY_EXCEPTION_THROWN(GptqFactor<float>::make(H.view(), damping, false), Error);
        W(2, 2) = INFINITY;
        H = randomHessian<float>(8, 4);
        QVERIFY_EXCEPTION_THROWN(quantized(W, H, options(4)), Error);
        QVERIFY_EXCEPTION_THROWN(quantized(W, H, options(4, 4)), Error);
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        const auto W = randomMatrix<float>(4, 8, 3);
        const auto H = randomHessian<float>(8, 4);
        const auto factor = GptqFactor<float>::make(H.view(), damping, false);
        source.request_stop();
        for (const std::int64_t groupSize : {0, 4}) {
            try {
                gptq<float>(W.view(), factor, options(4, groupSize), {}, false, source.get_token());
                QFAIL("went on");
            } catch (const Error &error) {
                QCOMPARE(error.code(), ErrorCode::Cancelled);
            }
        }
        QVERIFY_EXCEPTION_THROWN(
            GptqFactor<float>::make(H.view(), damping, false, source.get_token()), Error);
    }
};

BITPRISM_TEST(TstGptq);
#include "tst_gptq.moc"
