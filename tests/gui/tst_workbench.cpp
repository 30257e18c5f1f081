// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"
#include "app/gui/main_window.h"
#include "app/gui/workbench.h"
#include "core/base/component.h"
#include "core/report/task_text.h"
#include "core/results/sensitivity_table.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/recipe/recipe_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace bitprism;

using Bench = test::ToyBench;
using test::jobLimit;
using test::loadLimit;

class TstWorkbench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sensitivityIsShownAsItIsStored();
    void jobsCancelWithinASecond();
    void theRecipesEstimateAlwaysComes_data();
    void theRecipesEstimateAlwaysComes();
    void theRecipeRunsFromItsButton();
    void theFormReachesEveryMethod();
    void recipeEditsUndoAndShow();
    void aStoppedSensitivityStaysOnTheScreen();
    void closingAsksFirst();
    void closingDuringAJob_data();
    void closingDuringAJob();
    void anInterruptedRunResumes();
};

void TstWorkbench::sensitivityIsShownAsItIsStored()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QSignalSpy results(&bench.workbench.library, &RunLibrary::resultChanged);
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    QVERIFY(bench.workbench.hub.find(job)->estimate != nullptr); // told before it started
    QVERIFY(results.count() >= 1);
    const QString run = bench.workbench.hub.find(job)->runId;
    const auto shown = bench.workbench.library.resultOf<SensitivityTable>(run);
    QVERIFY(shown && shown->complete);
    const store::ExperimentStore store(bench.folder.filePath("runs.bitprism").toStdString(),
                                       store::OpenMode::ReadOnly);
    const auto stored = store.resultOf<SensitivityTable>(run.toStdString());
    QCOMPARE(shown->toJson().dump(), stored->toJson().dump());
    QVERIFY(QTest::qWaitFor([&] { return bench.workbench.project.findRun(run) != nullptr; }));
}

void TstWorkbench::jobsCancelWithinASecond()
{
    Bench bench(8);
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QVERIFY(QTest::qWaitFor(
        [&] { return bench.workbench.hub.find(job)->state == JobState::Running; }, jobLimit));
    const int answerLimit = 1000; // milliseconds, what is promised
    bench.workbench.hub.cancel(job);
    QVERIFY(QTest::qWaitFor([&] { return bench.workbench.hub.find(job)->isOver(); }, answerLimit));
    QVERIFY(bench.workbench.hub.find(job)->failure.isEmpty());
}

void TstWorkbench::theRecipesEstimateAlwaysComes_data()
{
    QTest::addColumn<QString>("order");
    QTest::newRow("views are switched at once") << "views";
    QTest::newRow("a job is submitted before the engine is there") << "early job";
    QTest::newRow("a stopped run is resumed while it is estimated") << "resume";
    QTest::newRow("all jobs are cancelled while it is estimated") << "cancel";
    QTest::newRow("the number of threads changes") << "threads";
}

