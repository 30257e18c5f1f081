// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/kernels/rank_statistics.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace bitprism;

namespace {

constexpr double tolerance = 1e-12; // a few roundings in double

std::vector<double> randomValues(std::size_t count, std::uint64_t levels, std::uint64_t seed)
{
    Random random(seed, "ranks");
    std::vector<double> values(count);
    for (double &value : values) {
        value = static_cast<double>(random.below(levels));
    }
    return values;
}

int sign(double value) { return (value > 0) - (value < 0); }

/// Tau-b by its definition over all pairs.
double tauByPairs(const std::vector<double> &x, const std::vector<double> &y)
{
    double score = 0;
    double untiedX = 0;
    double untiedY = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            score += sign(x[i] - x[j]) * sign(y[i] - y[j]);
            untiedX += x[i] != x[j];
            untiedY += y[i] != y[j];
        }
    }
    return score / std::sqrt(untiedX * untiedY);
}

} // namespace

class TstRankStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tiesShareTheMeanRank()
    {
        const std::vector<double> values{5, 1, 5, 3, 5};
        const std::vector<double> expected{4, 1, 4, 2, 4};
        QCOMPARE(averageRanks(values), expected);
    }

    void spearmanIsOneForAnyRisingFunction()
    {
        const std::vector<double> x{0.1, 3, 2, -7, 11};
        std::vector<double> y;
        for (const double value : x) {
            y.push_back(std::exp(value));
        }
        QVERIFY(std::fabs(*spearmanCorrelation(x, y) - 1) < tolerance);
        for (double &value : y) {
            value = -value;
        }
        QVERIFY(std::fabs(*spearmanCorrelation(x, y) + 1) < tolerance);
    }

    void spearmanMatchesHandWorkedCases()
    {
        // Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): d = 1, 1, 0, 1, 1.
        const std::vector<double> x{1, 2, 3, 4, 5};
        const std::vector<double> y{2, 1, 3, 5, 4};
        QVERIFY(std::fabs(*spearmanCorrelation(x, y) - 0.8) < tolerance);
        // Ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / sqrt(1.5 * 2).
        const std::vector<double> tied{4, 4, 9};
        const std::vector<double> rising{1, 2, 3};
        QVERIFY(std::fabs(*spearmanCorrelation(tied, rising) - 1.5 / std::sqrt(3.0)) < tolerance);
    }

    void kendallMatchesItsDefinition_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("levels");
        for (const int count : {2, 3, 10, 33, 100}) {
            for (const int levels : {2, 5, 1000000}) {
                QTest::addRow("%d values of %d levels", count, levels) << count << levels;
            }
        }
    }

    void kendallMatchesItsDefinition()
    {
        QFETCH(int, count);
        QFETCH(int, levels);
        const auto x = randomValues(std::size_t(count), std::uint64_t(levels), 1);
        const auto y = randomValues(std::size_t(count), std::uint64_t(levels), 2);
        const double expected = tauByPairs(x, y);
        const std::optional<double> tau = kendallTau(x, y);
        QCOMPARE(tau.has_value(), std::isfinite(expected));
        QVERIFY(!tau || std::fabs(*tau - expected) < tolerance);
    }

    void nothingWithoutAnOrder_data()
    {
        QTest::addColumn<QList<double>>("x");
        QTest::addColumn<QList<double>>("y");
        QTest::newRow("empty") << QList<double>{} << QList<double>{};
        QTest::newRow("one pair") << QList<double>{1} << QList<double>{2};
        QTest::newRow("constant") << QList<double>{1, 1, 1} << QList<double>{1, 2, 3};
        QTest::newRow("not a number")
            << QList<double>{1, 2, 3} << QList<double>{1, std::nan(""), 3};
        QTest::newRow("infinite") << QList<double>{1, 2, INFINITY} << QList<double>{1, 2, 3};
    }

    void nothingWithoutAnOrder()
    {
        QFETCH(QList<double>, x);
        QFETCH(QList<double>, y);
        const std::vector<double> first(x.begin(), x.end());
        const std::vector<double> second(y.begin(), y.end());
        QVERIFY(!spearmanCorrelation(first, second));
        QVERIFY(!spearmanCorrelation(second, first));
        QVERIFY(!kendallTau(first, second));
        QVERIFY(!kendallTau(second, first));
    }

    void quantilesAreLinearBetweenNeighbours()
    {
        const std::vector<double> values{40, 10, 20, 30};
        const std::vector<double> probabilities{0, 0.5, 0.9, 1};
        const std::vector<double> found = quantiles(values, probabilities);
        const std::vector<double> expected{10, 25, 37, 40};
        for (std::size_t i = 0; i < found.size(); ++i) {
            QVERIFY(std::fabs(found[i] - expected[i]) < tolerance * 100);
        }
        const std::vector<double> one{7};
        QCOMPARE(sortedQuantile(one, 0.3), 7.0);
    }
};

BITPRISM_TEST(TstRankStatistics);
#include "tst_rank_statistics.moc"
