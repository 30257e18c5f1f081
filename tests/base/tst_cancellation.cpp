// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace bitprism;
using test::complaintOf;

class TstCancellation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingStopsOutsideOfAScope()
    {
        throwIfWorkCancelled();
        QVERIFY(!CancellationScope::current().stop_possible());
    }

    void aStoppedScopeThrows()
    {
        std::stop_source source;
        const CancellationScope scope(source.get_token());
        throwIfWorkCancelled();
        source.request_stop();
        QVERIFY(complaintOf(&throwIfWorkCancelled).code == ErrorCode::Cancelled);
    }

    void scopesNestAndEnd()
    {
        std::stop_source outer;
        std::stop_source inner;
        const CancellationScope first(outer.get_token());
        {
            const CancellationScope second(inner.get_token());
            outer.request_stop();
            throwIfWorkCancelled(); // the innermost counts
        }
        QVERIFY(complaintOf(&throwIfWorkCancelled).code == ErrorCode::Cancelled);
    }

    void aScopeBelongsToItsThread()
    {
        std::stop_source source;
        source.request_stop();
        const CancellationScope scope(source.get_token());
        bool isElsewhere = true;
        std::jthread([&] { isElsewhere = CancellationScope::current().stop_possible(); }).join();
        QVERIFY(!isElsewhere);
    }
};

BITPRISM_TEST(TstCancellation);
#include "tst_cancellation.moc"
