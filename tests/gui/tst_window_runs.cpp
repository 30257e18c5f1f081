// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"
#include "core/families/locate_model.h"
#include "core/results/run_summary.h"
#include "tests/gui/open_window.h"
#include "tests/gui/sample_window.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/plot/series_plot.h"
#include "widgets/runs/deletion_bar.h"
#include "widgets/runs/runs_model.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/state_banner.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/runs_view.h"

#include <QDockWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTreeView>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

using namespace bitprism;

namespace {

using Sample = test::SampleWindow;
using Bench = test::ToyBench;
using test::jobLimit;
using test::readLimit;

void select(MainWindow &window, const QString &run)
{
    auto *tree = window.runsPanel().findChild<QTreeView *>();
    const auto *model = window.runsPanel().findChild<RunsModel *>();
    tree->setCurrentIndex(model->indexOfRun(run));
}

bool isListed(MainWindow &window, const QString &run)
{
    return window.runsPanel().findChild<RunsModel *>()->indexOfRun(run).isValid();
}

bool click(QWidget &parent, const QString &text)
{
    for (QPushButton *button : parent.findChildren<QPushButton *>()) {
        if (button->text().remove('&') == text && button->isVisible() && button->isEnabled()) {
            button->click();
            return true;
        }
    }
    return false;
}

/// Asks for the deletion of a run, and says yes.
bool remove(MainWindow &window, const QString &run)
{
    select(window, run);
    window.runsPanel().deleteSelected();
    auto *box = window.runsPanel().findChild<QMessageBox *>();
    return box != nullptr && click(*box, "Delete");
}

RunsView *runsView(MainWindow &window, const char *id)
{
    window.showView(id);
    return static_cast<RunsView *>(window.views().currentWidget());
}

/// All that Compare and the report show of their runs, and what is kept of one of them.
QStringList everythingOf(Sample &sample, const QString &run)
{
    sample.settle();
    QStringList all{runsView(sample.window, "report")->ids().join(',')};
    sample.settle();
    all.append(runsView(sample.window, "compare")->ids().join(','));
    sample.settle();
    for (auto *table : sample.window.views().currentWidget()->findChildren<DataTable *>()) {
        all.append(QString::fromUtf8(table->asCsv()));
    }
    const auto summary = sample.workbench.library.resultOf<RunSummary>(run);
    all.append(summary ? QString::fromStdString(summary->toJson().dump()) : "none");
    const auto record = sample.workbench.library.record(run);
    all.append(record ? QString::fromStdString(record->name + record->recipe + record->experiment)
                      : "none");
    return all;
}

/// Ids of the runs that stand as points in the view that shows.
QStringList drawn(MainWindow &window)
{
    QStringList ids;
    for (const PlotSeries &series :
         window.views().currentWidget()->findChild<ScatterPlot *>()->series()) {
        for (const PlotPoint &point : series.points) {
            ids.append(point.id);
        }
    }
    return ids;
}

StateBanner *bannerOf(MainWindow &window, const QString &part)
{
    for (auto *banner : window.views().currentWidget()->findChildren<StateBanner *>()) {
        if (banner->isVisible() && banner->sentence().contains(part)) {
            return banner;
        }
    }
    return nullptr;
}

} // namespace

/// Runs that are deleted, brought back, stopped and gone on with, in the window.
class TstWindowRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void undoneDeletionLeavesEverything();
    void aDeletionWaitsInAnotherLanguage();
    void aDeletedRunLeavesTheViewsThatShowIt();
    void deletingAndClosingAtOnceDeletes();
    void aRunAtWorkIsNotDeleted();
    void theMiddleOfTheQueueIsCancelled();
    void questionsAndFloatingDocksHaveNames();
    void whatWasStoppedByClosingIsOffered();

private:
    std::optional<std::filesystem::path> m_project = sampleProject();
};

