// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "tests/support/test_main.h"

#include <atomic>

using namespace bitprism;

class TstParallel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setThreadCount(2); }

    void visitsEveryIndexOnce_data()
    {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("grain");
        for (const int threads : {1, 2, 3, 8}) {
            for (const int count : {0, 1, 7, 1000}) {
                QTest::addRow("%d threads, %d", threads, count) << threads << count << 1;
            }
        }
        QTest::newRow("coarse grain") << 8 << 10 << 100;
    }

    void visitsEveryIndexOnce()
    {
        QFETCH(int, threads);
        QFETCH(int, count);
        QFETCH(int, grain);
        setThreadCount(threads);
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        parallelFor(visits.size(), static_cast<std::size_t>(grain),
                    [&](std::size_t begin, std::size_t end) {
                        for (std::size_t i = begin; i < end; ++i) {
                            ++visits[i];
                        }
                    });
        for (const std::atomic<int> &visit : visits) {
            QCOMPARE(visit.load(), 1);
        }
    }

    void nestedCallsRunOnTheirOwnThread()
    {
        std::atomic<int> total{0};
        parallelFor(4, 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                parallelFor(10, 1, [&](std::size_t from, std::size_t to) {
                    total += static_cast<int>(to - from);
                });
            }
        });
        QCOMPARE(total.load(), 40);
    }

    void carriesAnExceptionToTheCaller()
    {
        setThreadCount(4);
        QVERIFY_EXCEPTION_THROWN(parallelFor(8, 1,
                                             [](std::size_t begin, std::size_t) {
                                                 BITPRISM_ASSERT(begin == 0, "later parts fail");
                                             }),
                                 Error);
    }
};

BITPRISM_TEST(TstParallel);
#include "tst_parallel.moc"
