// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/mixed_store.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/trade_offs/axis_choice.h"
#include "widgets/trade_offs/quantity.h"
#include "widgets/trade_offs/runs_table_model.h"
#include "widgets/trade_offs/trade_offs_charts.h"
#include "widgets/trade_offs/trade_offs_view.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QSet>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>

using namespace bitprism;

namespace {

struct Runs : test::ViewFixture
{
    explicit Runs(int count = 3)
    {
        store::ExperimentStore made = store();
        for (int i = 0; i < count; ++i) {
            const double bits = 2 + i;
            ids.append(QString::fromStdString(test::addToyRun(
                made, QString("run of %1 bits").arg(bits).toStdString(), bits, "{}")));
        }
    }
    bool show()
    {
        view = std::make_unique<TradeOffsView>(context);
        view->resize(1000, 800);
        view->show();
        return open() && plot().itemCount() > 0;
    }
    ScatterPlot &plot() { return *view->findChild<ScatterPlot *>(); }
    /// Ids of the points, without the fronts' own.
    QStringList drawn()
    {
        QStringList drawn;
        for (const PlotSeries &series : plot().series()) {
            const bool isFront = series.isBackdrop && series.line == SeriesLine::Step;
            for (const PlotPoint &point : isFront ? std::vector<PlotPoint>() : series.points) {
                drawn.append(point.id);
            }
        }
        return drawn;
    }

    /// Ids of all points but those of the front.
    QSet<QString> points()
    {
        const QStringList all = drawn();
        QSet<QString> points(all.begin(), all.end());
        points.remove(QString()); // of the predicted frontier
        return points;
    }
    bool hasFrontier()
    {
        const std::vector<PlotSeries> &series = plot().series();
        return std::any_of(series.begin(), series.end(), [](const PlotSeries &each) {
            return each.name.startsWith("predicted frontier");
        });
    }
    /// What rows of the table are selected, by id.
    QSet<QString> selectedRows()
    {
        QSet<QString> selected;
        for (const int row : view->findChild<DataTable *>()->selectedRows()) {
            selected.insert(view->findChild<RunsTableModel *>()->runId(row));
        }
        return selected;
    }
    /// Draws a frame around all of the plot, with Shift.
    void brushAll()
    {
        PlotCanvas &canvas = plot().canvas();
        canvas.replot(QCustomPlot::rpImmediateRefresh);
        const QRect all = canvas.plotRect().toRect();
        QTest::mousePress(&canvas, Qt::LeftButton, Qt::ShiftModifier, all.topLeft());
        QMouseEvent move(QEvent::MouseMove, all.center(), canvas.mapToGlobal(all.center()),
                         Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(&canvas, &move);
        QTest::mouseRelease(&canvas, Qt::LeftButton, Qt::ShiftModifier, all.bottomRight());
    }
    bool says(const QString &text) const
    {
        const QList<QLabel *> labels = view->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel *label) { return label->text().contains(text); });
    }
    /// Chooses the loss that `task` measured as the vertical axis.
    void chooseLossOf(const std::string &task)
    {
        auto *axes = view->findChild<AxisChoice *>();
        for (std::size_t i = 0; i < axes->quantities().size(); ++i) {
            const Quantity &each = axes->quantities()[i];
            if (each.task == task && each.kind == Quantity::Kind::DeltaNll) {
                axes->yBox().setCurrentIndex(static_cast<int>(i));
                Q_EMIT axes->yBox().activated(static_cast<int>(i));
            }
        }
    }

    QStringList ids;
    std::unique_ptr<TradeOffsView> view;
};