/// What users do in the first seconds must not leave the recipe at "Estimating" for good.
void TstWorkbench::theRecipesEstimateAlwaysComes()
{
    QFETCH(QString, order);
    Bench bench(order == "resume" ? 6 : 2);
    const auto says = [&](const QString &words) {
        for (const QLabel *label : bench.window.recipePanel().findChildren<QLabel *>()) {
            if (label->text().startsWith(words)) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(QTest::qWaitFor(
        [&] { return bench.workbench.project.state() == Project::State::Ready; }, loadLimit));
    bench.workbench.project.setDataFiles(bench.folder.filePath("calibration.txt"),
                                         bench.folder.filePath("evaluation.txt"));
    if (order == "views") {
        for (int view = 0; view < bench.window.views().count(); ++view) {
            bench.window.views().setCurrentIndex(view);
            QCoreApplication::processEvents();
        }
    } else if (order == "early job") {
        bench.submitSensitivity();
    } else if (order == "resume") {
        QVERIFY(bench.isReady());
        const quint64 job = bench.submitSensitivity();
        QVERIFY(QTest::qWaitFor([&] { return !bench.workbench.hub.find(job)->runId.isEmpty(); },
                                jobLimit));
        bench.workbench.hub.cancel(job);
        bench.waitFor(job);
        Recipe recipe = bench.workbench.recipe.recipe();
        recipe.seed += 1; // asks anew
        bench.workbench.recipe.edit("seed", recipe);
        QVERIFY(QTest::qWaitFor([&] { return says("Estimating"); }, jobLimit));
        bench.workbench.hub.retry(job);
    } else {
        QVERIFY(bench.isReady());
        QVERIFY(QTest::qWaitFor([&] { return says("Estimating") || says("About"); }, jobLimit));
        if (order == "cancel") {
            bench.workbench.hub.cancelAll();
        } else {
            Settings settings = bench.workbench.settings.settings();
            settings.threads = 2;
            bench.workbench.settings.set(settings);
        }
    }
    QVERIFY(QTest::qWaitFor([&] { return says("About") && !bench.workbench.hub.isWorking(); },
                            jobLimit));
    const auto request
        = runRequest(bench.workbench.project, bench.workbench.recipe.recipe(), QString());
    QVERIFY(bench.workbench.hub.estimateOf(request).value != nullptr); // of what shows now
}

void TstWorkbench::theRecipeRunsFromItsButton()
{
    Bench bench;
    QVERIFY(bench.isReady());
    QPushButton *run = nullptr;
    for (auto *button : bench.window.recipePanel().findChildren<QPushButton *>()) {
        run = button->text().contains("this recipe") ? button : run;
    }
    QVERIFY(run != nullptr);
    QVERIFY(QTest::qWaitFor([&] { return run->isEnabled(); }));
    Recipe recipe = bench.workbench.recipe.recipe();
    recipe.calibration.samples = 4;
    recipe.calibration.length = 32;
    bench.workbench.recipe.edit("small", recipe);
    QTest::keyClicks(bench.window.recipePanel().findChild<QLineEdit *>("experiment"), "sweep");
    QTest::mouseClick(run, Qt::LeftButton);
    const HubJob *job = bench.workbench.hub.newestJob("run");
    QVERIFY(job != nullptr);
    QCOMPARE(job->title, "rtn, 4 bits");
    QCOMPARE(job->request.experiment, std::string("sweep"));
    QCOMPARE(bench.waitFor(job->id), JobState::Finished);
    const QString id = bench.workbench.hub.newestJob("run")->runId;
    const auto summary = bench.workbench.library.resultOf<RunSummary>(id);
    QVERIFY(summary && summary->complete);
    QCOMPARE(summary->metrics.size(), std::size_t(1));
}

void TstWorkbench::theFormReachesEveryMethod()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const Registry &registry = Registry::instance();
    RecipePanel &panel = bench.window.recipePanel();
    Recipe recipe = bench.workbench.recipe.recipe();
    recipe.transforms = {{registry.ids(Kind::transform).front(), "{}"}};
    recipe.allocation = ComponentChoice{"uniform", "{}"};
    recipe.evaluation
        = {{{"perplexity", "{}"}, bench.folder.filePath("evaluation.txt").toStdString()}};
    bench.workbench.recipe.edit("one of each", recipe);
    const QList<QComboBox *> boxes = panel.findChildren<QComboBox *>();
    for (const Kind kind : {Kind::weights, Kind::activations, Kind::kv_cache, Kind::transform,
                            Kind::allocator, Kind::sampler, Kind::metric}) {
        for (const std::string &id : registry.ids(kind)) {
            const bool isOffered
                = std::any_of(boxes.begin(), boxes.end(), [&](const QComboBox *box) {
                      return box->findData(QString::fromStdString(id)) >= 0;
                  });
            QVERIFY2(isOffered, id.c_str());
        }
    }
    // What runs are shown with before the engine is there is what the engine says.
    for (const std::string &id : registry.ids(Kind::metric)) {
        const auto text = findTaskText(id);
        QVERIFY2(text.has_value(), id.c_str());
        QCOMPARE(std::string(text->title.text),
                 std::string(registry.find(Kind::metric, id)->info().title.text));
    }
    // Each parameter of what is chosen has a field, and the field says what it means.
    for (const auto &[kind, id] : {std::pair(Kind::weights, recipe.weights.id),
                                   {Kind::activations, recipe.activations.id},
                                   {Kind::kv_cache, recipe.kvCache.id},
                                   {Kind::transform, recipe.transforms.front().id},
                                   {Kind::allocator, recipe.allocation->id},
                                   {Kind::sampler, recipe.calibration.sampler.id},
                                   {Kind::metric, std::string("perplexity")}}) {
        const ComponentEntry *entry = registry.find(kind, id);
        for (const ParamInfo &parameter :
             entry == nullptr ? std::vector<ParamInfo>() : entry->info().parameters) {
            const auto *field = panel.findChild<QWidget *>(QString::fromStdString(parameter.key));
            QVERIFY2(field != nullptr, parameter.key.c_str());
            QVERIFY2(!field->toolTip().isEmpty(), parameter.key.c_str());
        }
    }
    for (const char *key : {"seed", "name", "experiment", "calibration", "evaluation"}) {
        const auto *field = panel.findChild<QWidget *>(key);
        QVERIFY2(field != nullptr && !field->toolTip().isEmpty(), key);
    }
    QVERIFY(panel.canRun());
}

void TstWorkbench::recipeEditsUndoAndShow()
{
    Bench bench;
    QVERIFY(bench.isReady());
    auto *bits = bench.window.recipePanel().findChild<QSpinBox *>("bits");
    QVERIFY(bits != nullptr);
    QCOMPARE(bits->value(), 4);
    bits->setFocus();
    QTest::keyClick(bits, Qt::Key_Up);
    QTest::keyClick(bits, Qt::Key_Up);
    QCOMPARE(bench.workbench.recipe.recipe().weights.params.find("\"bits\":6") != std::string::npos,
             true);
    QCOMPARE(bench.workbench.recipe.undoStack().count(), 1); // one field, one step
    bench.workbench.recipe.undoStack().undo();
    QCOMPARE(bits->value(), 4);
    bench.workbench.recipe.undoStack().redo();
    QCOMPARE(bits->value(), 6);
    // The window's undo, though the field has the focus.
    bench.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&bench.window));
    bits->setFocus();
    QTest::keyClick(bits, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(bits->value(), 4);
    QTest::keyClick(bits, Qt::Key_Y, Qt::ControlModifier);
    QCOMPARE(bits->value(), 6);
    bench.workbench.recipe.setLayerBits("model.layers.0.mlp.up_proj", 2);
    QVERIFY(bench.window.recipePanel().canRun());
}

