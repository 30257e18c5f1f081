// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/gptq.h"
#include "core/kernels/mixed_grids.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 products of some hundred terms.
constexpr double splitForward = 1e-5;

GridOptions grid(int bits, std::int64_t groupSize)
{
    GridOptions options;
    options.bits = bits;
    options.groupSize = groupSize;
    options.clip = ClipSearch::PowerNorm;
    return options;
}

MixedGridOptions grids(int low, int high, std::int64_t groupSize)
{
    return {grid(high, groupSize), grid(low, groupSize)};
}

std::vector<float> scoresOf(std::int64_t channels, std::uint64_t seed)
{
    return randomMatrix<float>(1, channels, seed).values;
}

Matrix<float> valuesOf(const QuantizedWeight &weight)
{
    Matrix<float> Q(weight.rows(), weight.cols());
    weight.dequantize(Q.values);
    return Q;
}

Matrix<float> roundedPlain(const Matrix<float> &W, const GridOptions &options)
{
    const GridSet set = fitGrids(W.view(), options);
    Matrix<float> Q(W.rows, W.cols);
    fakeQuantize(W.view(), set, Q.view());
    return Q;
}

double outputError(const Matrix<float> &W, const Matrix<float> &Q, const Matrix<float> &H)
{
    double error = 0;
    for (std::int64_t i = 0; i < W.rows; ++i) {
        for (std::int64_t j = 0; j < W.cols; ++j) {
            for (std::int64_t k = 0; k < W.cols; ++k) {
                error += static_cast<double>(W(i, j) - Q(i, j)) * static_cast<double>(H(j, k))
                    * static_cast<double>(W(i, k) - Q(i, k));
            }
        }
    }
    return error;
}

template <typename Call> bool isRefused(Call call)
{
    return complaintOf(call).code == ErrorCode::BadInput;
}

} // namespace

