// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/kernels/processor.h"
#include "core/kernels/uniform_kernels.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

using namespace bitprism;

namespace {

constexpr auto tileRows = static_cast<std::size_t>(UniformKernels::tileRows);

/// Values of a kind that rounding could treat in its own way.
std::vector<float> valuesOf(const std::string &kind, std::size_t count, std::uint64_t seed)
{
    Random random(seed, "values");
    std::vector<float> values(count);
    for (float &value : values) {
        double v = random.normal();
        if (kind == "one-sided") {
            v = 3 + std::abs(v);
        } else if (kind == "constant") {
            v = 0.75;
        } else if (kind == "huge") {
            v *= 1e37;
        } else if (kind == "tiny") {
            v *= 1e-41;
        } else if (kind == "halves") {
            v = 0.5 * std::floor(4 * v); // ties on a grid of scale 1
        }
        value = static_cast<float>(v);
    }
    return values;
}

template <typename T> bool equalBits(const std::vector<T> &a, const std::vector<T> &b)
{
    return a.size() == b.size()
        && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// Where a power overflows to NaN, its sign and payload are the processor's affair.
bool equalOrNaN(const std::vector<float> &a, const std::vector<float> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
        return (std::isnan(x) && std::isnan(y)) || std::memcmp(&x, &y, sizeof x) == 0;
    });
}

} // namespace

class TstUniformKernels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void avx2GivesTheSameBits_data();
    void avx2GivesTheSameBits();
    void avx2RoundsColumnsAlike_data() { addKinds(); }
    void avx2RoundsColumnsAlike();
    void chosenKernelsRoundAsDefined();

private:
    static void addKinds()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"normal", "one-sided", "constant", "huge", "tiny", "halves"}) {
            QTest::newRow(kind) << kind;
        }
    }
};

void TstUniformKernels::avx2GivesTheSameBits_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("count");
    for (const char *kind : {"normal", "one-sided", "constant", "huge", "tiny", "halves"}) {
        for (const int count : {0, 1, 7, 8, 31, 64, 127, 1000}) {
            QTest::addRow("%s %d", kind, count) << kind << count;
        }
    }
}

void TstUniformKernels::avx2GivesTheSameBits()
{
    QFETCH(QString, kind);
    QFETCH(int, count);
    if (!hasAvx2()) {
        QSKIP("This processor has no AVX2.");
    }
    const UniformKernels &plain = plainUniformKernels();
    const UniformKernels &fast = *avx2UniformKernels();
    const auto size = static_cast<std::size_t>(count);
    const std::vector<float> weights = valuesOf(kind.toStdString(), size, 1);
    for (const GridValues grid : {GridValues{0.25F, 8, 15}, GridValues{1, 0, 3},
                                  GridValues{3e-39F, 127, 255}, GridValues{1e36F, -40, 7}}) {
        std::vector<std::uint8_t> codes(size);
        std::vector<std::uint8_t> sameCodes(size);
        plain.quantize(weights.data(), count, grid, codes.data());
        fast.quantize(weights.data(), count, grid, sameCodes.data());
        QVERIFY(equalBits(codes, sameCodes));
        std::vector<float> values(size);
        std::vector<float> sameValues(size);
        plain.dequantize(codes.data(), count, grid, values.data());
        fast.dequantize(codes.data(), count, grid, sameValues.data());
        QVERIFY(equalBits(values, sameValues));
        plain.powerTerms(weights.data(), count, grid, 0.5F, values.data());
        fast.powerTerms(weights.data(), count, grid, 0.5F, sameValues.data());
        QVERIFY(equalOrNaN(values, sameValues));
        plain.fakeQuantize(weights.data(), count, grid, values.data());
        sameValues = weights; // in place
        fast.fakeQuantize(sameValues.data(), count, grid, sameValues.data());
        QVERIFY(equalBits(values, sameValues));
    }
}

void TstUniformKernels::avx2RoundsColumnsAlike()
{
    QFETCH(QString, kind);
    if (!hasAvx2()) {
        QSKIP("This processor has no AVX2.");
    }
    constexpr std::int64_t columns = 37;
    const std::vector<float> weights = valuesOf(kind.toStdString(), tileRows, 2);
    std::vector<float> scales = valuesOf("one-sided", tileRows, 3);
    std::vector<float> zeroPoints = valuesOf("halves", tileRows, 4);
    for (float &value : zeroPoints) {
        value = std::floor(value) + 8;
    }
    const std::vector<float> rest
        = valuesOf(kind.toStdString(), tileRows * static_cast<std::size_t>(columns), 5);
    const std::vector<float> factors = valuesOf("normal", static_cast<std::size_t>(columns), 6);
    const auto run = [&](const UniformKernels &kernels, std::vector<std::uint8_t> &codes,
                         std::vector<float> &errors, std::vector<double> &sums) {
        codes.resize(tileRows);
        errors.resize(tileRows);
        sums.assign(tileRows, 0.5);
        kernels.roundColumn(weights.data(), scales.data(), zeroPoints.data(), 15, 0.3F,
                            codes.data(), errors.data(), sums.data());
        std::vector<float> moved = rest;
        kernels.moveErrors(moved.data(), columns, errors.data(), factors.data());
        return moved;
    };
    std::vector<std::uint8_t> codes, sameCodes;
    std::vector<float> errors, sameErrors;
    std::vector<double> sums, sameSums;
    const std::vector<float> moved = run(plainUniformKernels(), codes, errors, sums);
    const std::vector<float> sameMoved
        = run(*avx2UniformKernels(), sameCodes, sameErrors, sameSums);
    QVERIFY(equalBits(codes, sameCodes));
    QVERIFY(equalBits(errors, sameErrors));
    QVERIFY(equalBits(sums, sameSums));
    QVERIFY(equalBits(moved, sameMoved));
}

void TstUniformKernels::chosenKernelsRoundAsDefined()
{
    const std::vector<float> weights = valuesOf("halves", 500, 7);
    const GridValues grid{1, 3, 15};
    std::vector<std::uint8_t> codes(weights.size());
    uniformKernels().quantize(weights.data(), std::ssize(weights), grid, codes.data());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        QCOMPARE(static_cast<float>(codes[i]),
                 std::clamp(std::nearbyint(weights[i]) + grid.zeroPoint, 0.0F, grid.maxCode));
    }
}

BITPRISM_TEST(TstUniformKernels);
#include "tst_uniform_kernels.moc"
