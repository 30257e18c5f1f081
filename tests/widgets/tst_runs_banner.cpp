// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/jobs/runs_banner.h"

#include <QLabel>

using namespace bitprism;

namespace {

/// Two finished runs and one at work in an engine that does as it is told.
struct Told : test::ViewFixture
{
    Told()
    {
        store::ExperimentStore made = store();
        finished = QString::fromStdString(test::addToyRun(made, "earlier", 4, "{}"));
        working = QString::fromStdString(test::addToyRun(made, "long one", 3, "{}"));
        made.setStatus(working.toStdString(), store::RunStatus::Running);
    }
    bool start()
    {
        if (!open()) {
            return false;
        }
        hub.setEngine(&engine);
        hub.submit({}, "long one");
        engine.start(1, working.toStdString());
        banner.setRuns({working});
        return QTest::qWaitFor([this] { return banner.sentence().contains("long one"); });
    }
    void end(store::RunStatus status, JobState state)
    {
        store().setStatus(working.toStdString(), status);
        engine.finish(1, state);
        project.refreshRuns();
    }
    bool says(const QString &sign)
    {
        return QTest::qWaitFor([&] {
            for (const QLabel *label : banner.findChildren<QLabel *>()) {
                if (!banner.isHidden() && label->text() == sign) {
                    return true;
                }
            }
            return false;
        });
    }

    test::FakeEngine engine;
    RunsBanner banner{context};
    QString finished;
    QString working;
};

} // namespace

class TstRunsBanner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finishedRunsNeedNoWord()
    {
        Told told;
        QVERIFY(told.open());
        told.banner.setRuns({told.finished});
        QVERIFY(told.banner.isHidden());
    }

    void theEndOfWhatWasToldOfIsSaid()
    {
        Told told;
        QVERIFY(told.start());
        QVERIFY(told.says("At work"));
        told.end(store::RunStatus::Finished, JobState::Finished);
        QVERIFY(told.says("Finished")); // so nothing below jumps up
        QVERIFY(told.banner.sentence().contains("long one"));
        told.banner.setRuns({told.finished});
        QVERIFY(told.banner.isHidden());
        told.banner.setRuns({told.working}); // it is an old story now
        QVERIFY(told.banner.isHidden());
    }

    void stoppedRunsCanBeResumed()
    {
        Told told;
        QVERIFY(told.start());
        told.end(store::RunStatus::Cancelled, JobState::Cancelled);
        QVERIFY(told.says("Not complete"));
        QVERIFY(told.banner.sentence().contains("stopped at"));
    }

    void stoppedRunsSayWhatIsKept() // of a run whose blocks are not counted yet
    {
        Told told;
        store::ExperimentStore made = told.store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "probes";
        request.blocks = 6;
        const std::string run = made.createRun(request, test::toyModelInfo(), "hash").id;
        made.setStatus(run, store::RunStatus::Cancelled);
        QVERIFY(told.open());
        told.banner.setRuns({QString::fromStdString(run)});
        QVERIFY(!told.banner.sentence().contains("0 %"));
        told.banner.setProgressText("12 of 42 layers measured");
        QVERIFY(told.banner.sentence().contains("stopped at 12 of 42 layers measured"));
        QVERIFY(!told.banner.sentence().contains("0 %"));
    }
};

BITPRISM_TEST(TstRunsBanner);
#include "tst_runs_banner.moc"
