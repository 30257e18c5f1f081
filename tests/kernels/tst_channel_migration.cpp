// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/channel_migration.h"
#include "core/kernels/symmetric_codes.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace bitprism;

namespace {

constexpr double rounding = 1e-14; // of a quotient of two powers

} // namespace

class TstChannelMigration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void smoothingBalancesBothSides()
    {
        // alpha 0.5: both maxima become sqrt(8 * 2) = 4.
        QVERIFY(std::fabs(smoothingScale(8, 2, 0.5) - 2) < rounding);
        QVERIFY(std::fabs(smoothingScale(8, 2, 1) - 8) < rounding); // even inputs
        QVERIFY(std::fabs(smoothingScale(8, 2, 0) - 0.5) < rounding); // even weights
        QCOMPARE(smoothingScale(0, 1, 0.5), 1e-5); // a channel that is never fed
        QVERIFY(std::fabs(smoothingScale(1, 0, 0) - 1e5) < 1e-6); // weights' floor
    }

    void smallGainsStayInTheNorm()
    {
        const std::vector<float> gains{2, -1, 0.04F, 0, 3}; // median magnitude 1
        QCOMPARE(migratedGains(gains, 0.05), (std::vector<float>{2, -1, 1, 1, 3}));
        QCOMPARE(migratedGains(gains, 0), (std::vector<float>{2, -1, 0.04F, 1, 3}));
        QVERIFY(migratedGains({}, 0.05).empty());
    }

    void suppressedChannelsStayWithinTheThreshold()
    {
        QCOMPARE(suppressionShift(-2, 6), 2.0);
        QCOMPARE(suppressionScale(-4, 4, 2), 2.0);
        QCOMPARE(suppressionScale(-6, 4, 2), 3.0);
        QCOMPARE(suppressionScale(-1, 1, 2), 1.0); // never widened
        QCOMPARE(lowestThreshold(true), 1.0);
        QCOMPARE(lowestThreshold(false), 0.1);
    }

    void symmetricGridsDivideAsTheirNamesSay()
    {
        const SymmetricCodes positive = symmetricCodes(6);
        QCOMPARE(positive.divisor, 31.0);
        QCOMPARE(positive.lowest, -32.0);
        QCOMPARE(positive.highest, 31.0);
        QCOMPARE(symmetricCodes(6, symmetricGrids::span).divisor, 31.5);
        QCOMPARE(symmetricCodes(6, symmetricGrids::span).lowest, -32.0);
        QCOMPARE(symmetricCodes(6, symmetricGrids::narrow).divisor, 31.0);
        QCOMPARE(symmetricCodes(6, symmetricGrids::narrow).lowest, -31.0);
    }
};

BITPRISM_TEST(TstChannelMigration);
#include "tst_channel_migration.moc"