/// Three runs of one model by a task that comes first in the alphabet, then two of another, which
/// is the open one: a store opens with the model of its newest run.
struct TwoModels : Runs
{
    TwoModels()
        : Runs(0)
    {
        store::ExperimentStore made = store();
        for (const double bits : {2, 3, 4}) {
            foreign.insert(add(made, std::string(64, '1'), "masked-nll", bits));
        }
        addSensitivity(made);
        for (const double bits : {2, 3}) {
            own.insert(add(made, std::string(64, '0'), "perplexity", bits));
        }
    }
    static QString add(store::ExperimentStore &made, const std::string &hash,
                       const std::string &task, double bits)
    {
        store::RunRequest request;
        request.kind = "run";
        request.name = task + " at " + std::to_string(bits);
        request.experiment = "models";
        const store::NewRun run = made.createRun(request, test::toyModelInfo(), hash);
        RunSummary summary = test::toyRunSummary(run.id, bits);
        RunMetric &metric = summary.metrics.front();
        for (Evaluation *each : {&metric.measured, &metric.baseline.value()}) {
            each->task = task;
            each->key = "tokens of " + task;
        }
        made.putMetric(run.id, metric);
        made.putResult(run.id, summary);
        made.setStatus(run.id, store::RunStatus::Finished);
        return QString::fromStdString(run.id);
    }
    static void addSensitivity(store::ExperimentStore &made)
    {
        store::RunRequest request;
        request.kind = SensitivityTable::kind;
        request.name = "probes";
        const store::NewRun run
            = made.createRun(request, test::toyModelInfo(), std::string(64, '0'));
        SensitivityTable table = test::toySensitivity();
        for (SensitivityCell &cell : table.cells) { // whole, and large enough to be no noise
            cell.weights = 512;
            cell.klDivergence = cell.deltaNll;
            cell.deltaNllStandardError = 1e-6;
        }
        made.putResult(run.id, table);
        made.setStatus(run.id, store::RunStatus::Finished);
    }

    QSet<QString> own;
    QSet<QString> foreign;
};

/// A run that has no results yet.
store::NewRun addRun(store::ExperimentStore &store, const char *name, const char *experiment = "")
{
    store::RunRequest request;
    request.kind = "run";
    request.name = name;
    request.experiment = experiment;
    return store.createRun(request, test::toyModelInfo(), std::string(64, '0'));
}

} // namespace

