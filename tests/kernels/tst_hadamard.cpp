// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/kernels/hadamard.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace bitprism;

namespace {

/// Sums of a few hundred products of numbers near one, in FP64.
constexpr double exactTolerance = 1e-12;
/// The same in FP32.
constexpr double floatTolerance = 1e-5;

std::vector<double> randomValues(std::int64_t count, std::uint64_t seed)
{
    Random random(seed, "values");
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double &value : values) {
        value = random.normal();
    }
    return values;
}

double normOf(const std::vector<double> &values)
{
    double sum = 0;
    for (const double value : values) {
        sum += value * value;
    }
    return std::sqrt(sum);
}

double distance(const std::vector<double> &a, const std::vector<double> &b)
{
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::fabs(a[i] - b[i]));
    }
    return largest;
}

/// row M with M dense, written out.
std::vector<double> product(const std::vector<double> &row, const std::vector<double> &matrix)
{
    std::vector<double> result(row.size(), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t j = 0; j < row.size(); ++j) {
            result[j] += row[i] * matrix[i * row.size() + j];
        }
    }
    return result;
}

/// Entry of the Walsh-Hadamard matrix in natural order: the sign of the common bits' parity.
double walsh(std::size_t i, std::size_t j) { return __builtin_popcountll(i & j) % 2 == 0 ? 1 : -1; }

} // namespace

class TstHadamard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void butterfliesEqualTheDenseMatrix();
    void twiceIsTheIdentity();
    void ordersOfPaleyAreHadamard_data();
    void ordersOfPaleyAreHadamard();
    void sizesAreComposed_data();
    void sizesAreComposed();
    void rowsEqualTheDenseProduct_data() { sizes(); }
    void rowsEqualTheDenseProduct();
    void isOrthonormal_data() { sizes(); }
    void isOrthonormal();
    void kroneckerProductsCompose();
    void floatsFollowDoubles();

private:
    static void sizes();
};

void TstHadamard::sizes()
{
    QTest::addColumn<int>("size");
    for (const int size : {1,  2,  3,  8,  12,  20,  28,  36,  40,  44,  48,
                           52, 60, 64, 96, 108, 140, 172, 192, 288, 384, 416}) {
        QTest::addRow("%d", size) << size;
    }
}

void TstHadamard::butterfliesEqualTheDenseMatrix()
{
    constexpr std::size_t size = 64;
    std::vector<double> values = randomValues(size, 1);
    std::vector<double> expected(size, 0);
    for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t i = 0; i < size; ++i) {
            expected[j] += values[i] * walsh(i, j);
        }
    }
    walshHadamard(std::span(values));
    QVERIFY(distance(values, expected) <= exactTolerance * size);
}

void TstHadamard::twiceIsTheIdentity()
{
    for (const std::int64_t size : {2, 16, 256, 4096}) {
        const std::vector<double> before = randomValues(3 * size, 2);
        std::vector<double> values = before;
        const HadamardMatrix matrix(size);
        matrix.multiplyRows(std::span(values));
        QVERIFY(std::fabs(normOf(values) / normOf(before) - 1) <= exactTolerance);
        matrix.multiplyRows(std::span(values)); // symmetric for powers of two
        QVERIFY(distance(values, before) <= exactTolerance);
    }
}

void TstHadamard::ordersOfPaleyAreHadamard_data()
{
    QTest::addColumn<int>("order");
    for (const int order : {1, 2, 4, 12, 20, 24, 28, 36, 40, 44, 60, 76, 108, 140}) {
        QTest::addRow("%d", order) << order;
    }
}

void TstHadamard::ordersOfPaleyAreHadamard()
{
    QFETCH(int, order);
    const std::vector<signed char> signs = hadamardSigns(order);
    QCOMPARE(signs.size(), static_cast<std::size_t>(order * order));
    for (int a = 0; a < order; ++a) {
        QCOMPARE(static_cast<int>(signs[static_cast<std::size_t>(a * order)]), 1);
        for (int b = 0; b < order; ++b) {
            int sum = 0;
            for (int i = 0; i < order; ++i) {
                sum += signs[static_cast<std::size_t>(a * order + i)]
                    * signs[static_cast<std::size_t>(b * order + i)];
            }
            QCOMPARE(sum, a == b ? order : 0); // K K^T = order I, so every entry is +1 or -1
        }
    }
}

