// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/sparse_grids.h"
#include "tests/kernels/stored_weight.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <limits>

using namespace bitprism;
using namespace bitprism::test;

namespace {

GridOptions gridOptions(int bits, std::int64_t groupSize, RangeRule rule = RangeRule::GptqAsym)
{
    GridOptions options;
    options.bits = bits;
    options.groupSize = groupSize;
    options.rule = rule;
    return options;
}

const std::vector<std::int64_t> somePlaces{0, 7, 21, 22, 63};

} // namespace

class TstSparseGrids : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheLargest()
    {
        const std::vector<float> scores{3, 1, 7, 7, -2, 7, 0};
        QCOMPARE(largestPlaces(scores, 0), std::vector<std::int64_t>{});
        QCOMPARE(largestPlaces(scores, 2),
                 (std::vector<std::int64_t>{2, 3})); // the first of equals
        QCOMPARE(largestPlaces(scores, 4), (std::vector<std::int64_t>{0, 2, 3, 5}));
        QCOMPARE(largestPlaces(scores, 7).size(), std::size_t(7));
        const std::vector<float> bad{1, std::numeric_limits<float>::quiet_NaN()};
        QVERIFY(complaintOf([&] { largestPlaces(bad, 1); }).isBadInputNaming("not finite"));
    }

    /// A grid shows what was left out: without the largest weight of a group it is finer.
    void fitsGridsToTheRest_data()
    {
        QTest::addColumn<int>("rule");
        for (const RangeRule rule :
             {RangeRule::GptqAsym, RangeRule::GptqSym, RangeRule::AwqAsym, RangeRule::OmniAsym}) {
            QTest::addRow("%s", std::string(rangeRuleName(rule)).c_str()) << static_cast<int>(rule);
        }
    }
    void fitsGridsToTheRest()
    {
        QFETCH(int, rule);
        auto W = randomMatrix<float>(3, 40, 2);
        W(1, 17) = 90;
        const std::vector<std::int64_t> kept{1 * 40 + 17};
        const GridOptions options = gridOptions(3, 16, static_cast<RangeRule>(rule));
        const auto weight = roundAround(W.view(), kept, options, ScaleType::F16);
        std::vector<float> rest; // the second group of the second row
        for (std::int64_t j = 16; j < 32; ++j) {
            if (j != 17) {
                rest.push_back(W(1, j));
            }
        }
        QCOMPARE(weight->dense().grids().grid(1, 1), fitGrid(rest, options));
        const GridSet plain = fitGrids(W.view(), options); // the other groups are as without
        for (std::int64_t row = 0; row < 3; ++row) {
            for (std::int64_t group = 0; group < 3; ++group) {
                if (row != 1 || group != 1) {
                    QCOMPARE(weight->dense().grids().grid(row, group), plain.grid(row, group));
                }
            }
        }
        QCOMPARE(valuesOf(*weight)(1, 17), 90.0F);
    }

    void keepsEverything()
    {
        const auto W = randomMatrix<float>(4, 16, 3);
        std::vector<std::int64_t> all;
        for (std::int64_t i = 0; i < 64; ++i) {
            all.push_back(i);
        }
        const auto weight = roundAround(W.view(), all, gridOptions(2, 8), ScaleType::F32);
        QVERIFY(valuesOf(*weight) == W);
    }

    void survivesItsArrays()
    {
        const auto W = randomMatrix<float>(4, 16, 4);
        const auto weight = roundAround(W.view(), somePlaces, gridOptions(4, 8), ScaleType::Bf16);
        const QuantizedWeightPtr read = readBack("sparse-grids", weight->write());
        QVERIFY(valuesOf(*read) == valuesOf(*weight));
        // By hand: codes, a half and a code for each of 8 grids, five weights, four counts.
        QCOMPARE(weight->storage().total(), 64 * 4 + 8 * (16 + 4) + 5 * 32 + 4 * 16);
        QCOMPARE(read->storage().total(), weight->storage().total());
        QCOMPARE(sparseGridStorage(4, 16, gridOptions(4, 8), ScaleType::Bf16, 5).total(),
                 weight->storage().total());
    }

    void refusesDamage_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name :
             {"rows", "codes", "scales", "outlier_values", "outlier_columns", "outlier_counts"}) {
            QTest::addRow("%s", name) << name;
        }
    }
    void refusesDamage()
    {
        QFETCH(QString, name);
        const auto W = randomMatrix<float>(4, 16, 5);
        const StoredArrays whole
            = roundAround(W.view(), somePlaces, gridOptions(3, 8), ScaleType::F16)->write();
        const std::string key = name.toStdString();
        StoredArrays missing = whole;
        missing.erase(key);
        const auto complaint = complaintOf([&] { readBack("sparse-grids", missing); });
        QVERIFY2(complaint.code == ErrorCode::BadInput, complaint.text.c_str());
        StoredArrays added = whole;
        added["outlier_" + key] = storedScalar(1);
        QVERIFY(complaintOf([&] { readBack("sparse-grids", added); }).code == ErrorCode::BadInput);
    }
};

BITPRISM_TEST(TstSparseGrids);
#include "tst_sparse_grids.moc"