class TstMixedGrids : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsChannels()
    {
        QCOMPARE(highImpactCount(0, 64), std::int64_t(0));
        QCOMPARE(highImpactCount(1, 64), std::int64_t(64));
        QCOMPARE(highImpactCount(0.05, 64), std::int64_t(3));
        QCOMPARE(highImpactCount(0.002, 64), std::int64_t(1));
        QCOMPARE(highImpactCount(0.999, 64), std::int64_t(63));
        QCOMPARE(highImpactCount(0.1, 172), std::int64_t(17));
    }

    void splitsAreNested() // property 9
    {
        for (const std::int64_t channels : {20, 172}) {
            const std::vector<float> scores = scoresOf(channels, 5);
            std::set<std::int64_t> smaller;
            for (const double ratio : {0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.4, 0.7, 1.0}) {
                const ChannelSplit split = splitByScore(scores, ratio, ChannelAxis::Columns);
                const std::set<std::int64_t> high(split.high.begin(), split.high.end());
                QVERIFY(std::includes(high.begin(), high.end(), smaller.begin(), smaller.end()));
                QCOMPARE(std::ssize(split.high), highImpactCount(ratio, channels));
                QCOMPARE(split.channels(), channels);
                for (const std::int64_t h : split.high) {
                    for (const std::int64_t l : split.low) {
                        QVERIFY(scores[static_cast<std::size_t>(h)]
                                >= scores[static_cast<std::size_t>(l)]);
                    }
                }
                smaller = high;
            }
        }
    }

    void equalScoresKeepTheirOrder()
    {
        const std::vector<float> scores(10, 1.0F);
        const ChannelSplit split = splitByScore(scores, 0.3, ChannelAxis::Columns);
        QCOMPARE(split.high, (std::vector<std::int64_t>{0, 1, 2}));
    }

    void countsStorageToTheBit_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<qint64>("bits");
        // By hand from 3.4: rows 64, cols 172, 2 and 3 bits.
        QTest::newRow("k 9, g 32") << 9 << 32 << qint64(30892);
        QTest::newRow("k 17, g 32") << 17 << 32 << qint64(30252); // one group a row less
        QTest::newRow("k 0") << 0 << 32 << qint64(64 * (172 * 2 + 6 * 18) + 172);
        QTest::newRow("k all") << 172 << 32 << qint64(64 * (172 * 3 + 6 * 19) + 172);
        QTest::newRow("rows") << 9 << 0 << qint64(64 * (9 * 3 + 163 * 2 + 19 + 18) + 172);
    }

    void countsStorageToTheBit()
    {
        QFETCH(int, count);
        QFETCH(int, groupSize);
        QFETCH(qint64, bits);
        const MixedGridOptions options = grids(2, 3, groupSize);
        QCOMPARE(qint64(mixedGridStorage(64, 172, ChannelAxis::Columns, count, options).total()),
                 bits);
        const Matrix<float> W = randomMatrix<float>(64, 172, 1);
        const ChannelSplit split
            = splitByScore(scoresOf(172, 2), count / 172.0, ChannelAxis::Columns);
        QCOMPARE(std::ssize(split.high), std::int64_t(count));
        QCOMPARE(qint64(roundMixed(W.view(), split, options)->storage().total()), bits);
        const Matrix<float> H = randomHessian<float>(172, 3);
        QCOMPARE(qint64(gptqMixed(W.view(), H.view(), split, options, MixedOrder::LowFirst, 0.01)
                            ->storage()
                            .total()),
                 bits);
    }

    void withoutGroupsMoreIsDearer() // property 9
    {
        std::int64_t last = 0;
        for (std::int64_t k = 1; k < 172; ++k) {
            const std::int64_t bits
                = mixedGridStorage(64, 172, ChannelAxis::Columns, k, grids(2, 3, 0)).total();
            QVERIFY(bits > last);
            last = bits;
        }
    }

    void wholePartsArePlain_data()
    {
        QTest::addColumn<bool>("isRows");
        QTest::newRow("columns") << false;
        QTest::newRow("rows") << true;
    }

    void wholePartsArePlain() // property 10
    {
        QFETCH(bool, isRows);
        const ChannelAxis axis = isRows ? ChannelAxis::Rows : ChannelAxis::Columns;
        const Matrix<float> W = randomMatrix<float>(24, 52, 1);
        for (const int groupSize : {0, 16}) {
            const MixedGridOptions options = grids(2, 4, groupSize);
            const std::vector<float> scores = scoresOf(isRows ? 24 : 52, 9);
            QCOMPARE(valuesOf(*roundMixed(W.view(), splitByScore(scores, 1, axis), options)),
                     roundedPlain(W, options.high));
            QCOMPARE(valuesOf(*roundMixed(W.view(), splitByScore(scores, 0, axis), options)),
                     roundedPlain(W, options.low));
        }
    }

    void partsHaveTheirOwnGrids() // pitfall 4
    {
        Matrix<float> W = randomMatrix<float>(8, 32, 1);
        for (std::int64_t i = 0; i < W.rows; ++i) {
            W(i, 3) = 100; // would stretch every grid that sees it
        }
        std::vector<float> scores(32, 0.0F);
        scores[3] = 1;
        const ChannelSplit split = splitByScore(scores, 0.03, ChannelAxis::Columns);
        const Matrix<float> Q = valuesOf(*roundMixed(W.view(), split, grids(2, 4, 0)));
        double error = 0;
        for (std::int64_t i = 0; i < W.rows; ++i) {
            for (std::int64_t j = 0; j < W.cols; ++j) {
                error = j == 3 ? error : std::max(error, std::fabs(double(W(i, j) - Q(i, j))));
            }
        }
        QVERIFY(error < 2.5); // of a range of about 5 on four levels, clipped
    }

    void splitForwardEqualsTheWhole() // property 11
    {
        const Matrix<float> W = randomMatrix<float>(24, 60, 1);
        const Matrix<float> x = randomMatrix<float>(60, 5, 2);
        const ChannelSplit split = splitByScore(scoresOf(60, 3), 0.2, ChannelAxis::Columns);
        const auto weight = roundMixed(W.view(), split, grids(2, 4, 16));
        const auto partial
            = [&](const UniformAffineWeight &part, const std::vector<std::int64_t> &channels) {
                  Matrix<float> own(std::ssize(channels), 5);
                  for (std::int64_t k = 0; k < own.rows; ++k) {
                      for (std::int64_t j = 0; j < 5; ++j) {
                          own(k, j) = x(channels[static_cast<std::size_t>(k)], j);
                      }
                  }
                  return product(valuesOf(part), own);
              };
        Matrix<float> sum = partial(*weight->high(), split.high);
        const Matrix<float> low = partial(*weight->low(), split.low);
        for (std::size_t i = 0; i < sum.values.size(); ++i) {
            sum.values[i] += low.values[i];
        }
        QVERIFY(largestDifference(sum, product(valuesOf(*weight), x)) < splitForward);
    }

    void gptqEqualsPlainGptqOnOnePart_data()
    {
        QTest::addColumn<double>("ratio");
        QTest::newRow("all low") << 0.0;
        QTest::newRow("all high") << 1.0;
    }

    void gptqEqualsPlainGptqOnOnePart()
    {
        QFETCH(double, ratio);
        const Matrix<float> W = randomMatrix<float>(16, 48, 1);
        Matrix<float> H = randomHessian<float>(48, 3);
        const ChannelSplit split = splitByScore(scoresOf(48, 4), ratio, ChannelAxis::Columns);
        for (const bool isHighFirst : {false, true}) {
            const auto mixed
                = gptqMixed(W.view(), H.view(), split, grids(2, 4, 0),
                            isHighFirst ? MixedOrder::HighFirst : MixedOrder::LowFirst, 0.01);
            GptqOptions options;
            options.grid = grid(ratio == 0 ? 2 : 4, 0);
            const auto factor = GptqFactor<float>::make(std::as_const(H).view(), 0.01, true);
            const GptqResult<float> plain = gptq<float>(std::as_const(W).view(), factor, options);
            const auto &part = ratio == 0 ? mixed->low() : mixed->high();
            QCOMPARE(part->codes(), plain.codes);
            QVERIFY(part->grids().scales == plain.grids.scales);
        }
    }

    void gptqOnADiagonalHessianRounds()
    {
        const Matrix<float> W = randomMatrix<float>(16, 40, 1);
        Matrix<float> H(40, 40);
        for (std::int64_t j = 0; j < 40; ++j) {
            H(j, j) = 1.0F + static_cast<float>((7 * j) % 40);
        }
        for (const ChannelAxis axis : {ChannelAxis::Columns, ChannelAxis::Rows}) {
            const ChannelSplit split
                = splitByScore(scoresOf(axis == ChannelAxis::Rows ? 16 : 40, 4), 0.25, axis);
            for (const MixedOrder order : {MixedOrder::LowFirst, MixedOrder::HighFirst}) {
                const auto mixed
                    = gptqMixed(W.view(), H.view(), split, grids(2, 4, 8), order, 0.01);
                QCOMPARE(valuesOf(*mixed), valuesOf(*roundMixed(W.view(), split, grids(2, 4, 8))));
            }
        }
    }

    void gptqBeatsRounding_data()
    {
        QTest::addColumn<bool>("isRows");
        QTest::addColumn<bool>("isHighFirst");
        QTest::newRow("columns, low first") << false << false;
        QTest::newRow("columns, high first") << false << true;
        QTest::newRow("rows") << true << false;
    }

    void gptqBeatsRounding()
    {
        QFETCH(bool, isRows);
        QFETCH(bool, isHighFirst);
        const ChannelAxis axis = isRows ? ChannelAxis::Rows : ChannelAxis::Columns;
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const Matrix<float> W = randomMatrix<float>(32, 64, seed);
            const Matrix<float> H = randomHessian<float>(64, seed + 10);
            const ChannelSplit split = splitByScore(scoresOf(isRows ? 32 : 64, seed), 0.15, axis);
            for (const int groupSize : {0, 16, 20}) {
                const MixedGridOptions options = grids(2, 4, groupSize);
                const double rounded
                    = outputError(W, valuesOf(*roundMixed(W.view(), split, options)), H);
                const auto order = isHighFirst ? MixedOrder::HighFirst : MixedOrder::LowFirst;
                const double moved = outputError(
                    W, valuesOf(*gptqMixed(W.view(), H.view(), split, options, order, 0.01)), H);
                QVERIFY2(moved < rounded, qPrintable(QString::number(moved / rounded)));
            }
        }
    }

    void survivesItsFile_data()
    {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<bool>("isRows");
        for (const double ratio : {0.0, 0.1, 1.0}) {
            QTest::addRow("columns %g", ratio) << ratio << false;
            QTest::addRow("rows %g", ratio) << ratio << true;
        }
    }

    void survivesItsFile()
    {
        QFETCH(double, ratio);
        QFETCH(bool, isRows);
        const Matrix<float> W = randomMatrix<float>(12, 37, 1);
        const ChannelSplit split = splitByScore(scoresOf(isRows ? 12 : 37, 4), ratio,
                                                isRows ? ChannelAxis::Rows : ChannelAxis::Columns);
        const auto weight = roundMixed(W.view(), split, grids(2, 4, 16));
        const auto encoding = create<Encoding>("mixed-grids", Json::object(), "test");
        const QuantizedWeightPtr back = encoding->read(weight->write(), "test");
        QCOMPARE(valuesOf(*back), valuesOf(*weight));
        QCOMPARE(back->storage().total(), weight->storage().total());
        QCOMPARE(back->bits(), weight->bits());
        // What lies in the file, less what the layout says of itself; each array ends in a byte.
        std::int64_t stored = 0;
        std::int64_t padding = 0;
        for (const auto &[name, array] : weight->write()) {
            if (array.dtype != "I32" && !name.ends_with("rule")) {
                stored += static_cast<std::int64_t>(array.bytes.size()) * 8;
                padding += 7;
            }
        }
        const std::int64_t counted = weight->storage().total();
        QVERIFY2(stored >= counted && stored <= counted + padding,
                 qPrintable(QString("%1 stored, %2 counted").arg(stored).arg(counted)));
        for (const auto &[name, array] : weight->write()) { // anything missing or cut is noticed
            StoredArrays without = weight->write();
            without.erase(name);
            QVERIFY(isRefused([&] { (void)encoding->read(without, "test"); }));
            StoredArrays cut = weight->write();
            cut[name].bytes.pop_back();
            QVERIFY(isRefused([&] { (void)encoding->read(cut, "test"); }));
        }
        StoredArrays more = weight->write();
        more["extra"] = more["mask"];
        QVERIFY(isRefused([&] { (void)encoding->read(more, "test"); }));
    }

    void refusesScoresThatAreNoNumbers()
    {
        std::vector<float> scores(8, 1.0F);
        scores[3] = NAN;
        QVERIFY(isRefused([&] { (void)splitByScore(scores, 0.5, ChannelAxis::Columns); }));
    }
};

BITPRISM_TEST(TstMixedGrids);
#include "tst_mixed_grids.moc"
