// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "tests/support/test_main.h"

#include <array>
#include <cmath>

using namespace bitprism;

class TstRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void repeatsForSeedAndName()
    {
        Random first(7, "sampler");
        Random second(7, "sampler");
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(first.next(), second.next());
        }
    }

    void namesAreStreamsOfTheirOwn()
    {
        Random first(7, "sampler");
        Random second(7, "rotation");
        Random third(8, "sampler");
        const std::uint64_t value = first.next();
        QVERIFY(value != second.next());
        QVERIFY(value != third.next());
    }

    void belowIsUniform()
    {
        Random random(1, "test");
        std::array<int, 7> counts{};
        constexpr int draws = 70000;
        for (int i = 0; i < draws; ++i) {
            ++counts[random.below(7)];
        }
        double chiSquare = 0;
        for (const int count : counts) {
            chiSquare += (count - draws / 7.0) * (count - draws / 7.0) / (draws / 7.0);
        }
        QVERIFY(chiSquare < 22.5); // 99.9 % quantile for 6 degrees of freedom; the seed is fixed
    }

    void normalHasItsMoments()
    {
        Random random(1, "test");
        constexpr int draws = 100000;
        double sum = 0;
        double square = 0;
        double fourth = 0;
        for (int i = 0; i < draws; ++i) {
            const double x = random.normal();
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
        }
        // Four standard errors of each mean.
        QVERIFY(std::abs(sum / draws) < 4 / std::sqrt(draws));
        QVERIFY(std::abs(square / draws - 1) < 4 * std::sqrt(2.0 / draws));
        QVERIFY(std::abs(fourth / draws - 3) < 4 * std::sqrt(96.0 / draws));
    }
};

BITPRISM_TEST(TstRandom);
#include "tst_random.moc"