void TstWindowRuns::undoneDeletionLeavesEverything()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    const QStringList runs = sample.runs();
    sample.workbench.selection.setCompared({runs[0], runs[1]});
    const QString name = QString::fromStdString(sample.workbench.project.findRun(runs[1])->name);
    static_cast<void>(everythingOf(sample, runs[1])); // asks for all of it
    const QStringList before = everythingOf(sample, runs[1]);
    QVERIFY(!before.contains("none"));
    select(sample.window, runs[1]);
    sample.window.runsPanel().deleteSelected();
    auto *box = sample.window.runsPanel().findChild<QMessageBox *>();
    QVERIFY(box != nullptr && box->text().contains(name)); // says which
    QVERIFY(click(*box, "Cancel"));
    QVERIFY(isListed(sample.window, runs[1]));
    QTRY_VERIFY(sample.window.runsPanel().findChild<QMessageBox *>() == nullptr);
    QVERIFY(remove(sample.window, runs[1]));
    QVERIFY(!isListed(sample.window, runs[1]));
    QVERIFY(!everythingOf(sample, runs[0]).join(' ').contains(runs[1])); // in no view either
    QVERIFY(!runsView(sample.window, "compare")->ids().contains(runs[1]));
    sample.window.showView("trade_offs");
    QVERIFY(!drawn(sample.window).contains(runs[1]));
    auto *bar = sample.window.runsPanel().findChild<DeletionBar *>();
    QVERIFY(bar->isVisible());
    RunDeletion &deletion = sample.workbench.library.deletion();
    connect(
        &deletion, &RunDeletion::changed, this, [&] { deletion.setSecond(600'000); },
        Qt::SingleShotConnection);
    deletion.setSecond(1); // one passes, and no other
    QTRY_COMPARE(deletion.secondsLeft(), RunDeletion::seconds - 1);
    QVERIFY(click(*bar, "Undo"));
    QVERIFY(isListed(sample.window, runs[1]));
    QCOMPARE(everythingOf(sample, runs[1]), before);
    QVERIFY(!bar->isVisible());
    sample.window.showView("trade_offs");
    QVERIFY(drawn(sample.window).contains(runs[1]));
}

/// The window is made anew then, around the same workbench.
void TstWindowRuns::aDeletionWaitsInAnotherLanguage()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    const QString run = sample.runs().first();
    auto window = std::make_unique<MainWindow>(sample.workbench);
    window->show();
    QVERIFY(remove(*window, run));
    window = std::make_unique<MainWindow>(sample.workbench);
    window->show();
    auto *bar = window->runsPanel().findChild<DeletionBar *>();
    QVERIFY(bar->isVisible());
    QVERIFY(!isListed(*window, run));
    QCOMPARE(sample.workbench.library.deletion().waiting(), 1);
    QVERIFY(click(*bar, "Undo"));
    QVERIFY(isListed(*window, run));
    sample.settle();
    const store::ExperimentStore store(sample.store.toStdString(), store::OpenMode::ReadOnly);
    QCOMPARE(store.run(run.toStdString()).id, run.toStdString()); // it was never gone
}

void TstWindowRuns::aDeletedRunLeavesTheViewsThatShowIt()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    const QStringList runs = sample.runs();
    QVERIFY(runs.size() >= 3);
    sample.workbench.selection.setCompared({runs[0], runs[1]});
    sample.workbench.selection.setLayer(
        QString::fromStdString(sample.workbench.project.model()->layers.front().name));
    RunsView *compare = runsView(sample.window, "compare");
    sample.settle();
    QVERIFY(compare->ids().contains(runs[1]));
    QVERIFY(remove(sample.window, runs[1]));
    sample.workbench.library.deletion().setSecond(1);
    QTRY_VERIFY_WITH_TIMEOUT(sample.workbench.project.findRun(runs[1]) == nullptr, readLimit);
    sample.settle();
    QVERIFY(!compare->ids().contains(runs[1]));
    QVERIFY(compare->ids().size() >= 2); // there is something else to compare
    QTRY_VERIFY_WITH_TIMEOUT(compare->findChild<DataTable *>()->isVisible(), readLimit);
    QVERIFY(!isListed(sample.window, runs[1]));
    for (int view = 0; view < sample.window.views().count(); ++view) {
        sample.window.views().setCurrentIndex(view);
        sample.settle();
        for (const auto *banner : sample.window.findChildren<StateBanner *>()) {
            QVERIFY2(!banner->isVisible() || !banner->sentence().contains(runs[1]),
                     qPrintable(banner->sentence()));
        }
    }
}

