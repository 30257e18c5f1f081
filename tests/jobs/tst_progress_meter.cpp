// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/progress_meter.h"
#include "tests/support/test_main.h"

using namespace bitprism;

class TstProgressMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingAtTheStart();
    void keepsQuietUntilItSettles();
    void isNotMisledByWhatAResumedJobTakesOver_data();
    void isNotMisledByWhatAResumedJobTakesOver();
    void foretellsSteadyWork();
    void countsDownBetweenReports();
    void neverFallsBack();
    void forgetsASlowStart();
    void stopsItsClockAtTheEnd();

private:
    using Clock = ProgressMeter::Clock;
    static Clock::time_point at(double seconds)
    {
        return Clock::time_point{} + std::chrono::hours(1)
            + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    }
};

void TstProgressMeter::knowsNothingAtTheStart()
{
    ProgressMeter meter;
    QCOMPARE(meter.elapsedSeconds(at(5)), 0.0);
    QVERIFY(meter.remainingSeconds(at(5)) < 0);
    meter.start(at(0));
    meter.report(0.001, at(0.1));
    QVERIFY(meter.remainingSeconds(at(0.1)) < 0);
    QCOMPARE(meter.elapsedSeconds(at(2)), 2.0);
}

void TstProgressMeter::keepsQuietUntilItSettles() // slow while it reads, then at a steady pace
{
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.001, at(0.5));
    for (int i = 1; i <= 40; ++i) {
        const double now = 0.5 + 0.5 * i;
        meter.report(0.001 + 0.02 * i, at(now));
        const double left = meter.remainingSeconds(at(now));
        const double truth = (1 - 0.001 - 0.02 * i) / 0.04;
        QVERIFY(left < 0 || (left > 0.7 * truth && left < 1.5 * truth));
        QVERIFY2((left < 0) == (now < 3), qPrintable(QString::number(now)));
    }
}

void TstProgressMeter::isNotMisledByWhatAResumedJobTakesOver_data()
{
    QTest::addColumn<double>("first");
    QTest::newRow("at once") << 0.5;
    QTest::newRow("after reading") << 5.0;
}

void TstProgressMeter::isNotMisledByWhatAResumedJobTakesOver()
{
    QFETCH(double, first);
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.5, at(first));
    QVERIFY(meter.remainingSeconds(at(first)) < 0);
    for (int i = 1; i <= 20; ++i) {
        meter.report(0.5 + 0.005 * i, at(first + 0.5 * i)); // 0.01 a second
        const double left = meter.remainingSeconds(at(first + 0.5 * i));
        QVERIFY2(left < 0 || (left > 35 && left < 55), qPrintable(QString::number(left)));
    }
    const double left = meter.remainingSeconds(at(first + 10));
    QVERIFY2(left > 35 && left < 45, qPrintable(QString::number(left))); // 40 are true
}

void TstProgressMeter::foretellsSteadyWork()
{
    ProgressMeter meter;
    meter.start(at(0));
    for (int i = 1; i <= 30; ++i) {
        meter.report(i / 100.0, at(i));
    }
    QVERIFY(qAbs(meter.remainingSeconds(at(30)) - 70) < 1e-6);
}

void TstProgressMeter::countsDownBetweenReports()
{
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.1, at(2));
    meter.report(0.5, at(10)); // 0.05 a second
    QVERIFY(qAbs(meter.remainingSeconds(at(14)) - 6) < 1e-6);
    QCOMPARE(meter.remainingSeconds(at(60)), 0.0);
}

void TstProgressMeter::neverFallsBack()
{
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.5, at(1));
    meter.report(0.2, at(2));
    QCOMPARE(meter.fraction(), 0.5);
    meter.report(7, at(3));
    QCOMPARE(meter.fraction(), 1.0);
}

void TstProgressMeter::forgetsASlowStart()
{
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.02, at(20)); // 0.001 a second
    for (int i = 1; i <= 60; ++i) {
        meter.report(0.02 + 0.01 * i, at(20 + i)); // then ten times as fast
    }
    const double left = meter.remainingSeconds(at(80));
    QVERIFY2(left > 37 && left < 60, qPrintable(QString::number(left))); // 38 are true, 49 by mean
}

void TstProgressMeter::stopsItsClockAtTheEnd()
{
    ProgressMeter meter;
    meter.start(at(0));
    meter.report(0.5, at(4));
    meter.finish(at(5));
    QCOMPARE(meter.elapsedSeconds(at(100)), 5.0);
    QCOMPARE(meter.remainingSeconds(at(100)), 0.0);
}

BITPRISM_TEST(TstProgressMeter);
#include "tst_progress_meter.moc"
