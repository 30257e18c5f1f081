// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/activation_grid.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace bitprism;

namespace {

constexpr double rounding = 1e-12; // of sums of steps

/// Values from -3 to 6, evenly.
LayerOutliers layerOfToys()
{
    LayerOutliers layer;
    layer.inputHistogram = {-3, 6, std::vector<std::int64_t>(90, 1)};
    layer.tokenMaxMedian = 2;
    return layer;
}

} // namespace

class TstActivationGrid : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// The grids are those that the quantizers make of the range (outlier-suppression.md 4).
    void gridsAreTheQuantizers_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("params");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<int>("count");
        const char *const statically = "static-minmax";
        QTest::newRow("asymmetric")
            << statically << R"({"bits":4,"symmetric":false})" << -3.0 << 6.0 << 16;
        QTest::newRow("positive") << statically << R"({"bits":4})" << -6.0 * 8 / 7 << 6.0 << 16;
        QTest::newRow("span") << statically << R"({"bits":4,"symmetric_grid":"span"})"
                              << -6.0 * 8 / 7.5 << 6.0 * 7 / 7.5 << 16;
        QTest::newRow("narrow") << statically << R"({"bits":4,"symmetric_grid":"narrow"})" << -6.0
                                << 6.0 << 15;
        QTest::newRow("typical token") << "per-token-dynamic"
                                       << R"({"bits":4,"symmetric":false})" << -2.0 << 2.0 << 16;
        QTest::newRow("clipped token")
            << "per-token-dynamic"
            << R"({"bits":4,"symmetric":false,"clip_ratio":0.5})" << -1.0 << 1.0 << 16;
        QTest::newRow("percentile of a token")
            << "percentile"
            << R"({"bits":4,"symmetric":false,"granularity":"token"})" << -2.0 << 2.0 << 16;
        QTest::newRow("clipping's default") << "token-wise-clipping"
                                            << R"({"bits":4})" << -3.0 << 6.0 << 16;
    }

    void gridsAreTheQuantizers()
    {
        QFETCH(QString, id);
        QFETCH(QString, params);
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(int, count);
        const auto grid = activationGrid({id.toStdString(), params.toStdString()}, layerOfToys());
        QVERIFY(grid);
        QVERIFY(std::fabs(grid->low - low) < rounding);
        QVERIFY(std::fabs(grid->high - high) < rounding);
        const std::vector<double> values = grid->values();
        QCOMPARE(int(values.size()), count);
        QVERIFY(std::fabs(values.front() - low) < rounding);
        QVERIFY(std::fabs(values.back() - high) < rounding);
    }

    /// A histogram reaches to a power of two on both sides, what it counts does not.
    void emptyBinsDoNotWidenTheGrid()
    {
        LayerOutliers layer;
        layer.inputHistogram = {-8, 8, {0, 0, 0, 1, 9, 2, 1, 0}};
        layer.maxAbs = 5.5;
        const auto grid
            = activationGrid({"static-minmax", R"({"bits":4,"symmetric":false})"}, layer);
        QVERIFY(grid);
        QCOMPARE(grid->low, -2.0); // the bin's edge
        QCOMPARE(grid->high, 5.5); // the largest value, within its bin
    }

    void searchedGridsOfTokensReachNoFartherThanATypicalToken()
    {
        const auto grid = activationGrid(
            {"mse-search", R"({"symmetric":false,"granularity":"token"})"}, layerOfToys());
        QVERIFY(grid);
        QVERIFY(grid->basis == ActivationGrid::Basis::AtMost);
        QCOMPARE(grid->high, 2.0);
    }

    void gridsOfChannelsReachNoFartherThanTheRange()
    {
        for (const char *id : {"static-minmax", "percentile", "mse-search"}) {
            const auto grid = activationGrid({id, R"({"symmetric":false,"granularity":"channel"})"},
                                             layerOfToys());
            QVERIFY(grid);
            QVERIFY(grid->basis == ActivationGrid::Basis::AtMost);
            QVERIFY(std::fabs(grid->high - 6) < rounding);
        }
    }

    void nothingWhereNothingIsRounded()
    {
        QVERIFY(!activationGrid({"none", "{}"}, layerOfToys()));
        QVERIFY(!activationGrid({"static-minmax", "{}"}, LayerOutliers()));
    }
};

BITPRISM_TEST(TstActivationGrid);
#include "tst_activation_grid.moc"
