// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/kernels/row_codebooks.h"
#include "core/kernels/row_kmeans.h"
#include "tests/kernels/stored_weight.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// Sums of some thousand terms in double.
constexpr double summation = 1e-12;

CodebookOptions codebookOptions(int bits, ScaleType type = ScaleType::F32)
{
    CodebookOptions result;
    result.bits = bits;
    result.type = type;
    return result;
}

std::vector<float> positive(std::size_t count, std::uint64_t seed)
{
    Random random(seed, "weights");
    std::vector<float> weights(count);
    for (float &weight : weights) {
        weight = static_cast<float>(std::exp(2 * random.normal()));
    }
    return weights;
}

/// Sum of weight * (value - nearest centroid)^2, one by one.
double inertiaOf(const std::vector<float> &values, const std::vector<float> &weights,
                 const std::vector<double> &centroids)
{
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (const double centroid : centroids) {
            const double distance = static_cast<double>(values[i]) - centroid;
            least = std::min(least, distance * distance);
        }
        sum += static_cast<double>(weights[i]) * least;
    }
    return sum;
}

/// The least inertia that `count` clusters can have, by dynamic programming over sorted values.
double leastInertia(const std::vector<float> &values, const std::vector<float> &weights, int count)
{
    std::vector<std::pair<double, double>> line;
    for (std::size_t i = 0; i < values.size(); ++i) {
        line.emplace_back(static_cast<double>(values[i]), static_cast<double>(weights[i]));
    }
    std::sort(line.begin(), line.end());
    const std::size_t n = line.size();
    const auto costOf = [&](std::size_t begin, std::size_t end) {
        double weight = 0;
        double mean = 0;
        double cost = 0;
        for (std::size_t i = begin; i < end; ++i) { // Welford's update
            weight += line[i].second;
            const double change = line[i].first - mean;
            mean += change * line[i].second / weight;
            cost += line[i].second * change * (line[i].first - mean);
        }
        return cost;
    };
    std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
    best[0] = 0;
    for (int k = 0; k < count; ++k) {
        std::vector<double> next = best;
        for (std::size_t end = 1; end <= n; ++end) {
            for (std::size_t begin = 0; begin < end; ++begin) {
                next[end] = std::min(next[end], best[begin] + costOf(begin, end));
            }
        }
        best = next;
    }
    return best[n];
}

std::vector<double> clustered(const std::vector<float> &values, const std::vector<float> &weights,
                              std::size_t count, std::uint64_t seed)
{
    const Line line(values, weights);
    Random random(seed, "test");
    LineClusters clusters(line, count, random);
    while (clusters.step()) { }
    return clusters.centroids();
}

} // namespace