void TstWorkbench::aStoppedSensitivityStaysOnTheScreen()
{
    Bench bench(24); // its first block takes long
    QVERIFY(bench.isReady());
    bench.window.showView("sensitivity");
    QSignalSpy results(&bench.workbench.hub, &JobHub::resultReady);
    const quint64 job = bench.submitSensitivity();
    QVERIFY(QTest::qWaitFor([&] { return results.count() > 0; }, jobLimit));
    bench.workbench.hub.cancel(job);
    QCOMPARE(bench.waitFor(job), JobState::Cancelled);
    const QString run = bench.workbench.hub.find(job)->runId;
    const auto measured = [&] {
        const auto table = bench.workbench.library.resultOf<SensitivityTable>(run);
        return table
            ? std::count_if(table->cells.begin(), table->cells.end(),
                            [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); })
            : 0;
    };
    // After the list of runs was read anew, and with it what the store keeps.
    QVERIFY(QTest::qWaitFor([&] {
        const store::RunRecord *record = bench.workbench.project.findRun(run);
        return record != nullptr && record->status == store::RunStatus::Cancelled
            && bench.workbench.library.stateOf(run, SensitivityTable::kind)
            == RunLibrary::State::Ready;
    }));
    QVERIFY(measured() > 0);
    const auto &map = *bench.window.views().currentWidget()->findChild<HeatMapPlot *>();
    QVERIFY(QTest::qWaitFor([&] { return map.isVisible() && map.itemCount() > 0; }));
}

void TstWorkbench::closingAsksFirst()
{
    Bench bench(24);
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QVERIFY(QTest::qWaitFor(
        [&] { return bench.workbench.hub.find(job)->state == JobState::Running; }, jobLimit));
    bench.window.close();
    auto *dialog = bench.window.findChild<ClosingDialog *>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QVERIFY(dialog->findChild<QLabel *>()->text().contains("can be resumed"));
    QTest::keyClick(dialog, Qt::Key_Escape);
    QVERIFY(QTest::qWaitFor([&] { return bench.window.findChild<ClosingDialog *>() == nullptr; }));
    QVERIFY(bench.window.isVisible());
    QVERIFY(!bench.workbench.hub.find(job)->isOver());
    bench.workbench.hub.cancel(job);
    QCOMPARE(bench.waitFor(job), JobState::Cancelled);
}

