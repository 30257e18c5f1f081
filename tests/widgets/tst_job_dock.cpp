// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"
#include "widgets/job_dock/jobs_model.h"

#include <QProgressBar>
#include <QPushButton>
#include <QTreeView>

#include <algorithm>

using namespace bitprism;

class TstJobDock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theButtonsFollowTheChosenJob();
    void onceMoreIsCalledAlike();
    void aWaitingJobLeavesAtOnce();
    void aJobThatBeginsDoesNotLookStuck();
    void theLineStaysInItsPlace();
    void noTimeIsSaidThatCannotBeMeasured();
};

namespace {

struct Dock : test::ViewFixture
{
    Dock()
    {
        dock.setOpen(true);
        hub.setEngine(&engine);
    }
    QPushButton *button(const QString &text)
    {
        for (QPushButton *each : dock.findChildren<QPushButton *>()) {
            if (each->text() == text && !dock.line().isAncestorOf(each)) {
                return each;
            }
        }
        return nullptr;
    }

    test::FakeEngine engine;
    JobDock dock{context};
};

} // namespace

/// Of three jobs one works, so that one that is retried waits.
void TstJobDock::theButtonsFollowTheChosenJob()
{
    Dock d;
    d.hub.submit({}, "first");
    const quint64 second = d.hub.submit({}, "second"); // the newest is the chosen one
    d.hub.cancel(second);
    QTRY_VERIFY(d.button("Retry") != nullptr && d.button("Retry")->isEnabled());
    QVERIFY(!d.button("Cancel")->isEnabled());
    d.button("Retry")->click();
    QCOMPARE(d.hub.find(second)->state, JobState::Queued);
    QVERIFY(!d.button("Retry")->isEnabled()); // it waits already
    QVERIFY(d.button("Cancel")->isEnabled());
}

void TstJobDock::onceMoreIsCalledAlike()
{
    Dock d;
    d.hub.submit({}, "long one");
    d.engine.start(1, "a-run");
    d.engine.finish(1, JobState::Cancelled);
    QTRY_VERIFY(d.button("Resume") != nullptr && d.button("Resume")->isEnabled());
    const auto *line = &d.dock.line();
    const auto onLine = [&](const QString &text) {
        const auto buttons = line->findChildren<QPushButton *>();
        return std::any_of(buttons.begin(), buttons.end(), [&](const QPushButton *each) {
            return each->text() == text && !each->isHidden();
        });
    };
    QVERIFY(onLine("Resume"));
    d.button("Resume")->click();
    d.engine.start(2, "a-run");
    const JobFailure failure{};
    d.engine.finish(2, JobState::Failed, &failure);
    QTRY_VERIFY(d.button("Retry") != nullptr && d.button("Retry")->isEnabled());
    QVERIFY(onLine("Retry"));
}

/// Also while the engine is busy, and stays so.
void TstJobDock::aWaitingJobLeavesAtOnce()
{
    Dock d;
    const quint64 first = d.hub.submit({}, "first");
    const quint64 second = d.hub.submit({}, "second");
    auto *queue = d.dock.findChild<QTreeView *>();
    const auto state = [&](int row) {
        return queue->model()->index(row, JobsModel::StateColumn).data().toString();
    };
    QCOMPARE(state(1), "Waiting");
    d.button("Cancel")->click();
    QCOMPARE(d.hub.find(second)->state, JobState::Cancelled);
    QCOMPARE(state(1), "Stopped");
    QVERIFY(!d.button("Cancel")->isEnabled());
    queue->setCurrentIndex(queue->model()->index(0, 0));
    d.button("Cancel")->click();
    QCOMPARE(d.hub.find(first)->state, JobState::Running); // until the engine has let go of it
    QCOMPARE(state(0), "Stopping");
}

void TstJobDock::aJobThatBeginsDoesNotLookStuck()
{
    Dock d;
    d.hub.submit({}, "first");
    const auto *bar = d.dock.line().findChild<QProgressBar *>();
    QCOMPARE(bar->maximum(), 0); // it moves, and says nothing of a share
    d.engine.job(1).progress.fraction = 0.25;
    QTRY_COMPARE(bar->maximum(), 1000);
    QCOMPARE(bar->value(), 250);
}

void TstJobDock::theLineStaysInItsPlace()
{
    Dock d;
    d.hub.submit({}, "first");
    JobLine line(d.context);
    line.resize(1200, 40);
    line.show();
    const auto *bar = line.findChild<QProgressBar *>();
    d.engine.job(1).progress.fraction = 0.25;
    d.engine.job(1).progress.stage = "Reading";
    d.engine.job(1).progress.elapsedSeconds = 3;
    d.engine.job(1).progress.remainingSeconds = 9;
    QTRY_COMPARE(bar->value(), 250);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    const QRect before = bar->geometry();
    QVERIFY(before.left() > 0);
    d.engine.job(1).progress.fraction = 1;
    d.engine.job(1).progress.stage = "Measuring the sensitivity of every layer, 42 of 42";
    d.engine.job(1).progress.elapsedSeconds = 100;
    d.engine.job(1).progress.remainingSeconds = 3599;
    QTRY_COMPARE(bar->value(), 1000);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    QCOMPARE(bar->geometry(), before);
}

void TstJobDock::noTimeIsSaidThatCannotBeMeasured()
{
    HubJob job;
    job.state = JobState::Cancelled;
    QCOMPARE(jobTimeText(job), QString()); // it never began
    job.state = JobState::Finished;
    job.progress.elapsedSeconds = 0.01;
    QCOMPARE(jobTimeText(job), "took < 0.1 s");
    job.progress.elapsedSeconds = 0.1;
    QCOMPARE(jobTimeText(job), "took 0.1 s");
}

BITPRISM_TEST(TstJobDock);
#include "tst_job_dock.moc"