class TstRowCodebooks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// base-methods.md 13.18.
    void inertiaNeverGrows_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {2, 4, 16, 64}) {
            QTest::addRow("%d clusters", count) << count;
        }
    }
    void inertiaNeverGrows()
    {
        QFETCH(int, count);
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            std::vector<float> values = randomMatrix<float>(1, 300, seed).values;
            for (std::size_t i = 0; i < 100; ++i) { // many equal ones, and some far away
                values[i] = std::round(values[i] * 2) / 2 * (i % 25 == 0 ? 40.0F : 1.0F);
            }
            const std::vector<float> weights = positive(values.size(), seed);
            const Line line(values, weights);
            Random random(seed, "test");
            LineClusters clusters(line, static_cast<std::size_t>(count), random);
            double before = clusters.inertia();
            const double tolerance = summation * line.inertia(0, line.size(), 0);
            QVERIFY(std::fabs(before - inertiaOf(values, weights, clusters.centroids()))
                    < tolerance);
            while (clusters.step()) {
                const double after = inertiaOf(values, weights, clusters.centroids());
                QVERIFY2(after <= before + tolerance,
                         qPrintable(QString("%1 after %2").arg(after).arg(before)));
                QVERIFY(std::fabs(after - clusters.inertia()) < tolerance);
                before = after;
            }
        }
    }

    /// base-methods.md 13.18.
    void asManyCentroidsAsValuesLoseNothing_data()
    {
        QTest::addColumn<int>("bits");
        for (const int bits : {1, 2, 4, 8}) {
            QTest::addRow("%d bits", bits) << bits;
        }
    }
    void asManyCentroidsAsValuesLoseNothing()
    {
        QFETCH(int, bits);
        Random random(7, "values");
        Matrix<float> W(6, 400);
        for (std::int64_t i = 0; i < W.rows; ++i) {
            std::vector<float> known; // of each row its own
            for (int k = 0; k < 1 << bits; ++k) {
                known.push_back(roundToHalf(static_cast<float>(random.normal())));
            }
            for (std::int64_t j = 0; j < W.cols; ++j) {
                W(i, j) = known[random.below(known.size())];
            }
        }
        const Matrix<float> F(6, 400, 0.0F); // even where no weight is sensitive
        for (const MatrixView<const float> &sensitivity : {MatrixView<const float>(), F.view()}) {
            const auto weight
                = clusterRows(W.view(), sensitivity, {}, codebookOptions(bits, ScaleType::F16), 1);
            QVERIFY(valuesOf(*weight) == W);
        }
    }

    void findsTheMeansOfClusters()
    {
        // By hand: {0 (three times as heavy), 1} and {10, 14}.
        const std::vector<double> centroids = clustered({10, 0, 14, 1}, {1, 3, 1, 1}, 2, 3);
        QCOMPARE(centroids.size(), std::size_t(2));
        QCOMPARE(centroids[0], 0.25);
        QCOMPARE(centroids[1], 12.0);
    }

    /// k-means ends in local minima: near the optimum on the aggregate, never below it.
    void comesNearTheOptimum()
    {
        double found = 0;
        double least = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const std::vector<float> values = randomMatrix<float>(1, 60, 50 + seed).values;
            const std::vector<float> weights = positive(60, seed);
            const double optimum = leastInertia(values, weights, 8);
            const double inertia = inertiaOf(values, weights, clustered(values, weights, 8, seed));
            QVERIFY(inertia >= optimum * (1 - summation));
            found += inertia;
            least += optimum;
        }
        QVERIFY2(found < 1.35 * least, qPrintable(QString::number(found / least)));
    }

    void sensitivityMovesCentroids()
    {
        const auto W = randomMatrix<float>(16, 256, 4);
        Matrix<float> F(16, 256);
        F.values = positive(F.values.size(), 5);
        const auto errorOf = [&](const MatrixView<const float> &sensitivity) {
            const Matrix<float> Q
                = valuesOf(*clusterRows(W.view(), sensitivity, {}, codebookOptions(3), 1));
            double error = 0;
            for (std::size_t i = 0; i < W.values.size(); ++i) {
                const auto change = static_cast<double>(W.values[i] - Q.values[i]);
                error += static_cast<double>(F.values[i]) * change * change;
            }
            return error;
        };
        QVERIFY(errorOf(std::as_const(F).view()) < 0.8 * errorOf({}));
    }

    void codesAreTheNearestStoredValues()
    {
        const auto W = randomMatrix<float>(8, 100, 6);
        const auto weight = clusterRows(W.view(), {}, {}, codebookOptions(3, ScaleType::Bf16), 2);
        const Matrix<float> Q = valuesOf(*weight);
        for (std::int64_t i = 0; i < W.rows; ++i) {
            const float *codebook = weight->codebooks().data() + i * 8;
            QVERIFY(std::is_sorted(codebook, codebook + 8));
            for (std::int64_t j = 0; j < W.cols; ++j) {
                for (int k = 0; k < 8; ++k) {
                    QVERIFY(std::fabs(W(i, j) - Q(i, j)) <= std::fabs(W(i, j) - codebook[k]));
                }
            }
        }
    }

    void keepsWeightsApart()
    {
        auto W = randomMatrix<float>(4, 64, 8);
        W(1, 3) = 50;
        W(3, 63) = -70;
        const std::vector<std::int64_t> kept{1 * 64 + 3, 2 * 64 + 5, 3 * 64 + 63};
        const auto weight = clusterRows(W.view(), {}, kept, codebookOptions(4, ScaleType::F16), 1);
        const Matrix<float> Q = valuesOf(*weight);
        QCOMPARE(Q(1, 3), 50.0F);
        QCOMPARE(Q(2, 5), roundToHalf(W(2, 5)));
        QCOMPARE(Q(3, 63), -70.0F);
        const auto &codebooks = weight->codebooks();
        QVERIFY(*std::max_element(codebooks.begin(), codebooks.end())
                < 5); // they shape no codebook
        QVERIFY(*std::min_element(codebooks.begin(), codebooks.end()) > -5);
        std::vector<std::int64_t> row;
        for (std::int64_t j = 0; j < 64; ++j) {
            row.push_back(j);
        }
        const auto bare
            = clusterRows(W.view(), {}, row, codebookOptions(4), 1); // a whole row of them
        for (std::int64_t j = 0; j < 64; ++j) {
            QCOMPARE(valuesOf(*bare)(0, j), W(0, j));
        }
    }

    void findsOutliersByTukeysFences()
    {
        // 0 .. 100: quartiles 25 and 75; 1.5 ranges beyond: -50 and 150, so 150 either way.
        Matrix<float> W(1, 103);
        for (std::int64_t j = 0; j <= 100; ++j) {
            W(0, j) = static_cast<float>(j);
        }
        W(0, 101) = 50;
        W(0, 102) = 50;
        QVERIFY(outlierPlaces(W.view(), 1.5).empty());
        W(0, 50) = -149; // moves no quartile's value by more than its neighbours allow
        W(0, 101) = -160;
        W(0, 102) = 190;
        const std::vector<std::int64_t> places = outlierPlaces(W.view(), 1.5);
        QCOMPARE(std::set<std::int64_t>(places.begin(), places.end()),
                 (std::set<std::int64_t>{101, 102}));
        QVERIFY(outlierPlaces(W.view(), 0).empty());
        QVERIFY(outlierPlaces(Matrix<float>(3, 40, 2.0F).view(), 1.5).empty());
    }

    void sameForAnyThreadCount()
    {
        const auto W = randomMatrix<float>(33, 120, 9);
        Matrix<float> F(33, 120);
        F.values = positive(F.values.size(), 10);
        const int before = threadCount();
        setThreadCount(1);
        const auto one = clusterRows(W.view(), F.view(), {}, codebookOptions(4), 5);
        setThreadCount(4);
        const auto four = clusterRows(W.view(), F.view(), {}, codebookOptions(4), 5);
        setThreadCount(before);
        QVERIFY(one->codes() == four->codes() && one->codebooks() == four->codebooks());
        const auto other = clusterRows(W.view(), F.view(), {}, codebookOptions(4), 6);
        QVERIFY(one->codebooks() != other->codebooks());
    }

    void survivesItsArrays_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("kept");
        for (const int bits : {1, 3, 4, 8}) {
            QTest::addRow("%d bits", bits) << bits << 0;
            QTest::addRow("%d bits, weights apart", bits) << bits << 9;
        }
    }
    void survivesItsArrays()
    {
        QFETCH(int, bits);
        QFETCH(int, kept);
        const auto W = randomMatrix<float>(7, 45, 11);
        std::vector<std::int64_t> places;
        for (std::int64_t i = 0; i < kept; ++i) {
            places.push_back(5 + 17 * i);
        }
        const auto weight
            = clusterRows(W.view(), {}, places, codebookOptions(bits, ScaleType::F16), 3);
        const QuantizedWeightPtr read = readBack("row-codebooks", weight->write());
        QVERIFY(valuesOf(*read) == valuesOf(*weight));
        QCOMPARE(read->bits(), bits);
        const std::int64_t bitsOfAll = weight->storage().total();
        QCOMPARE(read->storage().total(), bitsOfAll);
        // By hand: codes, 2^b halves a row, and a half with a column for each; a count for each
        // row.
        QCOMPARE(bitsOfAll,
                 7 * 45 * bits + 7 * (1 << bits) * 16 + (kept > 0 ? kept * 32 + 7 * 16 : 0));
        std::int64_t stored = 0; // scalars of the layout apart, filled to bytes
        for (const auto &[name, array] : weight->write()) {
            stored += array.dtype == "I32" ? 0 : static_cast<std::int64_t>(array.bytes.size()) * 8;
        }
        QVERIFY(stored >= bitsOfAll && stored < bitsOfAll + 8);
    }

    void refusesDamage_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"rows", "cols", "bits", "codes", "codebooks", "outlier_values",
                                 "outlier_columns", "outlier_counts"}) {
            QTest::addRow("%s", name) << name;
        }
    }
    void refusesDamage()
    {
        QFETCH(QString, name);
        const auto W = randomMatrix<float>(5, 32, 14);
        const std::vector<std::int64_t> places{3, 40, 41};
        const StoredArrays whole
            = clusterRows(W.view(), {}, places, codebookOptions(3), 1)->write();
        const std::string key = name.toStdString();
        StoredArrays missing = whole;
        missing.erase(key);
        const auto first = complaintOf([&] { readBack("row-codebooks", missing); });
        QVERIFY2(first.code == ErrorCode::BadInput, first.text.c_str());
        const StoredArrays shorter = withSpoilt(whole, key);
        const auto second = complaintOf([&] { readBack("row-codebooks", shorter); });
        QVERIFY2(second.code == ErrorCode::BadInput, second.text.c_str());
    }

    void refusesWhatItCannotHold()
    {
        auto W = randomMatrix<float>(2, 16, 1);
        W(1, 1) = 1e6F;
        const std::vector<std::int64_t> place{17};
        QVERIFY(complaintOf([&] {
                    clusterRows(W.view(), {}, place, codebookOptions(2, ScaleType::F16), 1);
                }).isBadInputNaming("f16"));
        QVERIFY(complaintOf([&] {
                    clusterRows(W.view(), {}, {}, codebookOptions(4, ScaleType::F16), 1);
                }).isBadInputNaming("f16"));
        Matrix<float> F(2, 16, std::numeric_limits<float>::infinity());
        QVERIFY(complaintOf([&] {
                    clusterRows(W.view(), F.view(), {}, codebookOptions(2), 1);
                }).isBadInputNaming("not finite"));
        W(0, 0) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(complaintOf([&] {
                    clusterRows(W.view(), {}, {}, codebookOptions(2), 1);
                }).isBadInputNaming("finite"));
        const Matrix<float> wide(1, maxSparseCols + 1);
        const std::vector<std::int64_t> last{maxSparseCols};
        QVERIFY(complaintOf([&] {
                    clusterRows(wide.view(), {}, last, codebookOptions(1), 1);
                }).isBadInputNaming("65535"));
    }
};

BITPRISM_TEST(TstRowCodebooks);
#include "tst_row_codebooks.moc"
