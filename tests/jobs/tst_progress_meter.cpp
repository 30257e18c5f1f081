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
    void neverRunsOutWhileAStepIsLate_data();
    void neverRunsOutWhileAStepIsLate();
    void evenStepsAreNeverToldAnew_data();
    void evenStepsAreNeverToldAnew();
    void unevenStepsShiftItSmoothly();
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
}

/// The last step of a job, and one in its middle: nobody can say when a late one ends, but that it
/// takes as long again is more likely than that it ends now.
void TstProgressMeter::neverRunsOutWhileAStepIsLate_data()
{
    QTest::addColumn<int>("done");
    QTest::newRow("in the middle") << 5;
    QTest::newRow("the last") << 9;
}

void TstProgressMeter::neverRunsOutWhileAStepIsLate()
{
    QFETCH(int, done);
    constexpr double step = 10;
    ProgressMeter meter;
    meter.start(at(0));
    for (int i = 1; i <= done; ++i) {
        meter.report(0.1 * i, at(step * i));
    }
    const double from = step * done;
    double before = meter.remainingSeconds(at(from));
    QVERIFY(qAbs(before - (100 - from)) < 1e-6);
    for (double since = 1; since <= 100; since += 1) {
        const double left = meter.remainingSeconds(at(from + since));
        QVERIFY2(left < 2.5 * before && left > before / 2.1, qPrintable(QString::number(since)));
        if (since > step) {
            QVERIFY2(left >= step && left >= before, qPrintable(QString::number(since)));
        }
        before = left;
    }
    const double late = meter.remainingSeconds(at(from + 30));
    meter.report(0.1 * (done + 1), at(from + 30)); // it takes part in the mean, and no more
    const double after = meter.remainingSeconds(at(from + 30.1));
    QVERIFY2(done == 9 || (after < 2 * late && after > late / 2),
             qPrintable(QString::number(after)));
}

void TstProgressMeter::evenStepsAreNeverToldAnew_data()
{
    QTest::addColumn<double>("seconds");
    QTest::newRow("short") << 0.3;
    QTest::newRow("of seconds") << 3.0;
    QTest::newRow("of a minute") << 60.0;
}

void TstProgressMeter::evenStepsAreNeverToldAnew()
{
    QFETCH(double, seconds);
    constexpr int steps = 50;
    ProgressMeter meter;
    meter.start(at(0));
    double before = -1;
    for (int i = 1; i < steps; ++i) {
        meter.report(i / double(steps), at(seconds * i));
        for (const double part : {0.0, 0.5, 0.99}) {
            const double left = meter.remainingSeconds(at(seconds * (i + part)));
            const QByteArray place = QByteArray::number(i + part) + ": " + QByteArray::number(left);
            QVERIFY2(i < 5 || seconds * i < 3 || left > 0, place); // it settles first
            QVERIFY2(before < 0 || (left <= before + 1e-6 && left >= before / 2 - 1e-6), place);
            before = left;
        }
    }
}

/// A dear step among cheap ones shifts the answer, and does not turn it over.
void TstProgressMeter::unevenStepsShiftItSmoothly()
{
    ProgressMeter meter;
    meter.start(at(0));
    double now = 0;
    double before = -1;
    for (int i = 1; i <= 48; ++i) {
        const double until = now + (i % 4 == 0 ? 6 : 1);
        for (; now < until; now += 0.5) {
            const double left = meter.remainingSeconds(at(now));
            QVERIFY2(i <= 8 || (left < 1.5 * before && left > before / 1.8),
                     qPrintable(QString::number(i) + ": " + QString::number(left)));
            before = left;
        }
        meter.report(i / 50.0, at(now));
    }
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