void TstHadamard::sizesAreComposed_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("order");
    QTest::addColumn<int>("power");
    QTest::addColumn<int>("block");
    QTest::newRow("power of two") << 4096 << 1 << 4096 << 4096;
    QTest::newRow("384") << 384 << 12 << 32 << 384;
    QTest::newRow("288 by Paley II") << 288 << 36 << 8 << 288;
    QTest::newRow("416 by a later order") << 416 << 104 << 4 << 416;
    QTest::newRow("14336 = 28 x 512") << 14336 << 28 << 512 << 14336;
    QTest::newRow("11008 = 43 x 256") << 11008 << 1 << 256 << 256;
    QTest::newRow("52 needs Williamson's") << 52 << 1 << 4 << 4;
    QTest::newRow("odd") << 33 << 1 << 1 << 1;
    QVERIFY(hadamardSigns(52).empty());
    QVERIFY(hadamardSigns(6).empty());
}

void TstHadamard::sizesAreComposed()
{
    QFETCH(int, size);
    QFETCH(int, order);
    QFETCH(int, power);
    QFETCH(int, block);
    const HadamardMatrix matrix(size);
    QCOMPARE(matrix.size(), static_cast<std::int64_t>(size));
    QCOMPARE(matrix.order(), static_cast<std::int64_t>(order));
    QCOMPARE(matrix.power(), static_cast<std::int64_t>(power));
    QCOMPARE(matrix.blockSize(), static_cast<std::int64_t>(block));
}

void TstHadamard::rowsEqualTheDenseProduct()
{
    QFETCH(int, size);
    const HadamardMatrix matrix(size);
    const std::vector<double> dense = matrix.dense();
    const std::vector<double> row = randomValues(size, 3);
    std::vector<double> values = row;
    matrix.multiplyRows(std::span(values));
    QVERIFY(distance(values, product(row, dense)) <= exactTolerance);
    matrix.multiplyRows(std::span(values), /*isTransposed=*/true);
    QVERIFY(distance(values, row) <= exactTolerance);
}

void TstHadamard::isOrthonormal()
{
    QFETCH(int, size);
    const HadamardMatrix matrix(size);
    const std::vector<double> dense = matrix.dense();
    const auto side = static_cast<std::size_t>(size);
    const double entry = 1 / std::sqrt(static_cast<double>(matrix.blockSize()));
    double worst = 0;
    for (std::size_t a = 0; a < side; ++a) {
        for (std::size_t b = 0; b < side; ++b) {
            double sum = 0;
            for (std::size_t i = 0; i < side; ++i) {
                sum += dense[a * side + i] * dense[b * side + i];
            }
            worst = std::max(worst, std::fabs(sum - (a == b ? 1 : 0)));
        }
        // The first column of every block is positive: transforms that keep a LayerNorm need it.
        const auto block = static_cast<std::size_t>(matrix.blockSize());
        QVERIFY(std::fabs(dense[a * side + a / block * block] - entry) <= exactTolerance);
    }
    QVERIFY(worst <= exactTolerance);
}

void TstHadamard::kroneckerProductsCompose()
{
    const std::vector<double> four = HadamardMatrix(4).dense();
    const std::vector<double> eight = HadamardMatrix(8).dense();
    const std::vector<double> all = HadamardMatrix(32).dense();
    for (std::size_t i = 0; i < 32; ++i) {
        for (std::size_t j = 0; j < 32; ++j) {
            const double expected = four[i / 8 * 4 + j / 8] * eight[i % 8 * 8 + j % 8];
            QVERIFY(std::fabs(all[i * 32 + j] - expected) <= exactTolerance);
        }
    }
}

void TstHadamard::floatsFollowDoubles()
{
    constexpr std::int64_t size = 384;
    constexpr std::int64_t rows = 300; // more than one thread's share
    std::vector<double> values = randomValues(rows * size, 4);
    std::vector<float> floats(values.begin(), values.end());
    const HadamardMatrix matrix(size);
    matrix.multiplyRows(std::span(values));
    matrix.multiplyRows(std::span(floats));
    QVERIFY(distance(values, {floats.begin(), floats.end()}) <= floatTolerance);
}

BITPRISM_TEST(TstHadamard);
#include "tst_hadamard.moc"