void TstWindowRuns::deletingAndClosingAtOnceDeletes()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    QTemporaryDir folder;
    const QString kept = folder.filePath("kept.bitprism");
    QString run;
    {
        Sample sample(*m_project);
        QVERIFY(sample.isRead());
        QVERIFY(QFile::copy(sample.store, kept));
        sample.window.openTarget(kept);
        QTRY_VERIFY_WITH_TIMEOUT(sample.workbench.project.storePath() == kept, readLimit);
        QVERIFY(sample.isRead());
        run = sample.runs().first();
        QVERIFY(remove(sample.window, run));
        sample.window.close();
    }
    const store::ExperimentStore store(kept.toStdString(), store::OpenMode::ReadOnly);
    const auto runs = store.listRuns({});
    QVERIFY(!runs.empty());
    QVERIFY(std::none_of(runs.begin(), runs.end(), [&](const store::RunRecord &record) {
        return record.id == run.toStdString();
    }));
}

void TstWindowRuns::aRunAtWorkIsNotDeleted()
{
    Bench bench(24);
    QVERIFY(bench.isReady());
    JobHub &hub = bench.workbench.hub;
    const quint64 job = bench.submitSensitivity();
    QVERIFY(QTest::qWaitFor(
        [&] {
            return !hub.find(job)->runId.isEmpty() && isListed(bench.window, hub.find(job)->runId);
        },
        jobLimit));
    const QString run = hub.find(job)->runId;
    QVERIFY(remove(bench.window, run));
    bench.workbench.library.deletion().setSecond(1);
    const auto notice = [&] {
        const auto banners = bench.window.findChildren<StateBanner *>();
        return std::any_of(banners.begin(), banners.end(), [&](const StateBanner *banner) {
            return banner->isVisible() && banner->sentence().contains("process");
        });
    };
    QVERIFY(QTest::qWaitFor([&] { return notice() && isListed(bench.window, run); }, jobLimit));
    QVERIFY(!hub.find(job)->isOver());
    hub.cancel(job);
    QCOMPARE(bench.waitFor(job), JobState::Cancelled);
}

void TstWindowRuns::questionsAndFloatingDocksHaveNames()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    select(sample.window, sample.runs().first());
    sample.window.runsPanel().deleteSelected();
    sample.window.runsPanel().exportSelected();
    int dialogs = 0;
    for (QDialog *dialog : sample.window.findChildren<QDialog *>()) {
        QTRY_VERIFY(dialog->isVisible());
        test::checkNames(*dialog);
        dialog->close();
        ++dialogs;
    }
    QCOMPARE(dialogs, 2);
    sample.window.jobDock().setOpen(true);
    for (QDockWidget *dock : sample.window.findChildren<QDockWidget *>()) {
        dock->setFloating(true);
        QVERIFY(dock->isWindow());
        test::checkNames(*dock);
    }
}

