// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/job_dock/jobs_model.h"
#include "widgets/jobs/run_status.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/overview/latest_runs.h"

#include <QLabel>
#include <QPushButton>

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

namespace {

QString textOf(const QWidget &widget)
{
    QStringList texts;
    for (const QPushButton *button : widget.findChildren<QPushButton *>()) {
        texts.append(button->accessibleDescription());
    }
    return texts.join(' ');
}

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
        const QString kept = " What is finished is kept; Resume goes on.";
        QCOMPARE(told.banner.sentence(), "probes was stopped near its start." + kept);
        told.banner.setProgressText("12 of 42 layers measured");
        QCOMPARE(told.banner.sentence(), "probes stopped at 12 of 42 layers measured." + kept);
        auto *resume = told.banner.findChild<QPushButton *>("action");
        QVERIFY(resume != nullptr && resume->text() == "Resume");
        resume->click();
        QCOMPARE(told.hub.jobs().size(), 1);
        QCOMPARE(told.hub.jobs().first().runId, QString::fromStdString(run));
    }

    void whatWasStoppedBeforeItsRunBeganIsSaid()
    {
        Told told;
        QVERIFY(told.open());
        told.banner.setRuns({told.finished}, "probes");
        JobRequest request;
        request.kind = "probes";
        const quint64 job = told.hub.submit(request, "probes"); // there is no engine: it waits
        QVERIFY(told.says("At work"));
        told.hub.cancel(job);
        QVERIFY(told.says("Not complete"));
        QCOMPARE(told.banner.sentence(), "probes was stopped before it measured anything.");
        told.banner.findChild<QPushButton *>("action")->click();
        QCOMPARE(told.hub.find(job)->state, JobState::Queued);
    }

    /// The store counts whole blocks, a job more finely: everywhere it is the job that is told.
    void oneShareWhereverItIsSaid()
    {
        Told told;
        store::Database(told.path().toStdString(), store::OpenMode::ReadWrite)
            .execute("UPDATE runs SET blocks = 6, blocks_done = 2 WHERE name = 'long one'");
        QVERIFY(told.start());
        told.engine.job(1).progress.fraction = 0.28;
        told.end(store::RunStatus::Cancelled, JobState::Cancelled);
        QVERIFY(told.says("Not complete"));
        const auto sayTheSame = [&] {
            const store::RunRecord &run = *told.project.findRun(told.working);
            return told.banner.sentence().startsWith("long one stopped at 28 %.")
                && runStatusText(run, told.hub) == "Stopped at 28 %";
        };
        QTRY_VERIFY2(sayTheSame(), qPrintable(told.banner.sentence()));
        QCOMPARE(jobStateText(told.hub.jobs().first()), "Stopped at 28 %");
        LatestRuns latest(told.context);
        QVERIFY(!textOf(latest).contains("33 %"));
        QVERIFY(textOf(latest).contains("Stopped at 28 %"));
        told.hub.clearFinished(); // nothing jumps
        QVERIFY(sayTheSame());
        const JobHub another(told.project); // of a later session
        QCOMPARE(runStatusText(*told.project.findRun(told.working), another), "Stopped at 33 %");
    }

    /// What this session knows of the run is old then.
    void anotherProcessWentOnWithTheRun()
    {
        Told told;
        QVERIFY(told.start());
        told.engine.job(1).progress.fraction = 0.28;
        told.end(store::RunStatus::Cancelled, JobState::Cancelled);
        const auto status
            = [&] { return runStatusText(*told.project.findRun(told.working), told.hub); };
        QTRY_COMPARE(status(), "Stopped at 28 %");
        const auto stand = [&](const char *values) {
            store::Database(told.path().toStdString(), store::OpenMode::ReadWrite)
                .execute(std::string("UPDATE runs SET ") + values + " WHERE name = 'long one'");
            told.project.refreshRuns();
        };
        store::ExperimentStore other = told.store();
        {
            const store::RunLock held = other.lockRun(told.working.toStdString());
            other.setStatus(told.working.toStdString(), store::RunStatus::Running);
            stand("blocks = 10, blocks_done = 6");
            QTRY_COMPARE(status(), "60 %");
            other.setStatus(told.working.toStdString(), store::RunStatus::Cancelled);
        }
        stand("blocks_done = 8, finished = '2999-01-01T00:00:00.000Z'");
        QTRY_COMPARE(status(), "Stopped at 80 %");
        QTRY_VERIFY(told.banner.sentence().startsWith("long one stopped at 80 %."));
        const quint64 job = told.hub.jobs().first().id;
        told.hub.retry(job);
        QCOMPARE(told.hub.find(job)->progress.fraction, 0.8); // where it goes on from
    }

    void whatIsClearedCannotBeRetried()
    {
        Told told;
        QVERIFY(told.open());
        told.banner.setRuns({told.finished}, "probes");
        JobRequest request;
        request.kind = "probes";
        told.hub.cancel(told.hub.submit(request, "probes"));
        QVERIFY(told.says("Not complete"));
        told.hub.clearFinished();
        QVERIFY(told.banner.isHidden());
    }
};

BITPRISM_TEST(TstRunsBanner);
#include "tst_runs_banner.moc"
