// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/kernels/rounding_variables.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

GridOptions options(int bits)
{
    GridOptions result;
    result.bits = bits;
    result.groupSize = 16;
    result.scaleType = ScaleType::F32;
    return result;
}

RoundingVariables variablesOf(const Matrix<float> &W, int bits)
{
    return {W.view(), fitGrids(W.view(), options(bits))};
}

} // namespace

class TstRoundingVariables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void beginsAtTheWeightsThemselves_data()
    {
        QTest::addColumn<int>("bits");
        QTest::newRow("2") << 2;
        QTest::newRow("4") << 4;
        QTest::newRow("8") << 8;
    }
    void beginsAtTheWeightsThemselves()
    {
        QFETCH(int, bits);
        constexpr float tolerance = 1e-6F; // a logit and its sigmoid, in single precision
        const auto W = randomMatrix<float>(9, 40, 4);
        const RoundingVariables variables = variablesOf(W, bits);
        Matrix<float> soft(W.rows, W.cols);
        variables.softWeights(soft.view());
        const GridSet &grids = variables.grids();
        const std::vector<std::uint8_t> codes = variables.codes();
        std::vector<std::uint8_t> nearest(codes.size());
        quantizeCodes(W.view(), grids, nearest);
        int inside = 0;
        for (std::int64_t i = 0; i < W.rows; ++i) {
            for (std::int64_t j = 0; j < W.cols; ++j) {
                const Grid grid = grids.grid(i, grids.group(j));
                const float code = W(i, j) / grid.scale + static_cast<float>(grid.zeroPoint);
                if (code < 0 || code > static_cast<float>(grids.maxCode())) {
                    continue;
                }
                ++inside;
                QVERIFY(std::fabs(soft(i, j) - W(i, j))
                        <= tolerance * std::max(1.0F, std::fabs(W(i, j))));
            }
        }
        QVERIFY(inside > 300);
        QVERIFY(codes == nearest); // no exact ties among random weights
    }

    void neverMovesByMoreThanOneCode()
    {
        const auto W = randomMatrix<float>(6, 32, 5);
        RoundingVariables variables = variablesOf(W, 3);
        const auto gradient = randomMatrix<float>(6, 32, 6);
        for (int step = 0; step < 200; ++step) {
            variables.step(gradient.view(), 0.1, 0, 20);
        }
        const GridSet &grids = variables.grids();
        const std::vector<std::uint8_t> codes = variables.codes();
        int moved = 0;
        for (std::int64_t i = 0; i < W.rows; ++i) {
            for (std::int64_t j = 0; j < W.cols; ++j) {
                const Grid grid = grids.grid(i, grids.group(j));
                const float floor = std::clamp(std::floor(W(i, j) / grid.scale)
                                                   + static_cast<float>(grid.zeroPoint),
                                               0.0F, 7.0F);
                const float code = codes[static_cast<std::size_t>(i * W.cols + j)];
                QVERIFY(code == floor || code == floor + 1);
                // A positive gradient pushes the weight down; at the ends of the grid none moves.
                if (floor < 7 && W(i, j) / grid.scale + static_cast<float>(grid.zeroPoint) > 0) {
                    QCOMPARE(code, gradient(i, j) > 0 ? floor : floor + 1);
                    ++moved;
                }
            }
        }
        QVERIFY(moved > 150);
    }

    void regulariserDrivesToTheNearestCode()
    {
        const auto W = randomMatrix<float>(4, 16, 7);
        RoundingVariables variables = variablesOf(W, 4);
        const std::vector<std::uint8_t> nearest = variables.codes();
        const Matrix<float> none(4, 16);
        for (int step = 0; step < 2000; ++step) {
            variables.step(none.view(), 0.05, 0.01, 2);
        }
        QVERIFY(variables.codes() == nearest);
        Matrix<float> soft(4, 16);
        Matrix<float> hard(4, 16);
        variables.softWeights(soft.view());
        dequantize(variables.codes(), variables.grids(), hard.view());
        QVERIFY2(largestDifference(soft, hard) < 1e-6,
                 qPrintable(QString::number(largestDifference(soft, hard))));
    }

    void regulariserFollowsItsSchedule() // base-methods.md 7
    {
        const RoundingSchedule schedule{1000, 0.01, 20, 2, 0.2};
        QCOMPARE(schedule.at(0).lambda, 0.0);
        QCOMPARE(schedule.at(199).lambda, 0.0);
        QCOMPARE(schedule.at(200).lambda, 0.01);
        QCOMPARE(schedule.at(200).beta, 20.0);
        QCOMPARE(schedule.at(600).beta, 11.0);
        QVERIFY(schedule.at(999).beta > 2 && schedule.at(999).beta < 2.05);
        QCOMPARE((RoundingSchedule{10, 0.01, 20, 2, 1}.at(9).lambda), 0.0);
    }

    void isIndependentOfThreads()
    {
        const auto W = randomMatrix<float>(600, 64, 8);
        const auto gradient = randomMatrix<float>(600, 64, 9);
        const int before = threadCount();
        std::vector<Matrix<float>> results;
        for (const int threads : {1, 3}) {
            setThreadCount(threads);
            RoundingVariables variables = variablesOf(W, 4);
            variables.step(gradient.view(), 0.1, 0.01, 5);
            results.emplace_back(600, 64);
            variables.softWeights(results.back().view());
        }
        setThreadCount(before);
        QVERIFY(results[0] == results[1]);
    }
};

BITPRISM_TEST(TstRoundingVariables);
#include "tst_rounding_variables.moc"