class TstTradeOffsView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTableIsAModel()
    {
        Runs r;
        QVERIFY(r.open());
        RunsTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns(r.project.runs(), {2, 0}, quantitiesOf(*r.project.runs()), {0});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowOf(model.runId(1)), 1);
        QCOMPARE(model.rowOf("none"), -1);
        QVERIFY(model.index(1, 0).data(BestRole).toBool());
        model.setRuns(nullptr, {}, {}, {});
        QCOMPARE(model.rowCount(), 0);
    }

    /// Runs of one experiment by several quantizers are told apart, and the best stand out.
    void quantizersHaveMarksOfTheirOwn()
    {
        DrawnRuns drawn;
        drawn.points.resize(3);
        drawn.places = {0, 1, 2};
        const auto series = runSeries(drawn, {"gptq", "rtn", "gptq"}, "others");
        QCOMPARE(series.size(), std::size_t(2));
        QCOMPARE(series[0].name, QString("gptq"));
        QCOMPARE(series[0].points.size(), std::size_t(2));
        QCOMPARE(series[1].name, QString("rtn"));
        Quantity size;
        size.title = "Size of the checkpoint, MB";
        Quantity loss;
        loss.title = "KL divergence, nats";
        QCOMPARE(tradeOffTitle(size, loss),
                 QString("KL divergence, nats, against size of the checkpoint, MB"));
        QCOMPARE(tradeOffTitle(loss, size),
                 QString("Size of the checkpoint, MB, against KL divergence, nats"));
    }

    void quantitiesAreTheStoresHeadlines()
    {
        Runs r;
        QVERIFY(r.open());
        const store::RunRecord &run = r.project.runs()->front();
        const store::HeadlineMetric &metric = run.metrics.front();
        for (const Quantity &quantity : quantitiesOf(*r.project.runs())) {
            const auto value = valueOf(run, quantity);
            QVERIFY2(value, qPrintable(quantity.title));
            QVERIFY(!quantity.title.isEmpty() && !quantity.shortTitle.isEmpty());
            if (quantity.kind == Quantity::Kind::DeltaNll) {
                QCOMPARE(value->value, *metric.deltaNll);
                QCOMPARE(value->standardError, metric.deltaNllStandardError);
                QCOMPARE(baselineOf(*r.project.runs(), quantity, run.modelHash),
                         std::optional(0.0));
            } else if (quantity.kind == Quantity::Kind::Metric) {
                QCOMPARE(value->value, *metric.value);
                QCOMPARE(baselineOf(*r.project.runs(), quantity, run.modelHash), metric.baseline);
            }
        }
    }

    void otherLengthsAndModelsAreOtherQuantities()
    {
        using M = test::MixedStore;
        const QTemporaryDir folder;
        store::ExperimentStore store(folder.filePath("mixed.bitprism").toStdString());
        const M mixed = test::addMixedRuns(store);
        const std::vector<store::RunRecord> runs = store.listRuns();
        std::vector<Quantity> perplexities;
        for (const Quantity &quantity : quantitiesOf(runs)) {
            if (quantity.kind == Quantity::Kind::Metric) {
                perplexities.push_back(quantity);
            }
        }
        QCOMPARE(perplexities.size(), std::size_t{2}); // of 64 and of 32 tokens
        QVERIFY(perplexities[0].title != perplexities[1].title);
        const Quantity &longer = perplexities[perplexities[0].length == 64 ? 0 : 1];
        QVERIFY(!valueOf(store.run(mixed.shortened), longer));
        QVERIFY(valueOf(store.run(mixed.foreign), longer).has_value());
        QCOMPARE(baselineOf(runs, longer, M::hashOf("toy")),
                 std::optional(test::keyedEvaluation(M::toyLoss, 64).value));
        QCOMPARE(baselineOf(runs, longer, M::hashOf("other")),
                 std::optional(test::keyedEvaluation(M::otherLoss, 64).value));
    }

    void textsOfOneNameAreToldApartByTheirFolder()
    {
        store::RunRecord run;
        for (const char *data :
             {"/samples/one/data/evaluation.txt", "/samples/two/data/evaluation.txt"}) {
            store::HeadlineMetric metric;
            metric.task = "perplexity";
            metric.data = data;
            metric.key = data;
            metric.value = 2;
            run.metrics.push_back(metric);
        }
        QStringList titles;
        for (const Quantity &quantity : quantitiesOf(std::span(&run, 1))) {
            titles.append(quantity.title);
        }
        QVERIFY(titles.contains("Perplexity (one/evaluation.txt)"));
        QVERIFY(titles.contains("Perplexity (two/evaluation.txt)"));
    }

    /// Also where no engine has said what its tasks are called.
    void tasksAreSpelledOutWithTheirUnits()
    {
        const std::pair<const char *, const char *> tasks[]
            = {{"masked-nll", "Masked negative log-likelihood, nats per masked token"},
               {"wer", "Word error rate, % of words"},
               {"accuracy", "Classification accuracy, share right"},
               {"zero-shot-images", "Zero-shot image classification, share right"},
               {"output-error", "Relative output error, of the output's norm"},
               {"perplexity", "Perplexity"},
               {"of-another-version", "of-another-version, points"}};
        store::RunRecord run;
        for (const auto &[task, title] : tasks) {
            store::HeadlineMetric metric;
            metric.task = metric.key = task;
            metric.unit = "points"; // as stored; known tasks have words of their own
            metric.data = "evaluation.txt";
            metric.value = 2;
            metric.deltaNll = 0.1;
            run.metrics.push_back(metric);
        }
        QStringList titles;
        for (const Quantity &quantity : quantitiesOf(std::span(&run, 1))) {
            titles.append(quantity.title);
            QVERIFY2(!quantity.shortTitle.contains('-') || quantity.task == "zero-shot-images"
                         || quantity.task == "of-another-version",
                     qPrintable(quantity.shortTitle));
        }
        for (const auto &[task, title] : tasks) {
            QVERIFY2(titles.contains(title), title);
        }
        QVERIFY(titles.contains("Masked loss above the unquantized model, nats per masked token"));
    }

    void everyRunIsAPointAndTheFrontAStepLine()
    {
        Runs r;
        QVERIFY(r.show());
        QStringList drawn = r.drawn();
        QStringList ids = r.ids;
        std::sort(drawn.begin(), drawn.end());
        std::sort(ids.begin(), ids.end());
        QCOMPARE(drawn, ids);
        const PlotSeries &front = r.plot().series().front();
        QCOMPARE(front.line, SeriesLine::Step);
        QCOMPARE(front.points.size(), std::size_t{3}); // fewer bits lose more: none is beaten
        QVERIFY(test::isPainted(*r.view));
    }

    void typingFiltersPlotAndTable()
    {
        Runs r;
        QVERIFY(r.show());
        QTest::keyClicks(r.view->findChild<QLineEdit *>(), "3 bits");
        QTRY_COMPARE(r.drawn(), QStringList{r.ids[1]});
        QCOMPARE(r.plot().series().size(), std::size_t(1)); // one run is no front
        QCOMPARE(r.view->findChild<RunsTableModel *>()->rowCount(), 1);
    }

    void aChipShowsOneExperiment()
    {
        Runs r;
        store::RunRequest request;
        {
            store::ExperimentStore made = r.store();
            request.kind = "run";
            request.name = "lone";
            request.experiment = "another";
            const store::NewRun run
                = made.createRun(request, test::toyModelInfo(), std::string(64, '0'));
            made.putResult(run.id, test::toyRunSummary(run.id, 5));
            made.putMetric(run.id, test::toyRunSummary(run.id, 5).metrics.front());
            made.setStatus(run.id, store::RunStatus::Finished);
            r.ids.append(QString::fromStdString(run.id));
        }
        QVERIFY(r.show());
        QCOMPARE(r.drawn().size(), 4);
        for (QToolButton *chip : r.view->findChildren<QToolButton *>()) {
            if (chip->text() == "another") {
                QTest::mouseClick(chip, Qt::LeftButton);
            }
        }
        QCOMPARE(r.drawn(), QStringList{r.ids[3]});
    }

    void axesAreChosenOnTheAxes()
    {
        Runs r;
        QVERIFY(r.show());
        QComboBox *x = nullptr;
        for (QComboBox *box : r.view->findChildren<QComboBox *>()) {
            x = box->accessibleName().contains("horizontal") ? box : x;
        }
        QVERIFY(x != nullptr);
        x->setFocus();
        QTest::keyClick(x, Qt::Key_Down); // average bits after size
        const PlotPoint &point = r.plot().series().back().points.front();
        QCOMPARE(point.x, *r.project.findRun(point.id)->averageBits);
    }

    void chosenRunsGoToTheComparison()
    {
        Runs r;
        QVERIFY(r.show());
        QSignalSpy asked(r.view.get(), &View::showViewRequested);
        Q_EMIT r.plot().brushed({r.ids[0], r.ids[2]});
        QPushButton *compare = nullptr;
        for (QPushButton *button : r.view->findChildren<QPushButton *>()) {
            compare = button->text().contains("Compare") ? button : compare;
        }
        QVERIFY(compare != nullptr && compare->isEnabled());
        QTest::mouseClick(compare, Qt::LeftButton);
        QCOMPARE(r.selection.compared(), QStringList({r.ids[0], r.ids[2]}));
        QCOMPARE(asked.front().front().toString(), QString("compare"));
    }

    void aClickChoosesTheRunAndADoubleClickOpensIt()
    {
        Runs r;
        QVERIFY(r.show());
        QTableView &table = r.view->findChild<DataTable *>()->view();
        QSignalSpy asked(r.view.get(), &View::showViewRequested);
        const QPoint place = table.visualRect(table.model()->index(1, 0)).center();
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(r.selection.run(), r.ids[1]);
        QCOMPARE(r.plot().selected(), QStringList{r.ids[1]});
        Q_EMIT r.plot().activated(r.ids[2]);
        QCOMPARE(r.selection.compared(), QStringList{r.ids[2]});
        QCOMPARE(asked.front().front().toString(), QString("report"));
    }

    void anEmptyStoreSaysWhatToDo()
    {
        test::ViewFixture fixture;
        static_cast<void>(fixture.store());
        TradeOffsView view(fixture.context);
        view.show();
        QVERIFY(fixture.open());
        auto *state = view.findChild<StatePanel *>();
        QVERIFY(state->isVisible());
        QVERIFY(state->sentence().contains("No run is finished"));
    }

    void aForeignStoreIsAFailure()
    {
        test::ViewFixture fixture;
        QFile file(fixture.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        TradeOffsView view(fixture.context);
        view.show();
        QVERIFY(fixture.open());
        auto *state = view.findChild<StatePanel *>();
        QTRY_VERIFY(state->isVisible() && state->sentence().contains("runs.bitprism"));
        QVERIFY(test::isPainted(view));
    }

    void opensOnAMeasureOfTheOpenModel()
    {
        TwoModels r;
        QVERIFY(r.show());
        QCOMPARE(r.points(), r.own);
        const auto *table = r.view->findChild<RunsTableModel *>();
        int own = -1;
        int foreign = -1;
        for (int column = 0; column < table->columnCount(); ++column) {
            const QString title
                = table->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
            own = title.startsWith("Perplexity") ? column : own;
            foreign = title.startsWith("Masked NLL") ? column : foreign;
        }
        QVERIFY(own > 0 && foreign > own); // what other models measured comes last
        r.chooseLossOf("masked-nll");
        QCOMPARE(r.points(), r.foreign);
    }

    void theFrontierStandsBesideRunsOfItsModelOnly()
    {
        TwoModels r;
        QVERIFY(r.show());
        QTRY_VERIFY(r.hasFrontier());
        const PlotSeries &frontier = r.plot().series().back();
        QVERIFY(frontier.name.contains("calibration.txt")); // the runs were measured on another
        QVERIFY(!frontier.points.empty());
        for (std::size_t i = 1; i < frontier.points.size(); ++i) {
            QVERIFY(frontier.points[i].x > frontier.points[i - 1].x);
            QVERIFY(frontier.points[i].y < frontier.points[i - 1].y);
        }
        r.chooseLossOf("masked-nll");
        QVERIFY(!r.hasFrontier());
        r.chooseLossOf("perplexity");
        QVERIFY(r.hasFrontier());
        QTest::keyClicks(r.view->findChild<QLineEdit *>(), "masked"); // leaves none of its model
        QTRY_VERIFY(!r.hasFrontier());
    }

    void onlyRunsAreBrushed()
    {
        TwoModels r;
        QVERIFY(r.show());
        QTRY_VERIFY(r.hasFrontier());
        r.brushAll();
        const QStringList chosen = r.plot().selected();
        QCOMPARE(chosen.size(), 2);
        QCOMPARE(QSet<QString>(chosen.begin(), chosen.end()), r.own);
        QVERIFY(r.says("2 runs are chosen"));
        QCOMPARE(r.selectedRows(), r.own);
    }

    void theCursorStepsFromRunToRun()
    {
        TwoModels r;
        QVERIFY(r.show());
        QTRY_VERIFY(r.hasFrontier());
        r.plot().setFocus();
        QStringList visited;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(&r.plot(), Qt::Key_Right);
            visited.append(r.plot().itemId(r.plot().cursor()));
        }
        QCOMPARE(QSet<QString>({visited[0], visited[1]}), r.own);
        QCOMPARE(visited[2], visited[1]); // the last: the frontier's places are no runs
        QCOMPARE(visited[3], visited[1]);
    }

    void brushedRunsAreSelectedInTheTable()
    {
        Runs r(24); // more than the table has room for
        QVERIFY(r.show());
        const QSet<QString> brushed{r.ids[2], r.ids[3], r.ids[7]};
        Q_EMIT r.plot().brushed(brushed.values());
        QCOMPARE(r.selectedRows(), brushed);
        QTableView &table = r.view->findChild<DataTable *>()->view();
        const QModelIndexList rows = table.selectionModel()->selectedRows();
        QVERIFY(std::any_of(rows.begin(), rows.end(), [&](const QModelIndex &row) {
            return table.viewport()->rect().contains(table.visualRect(row).center());
        }));
        r.view->findChild<DataTable *>()->sortBy(RunsTableModel::firstQuantityColumn,
                                                 Qt::AscendingOrder);
        Q_EMIT r.plot().brushed({r.ids[0], r.ids[23]});
        QCOMPARE(r.selectedRows(), QSet<QString>({r.ids[0], r.ids[23]}));
        QVERIFY(r.says("2 runs are chosen"));
        Q_EMIT r.plot().clicked(r.ids[5]);
        QCOMPARE(r.selectedRows(), QSet<QString>({r.ids[5]}));
        Q_EMIT r.plot().brushed({});
        QCOMPARE(r.selectedRows(), QSet<QString>());
    }

    void rowsAreChosenOneByOne()
    {
        Runs r;
        QVERIFY(r.show());
        QTableView &table = r.view->findChild<DataTable *>()->view();
        const auto click = [&](int row, Qt::KeyboardModifiers modifiers) {
            QTest::mouseClick(table.viewport(), Qt::LeftButton, modifiers,
                              table.visualRect(table.model()->index(row, 0)).center());
        };
        const auto *model = r.view->findChild<RunsTableModel *>();
        const QString first = model->runId(0);
        click(0, {});
        click(2, Qt::ControlModifier);
        QCOMPARE(r.selectedRows(), QSet<QString>({first, model->runId(2)}));
        QCOMPARE(r.plot().selected().size(), 2);
        click(2, Qt::ControlModifier);
        QCOMPARE(r.selectedRows(), QSet<QString>({first}));
        QCOMPARE(r.plot().selected(), QStringList{first});
    }

    void anExperimentWithoutBothMeasuresSaysWhatToDo()
    {
        Runs r;
        {
            store::ExperimentStore made = r.store();
            const store::NewRun run = addRun(made, "sized only", "sizes");
            RunSummary summary = test::toyRunSummary(run.id, 5);
            summary.metrics.clear();
            made.putResult(run.id, summary);
            made.setStatus(run.id, store::RunStatus::Finished);
        }
        QVERIFY(r.show());
        r.chooseLossOf("perplexity");
        QCOMPARE(r.drawn().size(), 3);
        for (QToolButton *chip : r.view->findChildren<QToolButton *>()) {
            if (chip->text() == "sizes") {
                QTest::mouseClick(chip, Qt::LeftButton);
            }
        }
        QVERIFY(r.plot().isEmpty());
        QVERIFY2(r.plot().context().startsWith("1 run"), qPrintable(r.plot().context()));
        QVERIFY(r.plot().emptyText().contains("all experiments"));
        QTest::keyClicks(r.view->findChild<QLineEdit *>(), "no such run");
        QTRY_VERIFY(r.plot().emptyText().contains("filter"));
        QCOMPARE(r.plot().context(), QString());
    }

    void runsAreRankedAmongRuns()
    {
        TwoModels r;
        QVERIFY(r.show());
        QTRY_VERIFY(r.hasFrontier());
        for (int item = 0; item < r.plot().itemCount(); ++item) {
            const QString rank = r.plot().reading(item).rank;
            QVERIFY2(r.own.contains(r.plot().itemId(item)) ? rank.isEmpty() || rank.contains("of 2")
                                                           : rank.isEmpty(),
                     qPrintable(rank)); // places on the frontier are no runs
        }
    }

    void cancelledRunsWithoutFiguresAreNotPoints()
    {
        Runs r;
        {
            store::ExperimentStore made = r.store();
            const store::NewRun run = addRun(made, "stopped");
            made.setStatus(run.id, store::RunStatus::Cancelled);
        }
        QVERIFY(r.show());
        QCOMPARE(r.drawn().size(), 3);
    }
};

BITPRISM_TEST(TstTradeOffsView);
#include "tst_trade_offs_view.moc"