void TstWindowRuns::theMiddleOfTheQueueIsCancelled()
{
    Bench bench(8);
    QVERIFY(bench.isReady());
    JobHub &hub = bench.workbench.hub;
    const quint64 first = bench.submitSensitivity();
    const quint64 middle = bench.submitSensitivity();
    const quint64 last = hub.submit(outliersRequest(bench.workbench.project), "outliers");
    QVERIFY(QTest::qWaitFor([&] { return hub.find(first)->state == JobState::Running; }, jobLimit));
    QTreeView *queue = nullptr;
    for (auto *tree : bench.window.findChildren<QTreeView *>()) {
        queue = tree->accessibleName() == "Queue of jobs" ? tree : queue;
    }
    QVERIFY(queue != nullptr && queue->model()->rowCount() == 3);
    bench.window.jobDock().setOpen(true);
    queue->setCurrentIndex(queue->model()->index(1, 0));
    QVERIFY(click(*queue->parentWidget(), "Cancel"));
    QCOMPARE(hub.find(middle)->state, JobState::Cancelled);
    QCOMPARE(hub.find(first)->state, JobState::Running);
    QCOMPARE(bench.waitFor(first), JobState::Finished);
    QCOMPARE(bench.waitFor(last), JobState::Finished);
    QVERIFY(hub.find(middle)->runId.isEmpty());
    QVERIFY(bench.workbench.library.resultOf<SensitivityTable>(hub.find(first)->runId)->complete);
}

void TstWindowRuns::whatWasStoppedByClosingIsOffered()
{
    QTemporaryDir folder;
    const QString store = folder.filePath("runs.bitprism");
    Bench bench(24);
    QVERIFY(bench.isReady());
    QString run;
    {
        Workbench workbench; // of the session that ends
        MainWindow window(workbench);
        window.show();
        workbench.project.open(bench.folder.filePath("toy"), store);
        QVERIFY(QTest::qWaitFor([&] { return window.isSettled() && workbench.hub.isReady(); },
                                test::loadLimit));
        workbench.project.setDataFiles(bench.folder.filePath("calibration.txt"),
                                       bench.folder.filePath("evaluation.txt"));
        const auto submit = [&] {
            return workbench.hub.submit(
                sensitivityRequest(workbench.project, workbench.recipe.recipe(), {2, 8}), "widths");
        };
        const quint64 running = submit();
        const quint64 cancelled = submit();
        workbench.hub.submit(outliersRequest(workbench.project), "outliers");
        QSignalSpy results(&workbench.hub, &JobHub::resultReady);
        QVERIFY(QTest::qWaitFor([&] { return results.count() > 1; }, jobLimit));
        workbench.hub.cancel(cancelled);
        run = workbench.hub.find(running)->runId;
        QSignalSpy closed(&window, &MainWindow::closed);
        window.close();
        auto *dialog = window.findChild<ClosingDialog *>();
        QVERIFY(dialog != nullptr);
        const QString text = dialog->findChild<QLabel *>()->text();
        QVERIFY2(text.contains("can be resumed"), qPrintable(text));
        QVERIFY2(text.contains("wait for their turn: 1"),
                 qPrintable(text)); // not the cancelled one
        QVERIFY(click(*dialog, "Stop and close"));
        QVERIFY(closed.count() == 1 || closed.wait(ClosingDialog::mostMilliseconds + 1000));
    }
    bench.window.openTarget(store); // the next session
    QVERIFY(QTest::qWaitFor([&] { return isListed(bench.window, run); }, jobLimit));
    const store::RunRecord *record = bench.workbench.project.findRun(run);
    QCOMPARE(record->status, store::RunStatus::Cancelled);
    bench.window.showView("sensitivity");
    QVERIFY(
        QTest::qWaitFor([&] { return bannerOf(bench.window, "stopped at") != nullptr; }, jobLimit));
    const auto partial = [&] { return bench.workbench.library.resultOf<SensitivityTable>(run); };
    QVERIFY(QTest::qWaitFor([&] { return partial() != nullptr; }, jobLimit)); // kept
    QVERIFY(click(*bannerOf(bench.window, "stopped at"), "Resume"));
    const HubJob *resumed = bench.workbench.hub.jobOfRun(run);
    QVERIFY(resumed != nullptr);
    QCOMPARE(bench.waitFor(resumed->id), JobState::Finished);
    QVERIFY(QTest::qWaitFor([&] { return partial() && partial()->complete; }, jobLimit));
}

BITPRISM_TEST(TstWindowRuns);
#include "tst_window_runs.moc"
