// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/optimizer.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <vector>

using namespace bitprism::train;

namespace {

constexpr double rateTolerance = 1e-12;

} // namespace

class TstOptimizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstStepIsTheRateInTheGradientsDirection();
    void followsTheTextbookForManySteps();
    void decaysOnlyWhereAsked();
    void sumsGradientsAndTheirSquares();
    void rateRisesThenFallsToItsFloor();
};

void TstOptimizer::firstStepIsTheRateInTheGradientsDirection()
{
    const std::vector<float> gradient = {3.0f, -0.01f, 0.5f};
    std::vector<float> parameters = {1.0f, 1.0f, 1.0f};
    std::vector<float> first(3), second(3);
    updateParameters({.weightDecay = 0.0f}, {0.1f, 1.0f, 1}, true, gradient.data(),
                     parameters.data(), first.data(), second.data(), 3);
    const std::vector<float> expected = {0.9f, 1.1f, 0.9f}; // both bias corrections cancel
    for (std::size_t i = 0; i < 3; ++i) {
        QVERIFY(std::abs(parameters[i] - expected[i]) < 1e-5f);
    }
}

void TstOptimizer::followsTheTextbookForManySteps()
{
    const AdamW constants;
    float parameter = 0.7f, first = 0.0f, second = 0.0f;
    double p = 0.7, m = 0.0, v = 0.0;
    for (int step = 1; step <= 50; ++step) {
        const double g = std::sin(step) + 0.2;
        const auto gradient = float(g);
        updateParameters(constants, {0.01f, 0.5f, step}, true, &gradient, &parameter, &first,
                         &second, 1);
        m = 0.9 * m + 0.1 * 0.5 * g;
        v = 0.95 * v + 0.05 * 0.25 * g * g;
        const double corrected = m / (1.0 - std::pow(0.9, step));
        const double deviation = std::sqrt(v / (1.0 - std::pow(0.95, step))) + 1e-8;
        p = p * (1.0 - 0.01 * double(constants.weightDecay)) - 0.01 * corrected / deviation;
    }
    QVERIFY2(std::abs(double(parameter) - p) < 1e-5, qPrintable(QString::number(parameter - p)));
}

void TstOptimizer::decaysOnlyWhereAsked()
{
    for (const bool decays : {true, false}) {
        const float gradient = 0.0f;
        float parameter = 2.0f, first = 0.0f, second = 0.0f;
        updateParameters({.weightDecay = 0.5f}, {0.1f, 1.0f, 1}, decays, &gradient, &parameter,
                         &first, &second, 1);
        QCOMPARE(parameter, decays ? 1.9f : 2.0f);
    }
}

void TstOptimizer::sumsGradientsAndTheirSquares()
{
    std::vector<float> first(1001, 1.0f);
    const std::vector<float> second(1001, 2.0f);
    QCOMPARE(addGradients(first.data(), second.data(), first.size()), 9.0 * 1001);
    QCOMPARE(first.back(), 3.0f);
}

void TstOptimizer::rateRisesThenFallsToItsFloor()
{
    const RateSchedule cosine{1.0, 10, 110, 1000, 1000};
    QCOMPARE(rateAt(cosine, 0), 0.1);
    QCOMPARE(rateAt(cosine, 9), 1.0);
    QCOMPARE(rateAt(cosine, 10), 1.0);
    QVERIFY(std::abs(rateAt(cosine, 60) - 0.51) < rateTolerance);
    QVERIFY(std::abs(rateAt(cosine, 110) - 0.02) < rateTolerance);
    QVERIFY(std::abs(rateAt(cosine, 500) - 0.02) < rateTolerance);

    const RateSchedule linear{1.0, 10, 110, 60, 80};
    QCOMPARE(rateAt(linear, 59), rateAt(cosine, 59));
    QVERIFY(std::abs(rateAt(linear, 60) - 0.51) < rateTolerance);
    QVERIFY(std::abs(rateAt(linear, 70) - (0.51 + 0.02) / 2.0) < rateTolerance);
    QVERIFY(std::abs(rateAt(linear, 80) - 0.02) < rateTolerance);
}

BITPRISM_TEST(TstOptimizer);

#include "tst_optimizer.moc"