void TstWorkbench::closingDuringAJob_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("stage");
    QTest::newRow("waiting for the engine") << "sensitivity" << 0;
    QTest::newRow("being estimated") << "sensitivity" << 1;
    QTest::newRow("running") << "sensitivity" << 2;
    QTest::newRow("after the first result") << "sensitivity" << 3;
    QTest::newRow("with others waiting") << "sensitivity" << 4;
    QTest::newRow("a run, running") << "run" << 2;
    QTest::newRow("a run, after the first result") << "run" << 3;
    QTest::newRow("outliers, running") << "outliers" << 2;
}

void TstWorkbench::closingDuringAJob()
{
    QFETCH(QString, kind);
    QFETCH(int, stage);
    Bench bench(24); // much more than is done before the window closes
    if (stage > 0) {
        QVERIFY(bench.isReady());
    }
    QSignalSpy results(&bench.workbench.hub, &JobHub::resultReady);
    const quint64 job = kind == "run"
        ? bench.workbench.hub.submit(
            runRequest(bench.workbench.project, bench.workbench.recipe.recipe(), "run"), "run")
        : kind == "outliers"
        ? bench.workbench.hub.submit(outliersRequest(bench.workbench.project), "outliers")
        : bench.submitSensitivity();
    if (stage == 4) {
        bench.submitSensitivity();
        bench.workbench.hub.submit(outliersRequest(bench.workbench.project), "outliers");
    }
    const auto isThere = [&] {
        const HubJob *now = bench.workbench.hub.find(job);
        return stage < 2 || (stage == 3 ? results.count() > 0 : now->state == JobState::Running);
    };
    QVERIFY(QTest::qWaitFor(isThere, jobLimit));
    QSignalSpy closed(&bench.window, &MainWindow::closed);
    const bool wasBusy = bench.workbench.hub.isBusy();
    QVERIFY(wasBusy || stage < 2);
    bench.window.close();
    QCOMPARE(bench.window.isVisible(), wasBusy); // behind the small dialog
    const QPointer<ClosingDialog> dialog = bench.window.findChild<ClosingDialog *>();
    if (dialog) {
        dialog->stop();
        QTest::keyClick(dialog, Qt::Key_Escape); // there is no way back any more
        QVERIFY(dialog->isVisible());
    }
    QVERIFY(closed.count() == 1 || closed.wait(ClosingDialog::mostMilliseconds + 1000));
    QVERIFY(!bench.window.isVisible());
    QVERIFY(!dialog || !dialog->isVisible());
    QVERIFY(!bench.workbench.hub.isBusy());
}

void TstWorkbench::anInterruptedRunResumes()
{
    Bench bench(6);
    QVERIFY(bench.isReady());
    QSignalSpy results(&bench.workbench.hub, &JobHub::resultReady);
    const quint64 job = bench.submitSensitivity();
    QVERIFY(QTest::qWaitFor(
        [&] { return results.count() > 0 || bench.workbench.hub.find(job)->isOver(); }, jobLimit));
    bench.workbench.hub.cancel(job);
    bench.waitFor(job);
    const QString run = bench.workbench.hub.find(job)->runId;
    QVERIFY(!run.isEmpty());
    bench.workbench.hub.clearFinished(); // as after a new start
    QVERIFY(QTest::qWaitFor([&] { return bench.workbench.project.findRun(run) != nullptr; }));
    bench.workbench.hub.resumeRun(run);
    const HubJob *resumed = bench.workbench.hub.jobOfRun(run);
    QVERIFY(resumed != nullptr);
    QCOMPARE(resumed->kind, "sensitivity");
    QCOMPARE(bench.waitFor(resumed->id), JobState::Finished);
    QVERIFY(bench.workbench.library.resultOf<SensitivityTable>(run)->complete);
}

BITPRISM_TEST(TstWorkbench);
#include "tst_workbench.moc"
