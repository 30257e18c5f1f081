// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/sensitivity/cell_choice.h"
#include "widgets/sensitivity/sensitivity_charts.h"
#include "widgets/sensitivity/sensitivity_model.h"
#include "widgets/sensitivity/sensitivity_view.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/table_roles.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;

namespace {

const QString chosenLayer = QStringLiteral("model.layers.1.mlp.down_proj");

/// The toy's sensitivity as the results of a run in a store, beside a checkpoint of these layers.
struct Fixture : test::ViewFixture
{
    explicit Fixture(const SensitivityTable &table = test::toySensitivity(),
                     store::RunStatus status = store::RunStatus::Finished,
                     const std::string &asked = "{}")
    {
        test::writeToyLlama(folder.filePath("toy").toStdString());
        store::ExperimentStore made = store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "first look";
        request.request = asked;
        request.blocks = 2;
        const store::NewRun made_run
            = made.createRun(request, test::toyModelInfo(),
                             store::checkpointFingerprint(folder.filePath("toy").toStdString()));
        made.putResult(made_run.id, table);
        made.setStatus(made_run.id, status);
        run = QString::fromStdString(made_run.id);
    }

    /// Another run of the same model, at work since now.
    QString begin()
    {
        store::ExperimentStore made = store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "second look";
        request.blocks = 2;
        begun.emplace(
            made.createRun(request, test::toyModelInfo(),
                           store::checkpointFingerprint(folder.filePath("toy").toStdString())));
        made.setStatus(begun->id, store::RunStatus::Running);
        return QString::fromStdString(begun->id);
    }

    bool show(SensitivityView &view)
    {
        project.open(folder.filePath("toy"), path());
        view.resize(1200, 800);
        view.show();
        return QTest::qWaitFor([&] { // the frame stands before the numbers
            return project.model() && !view.map().context().isEmpty() && view.isVisible();
        });
    }

    QString run;
    std::optional<store::NewRun> begun; ///< holds its lock: else it counts as interrupted
};

std::string repeatable()
{
    JobRequest asked;
    asked.kind = "sensitivity";
    asked.name = "first look";
    asked.options = R"({"data":"/data/own.txt"})";
    return asked.toJson();
}

/// Of a model of twice as many layers.
SensitivityTable ofEightLayers()
{
    SensitivityTable table = test::toySensitivity();
    std::vector<SensitivityCell> more = table.cells;
    for (SensitivityCell &cell : more) {
        cell.layer += ".twin";
    }
    table.cells.insert(table.cells.end(), more.begin(), more.end());
    return table;
}

int itemOf(const HeatMapPlot &map, const QString &layer, int column)
{
    for (std::size_t row = 0; row < map.cells().rows.size(); ++row) {
        if (map.cells().rows[row].id == layer) {
            return static_cast<int>(map.cells().at(static_cast<int>(row), column));
        }
    }
    return -1;
}

QString shownSentence(const SensitivityView &view)
{
    return view.findChild<StatePanel *>()->sentence();
}

} // namespace

class TstSensitivity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMetricThatNobodyMeasuredGivesWay();
    void init();
    void mapHasTheStoredValues();
    void cellsBelowTheirErrorAreMuted();
    void depthHasOneLineForEachKind();
    void scatterKeepsErrorsAndLayers();
    void correlationIsSaidInWords();
    void tableKeepsTheRulesOfItemModels();
    void cellsOfTheViewEqualTheStore();
    void clickChoosesTheLayerAndOffersItsBits();
    void bitsThatTheLayerHasAreNotOffered();
    void doubleClickSetsAndNeverClears();
    void metricAndScaleSwitch();
    void selectionFromElsewhereIsMarked();
    void partialResultsAreHatchedAndCounted();
    void theFrameStandsBeforeTheFirstMeasurement();
    void severalLayersOfAKindAreNotJoined();
    void weightsAloneAreSaidSo();
    void measuringAgainRepeatsTheShownRun();
    void theEarlierRunIsSaidToBeOne();
    void whoMeasuresAgainSeesTheNewRun();
    void aFailedMeasurementLeavesAWayOn();
    void theTableStaysInAnotherLanguage();
    void theShownRunIsChosenAbove();
    void emptyViewSaysWhatToDo();
    void pictureOfBothThemesIsNotEmpty();
};

void TstSensitivity::aMetricThatNobodyMeasuredGivesWay()
{
    SensitivityTable table;
    table.cells.resize(2);
    QVERIFY(measuredMetric(table, SensitivityMetric::KlDivergence)
            == SensitivityMetric::KlDivergence); // nothing is known yet
    table.cells[1].weightMse = 1e-4;
    QVERIFY(measuredMetric(table, SensitivityMetric::KlDivergence)
            == SensitivityMetric::WeightError);
    table.cells[1].modelOutputError = 0.1;
    table.cells[1].modelOutputStandardError = 0.2;
    QVERIFY(measuredMetric(table, SensitivityMetric::KlDivergence)
            == SensitivityMetric::ModelOutputError);
    QVERIFY(measuredMetric(table, SensitivityMetric::WeightError)
            == SensitivityMetric::WeightError);
    QVERIFY(isInsideNoise(table.cells[1], SensitivityMetric::ModelOutputError));
}

void TstSensitivity::init()
{
    qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitprism-none");
}

void TstSensitivity::mapHasTheStoredValues()
{
    const SensitivityTable table = test::toySensitivity();
    const ModelInfo model = test::toyModelInfo();
    const HeatMapData map = sensitivityMap(table, &model, SensitivityMetric::KlDivergence,
                                           {{chosenLayer.toStdString(), 3}});
    QCOMPARE(map.values.size(), table.cells.size());
    for (std::size_t i = 0; i < table.cells.size(); ++i) {
        const SensitivityCell &cell = table.cells[i];
        if (cell.klDivergence) {
            QCOMPARE(map.values[i], *cell.klDivergence);
            QCOMPARE(map.errors[i], *cell.klStandardError);
        } else {
            QVERIFY(std::isnan(map.values[i]));
        }
        QCOMPARE(map.marked[i] != 0, cell.layer == chosenLayer.toStdString() && cell.bits == 3);
    }
    QCOMPARE(map.rows.size(), std::size_t(4));
    QVERIFY(map.rows[1].group != map.rows[2].group);
}

void TstSensitivity::cellsBelowTheirErrorAreMuted()
{
    SensitivityCell cell;
    cell.deltaNll = -0.001;
    cell.deltaNllStandardError = 0.002;
    QVERIFY(isInsideNoise(cell, SensitivityMetric::DeltaNll));
    cell.deltaNll = -0.003;
    QVERIFY(!isInsideNoise(cell, SensitivityMetric::DeltaNll));
    QVERIFY(!isInsideNoise(cell, SensitivityMetric::KlDivergence)); // not measured is not noise
    QVERIFY(std::isnan(metricValue(cell, SensitivityMetric::WeightError)));
}

void TstSensitivity::depthHasOneLineForEachKind()
{
    const SensitivityTable table = test::toySensitivity();
    const ModelInfo model = test::toyModelInfo();
    const std::vector<PlotSeries> series
        = sensitivityByDepth(table, &model, SensitivityMetric::KlDivergence, 3);
    QCOMPARE(series.size(), std::size_t(2));
    QCOMPARE(series[0].points.size(), std::size_t(2));
    QCOMPARE(series[0].points[1].x, 1.0);
    QCOMPARE(series[1].points[1].y, 0.5 * std::exp2(-6) * 2);
    QVERIFY(sensitivityByDepth(table, nullptr, SensitivityMetric::KlDivergence, 3).empty());
}

void TstSensitivity::scatterKeepsErrorsAndLayers()
{
    const std::vector<PlotSeries> series = predictionAgainstMeasurement(test::toySensitivity());
    QCOMPARE(series.size(), std::size_t(4));
    QCOMPARE(series[0].name, QString("2 bits"));
    QCOMPARE(series[0].points[3].id, chosenLayer);
    QCOMPARE(series[0].points[0].yError, 0.001);
    QCOMPARE(series[0].points[0].x, 0.25 * std::exp2(-4));
}

void TstSensitivity::correlationIsSaidInWords()
{
    SensitivityTable table = test::toySensitivity(); // of four layers, which says little
    QVERIFY(correlationSentence(table).contains("too few"));
    QVERIFY(!correlationSentence(table).contains("0.93"));
    table = ofEightLayers();
    QVERIFY(correlationSentence(table).contains("almost"));
    QVERIFY(correlationSentence(table).contains("0.93"));
    table.cells.back().deltaNll.reset(); // the layer's other widths are measured
    QVERIFY(correlationSentence(table).contains("0.93"));
    for (std::size_t i = table.cells.size() - 4; i < table.cells.size(); ++i) {
        table.cells[i].deltaNll.reset(); // as while it is still measured
    }
    QVERIFY(correlationSentence(table).contains("too few"));
    table = ofEightLayers();
    table.rankCorrelation = 0.1;
    QVERIFY(correlationSentence(table).contains("Not ranked"));
    table.rankCorrelation.reset();
    QVERIFY(correlationSentence(table).isEmpty());
}

void TstSensitivity::tableKeepsTheRulesOfItemModels()
{
    SensitivityModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto table = std::make_shared<SensitivityTable>(test::toySensitivity());
    const auto info = std::make_shared<ModelInfo>(test::toyModelInfo());
    model.setTable(table, info);
    QCOMPARE(model.rowCount(), static_cast<int>(table->cells.size()));
    QCOMPARE(model.index(0, SensitivityModel::KlColumn).data(SortRole).toDouble(),
             *table->cells[0].klDivergence);
    QCOMPARE(model.rowOf(chosenLayer, 3), 13);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.setTable(std::make_shared<SensitivityTable>(*table), info); // the same cells, filled up
    QCOMPARE(resets.count(), 0);
    model.setTable(nullptr, nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstSensitivity::cellsOfTheViewEqualTheStore()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QCOMPARE(view.run(), fixture.run);
    const SensitivityTable table = test::toySensitivity();
    for (std::size_t i = 0; i < table.cells.size(); ++i) {
        const double shown = view.map().cells().values[i];
        QCOMPARE(std::isnan(shown), !table.cells[i].klDivergence.has_value());
        QVERIFY(std::isnan(shown) || shown == *table.cells[i].klDivergence);
    }
    QCOMPARE(view.table().view().model()->rowCount(), static_cast<int>(table.cells.size()));
}

void TstSensitivity::clickChoosesTheLayerAndOffersItsBits()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    view.map().canvas().replot(QCustomPlot::rpImmediateRefresh);
    const int item = itemOf(view.map(), chosenLayer, 1);
    QTest::mouseClick(&view.map().canvas(), Qt::LeftButton, {},
                      view.map().itemRect(item).center().toPoint());
    QCOMPARE(fixture.selection.layer(), chosenLayer);
    QPushButton *button = nullptr;
    for (QPushButton *each : view.findChildren<QPushButton *>()) {
        button = each->text() == "Set to 3 bits" ? each : button;
    }
    QVERIFY(button != nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(fixture.recipe.layerBits(chosenLayer), std::optional<int>(3));
    QVERIFY(QTest::qWaitFor([&] {
        return view.map()
                   .cells()
                   .marked[static_cast<std::size_t>(itemOf(view.map(), chosenLayer, 1))]
            != 0;
    }));
    fixture.recipe.undoStack().undo();
    QVERIFY(!fixture.recipe.layerBits(chosenLayer));
}

/// Nor are they offered without a cell; the button says why.
void TstSensitivity::bitsThatTheLayerHasAreNotOffered()
{
    Fixture fixture;
    CellChoice choice(fixture.context);
    const auto *button = choice.findChild<QPushButton *>();
    QVERIFY(!button->isEnabled() && !button->toolTip().isEmpty());
    choice.setWidths({{chosenLayer.toStdString(), 2}});
    choice.setCell(chosenLayer, 2);
    QVERIFY(!button->isEnabled() && button->toolTip().contains(chosenLayer));
    choice.set(); // as by a double click
    QVERIFY(!fixture.recipe.layerBits(chosenLayer));
    choice.setCell(chosenLayer, 3);
    QVERIFY(button->isEnabled() && button->toolTip().isEmpty());
    choice.set();
    QCOMPARE(fixture.recipe.layerBits(chosenLayer), std::optional<int>(3));
    QVERIFY(button->isEnabled()); // takes them back
}

void TstSensitivity::doubleClickSetsAndNeverClears()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    view.map().canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QPoint cell = view.map().itemRect(itemOf(view.map(), chosenLayer, 1)).center().toPoint();
    for (int time = 0; time < 2; ++time) {
        QTest::mouseClick(&view.map().canvas(), Qt::LeftButton, {}, cell);
        QTest::mouseDClick(&view.map().canvas(), Qt::LeftButton, {}, cell);
        QCOMPARE(fixture.recipe.layerBits(chosenLayer), std::optional<int>(3));
    }
    QCOMPARE(fixture.recipe.undoStack().count(), 1);
}

void TstSensitivity::metricAndScaleSwitch()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QVERIFY(view.map().scale().isLog);
    QComboBox *metric = nullptr;
    for (QComboBox *box : view.findChildren<QComboBox *>()) {
        metric = box->accessibleName() == "What the map shows" ? box : metric;
    }
    QVERIFY(metric != nullptr);
    QTest::keyClick(metric, Qt::Key_End); // the last: weight error
    const SensitivityTable table = test::toySensitivity();
    QCOMPARE(view.map().cells().values[0], *table.cells[0].weightMse);
    QCOMPARE(view.map().title(), metricSentence(SensitivityMetric::WeightError));
    QTest::keyClick(view.findChild<QCheckBox *>(), Qt::Key_Space);
    QVERIFY(!view.map().scale().isLog);
    QCOMPARE(view.map().scale().low, 0.0);
}

void TstSensitivity::selectionFromElsewhereIsMarked()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    fixture.selection.setLayer(chosenLayer);
    QCOMPARE(view.map().selected(), QStringList(chosenLayer));
    QVERIFY(view.table().currentRow() >= 0);
}

void TstSensitivity::partialResultsAreHatchedAndCounted()
{
    SensitivityTable table = test::toySensitivity();
    for (std::size_t i = 8; i < table.cells.size(); ++i) {
        table.cells[i].klDivergence.reset();
        table.cells[i].deltaNll.reset();
    }
    table.complete = false;
    QCOMPARE(measuredLayers(table).measured, 2);
    QCOMPARE(measuredLayers(table).total, 4);
    Fixture fixture(table, store::RunStatus::Cancelled);
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QVERIFY(!view.map().cellColour(9).isValid());
    QVERIFY(view.map().cellColour(0).isValid());
    bool isResumable = false;
    for (QPushButton *each : view.findChildren<QPushButton *>()) {
        isResumable = isResumable || (each->isVisible() && each->text() == "Resume");
    }
    QVERIFY(isResumable);
}

void TstSensitivity::theFrameStandsBeforeTheFirstMeasurement()
{
    const ModelInfo model = test::toyModelInfo();
    const HeatMapData map
        = sensitivityMap(unmeasuredTable(model), &model, SensitivityMetric::KlDivergence, {});
    QVERIFY(map.rows.size() >= 4);
    QCOMPARE(map.columns.size(), std::size_t(4));
    HeatMapPlot plot;
    plot.setData(std::make_shared<HeatMapData>(map));
    plot.resize(400, 300);
    plot.show();
    QVERIFY(!plot.cellColour(0).isValid()); // hatched
    QVERIFY(!plot.findChild<QCPColorScale *>()->visible()); // no scale is invented
}

void TstSensitivity::severalLayersOfAKindAreNotJoined()
{
    const SensitivityTable table = test::toySensitivity();
    ModelInfo model = test::toyModelInfo();
    for (const PlotSeries &each :
         sensitivityByDepth(table, &model, SensitivityMetric::KlDivergence, 3)) {
        QCOMPARE(each.line, SeriesLine::Straight);
    }
    for (LayerInfo &layer : model.layers) {
        layer.kind = "projection";
    }
    const auto together = sensitivityByDepth(table, &model, SensitivityMetric::KlDivergence, 3);
    QCOMPARE(together.size(), std::size_t(1));
    QCOMPARE(together[0].line, SeriesLine::None);
}

void TstSensitivity::weightsAloneAreSaidSo()
{
    SensitivityTable table = test::toySensitivity();
    QVERIFY(sensitivityContext(table, "run").contains("tokens of"));
    table.tokens = 0;
    const QString context = sensitivityContext(table, "run");
    QVERIFY(context.contains("weights alone") && !context.contains("tokens"));
}

/// Not the recipe's, which may name another quantizer and other samples.
void TstSensitivity::measuringAgainRepeatsTheShownRun()
{
    JobRequest asked;
    asked.kind = "sensitivity";
    asked.name = "first look";
    asked.runId = "a-run";
    asked.storePath = "/elsewhere/runs.bitprism";
    asked.modelPath = "/elsewhere/toy";
    asked.seed = 7;
    asked.options = R"({"bits":[2,3],"calibration":{"length":64,"samples":5},)"
                    R"("data":"/data/own.txt","quantizer":{"id":"gptq"}})";
    Fixture fixture(test::toySensitivity(), store::RunStatus::Finished, asked.toJson());
    SensitivityView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    fixture.project.setDataFiles(fixture.folder.filePath("toy/config.json"), {});
    auto *button = &view.findChild<MeasureButton *>()->button();
    QCOMPARE(button->text(), QString("Measure again"));
    QTRY_VERIFY(button->isEnabled()); // once the run's request is read
    QVERIFY(button->toolTip().contains("first look"));
    button->click();
    QCOMPARE(fixture.hub.jobs().size(), 1);
    const JobRequest again = fixture.hub.jobs().first().request;
    QVERIFY(Json::parse(again.options) == Json::parse(asked.options));
    QCOMPARE(again.name, asked.name);
    QCOMPARE(again.seed, asked.seed);
    QVERIFY(again.runId.empty()); // a new run
    QCOMPARE(again.storePath, fixture.path().toStdString());
    QCOMPARE(again.modelPath, fixture.folder.filePath("toy").toStdString());
    QVERIFY(!repeatedRequest(fixture.project, std::nullopt));
    store::RunRecord damaged;
    damaged.kind = "sensitivity";
    damaged.request = R"({"kind": 3})";
    QVERIFY(!repeatedRequest(fixture.project, damaged));
}

/// Until a new run has figures the earlier ones stay, also where it is stopped before.
void TstSensitivity::theEarlierRunIsSaidToBeOne()
{
    test::FakeEngine engine;
    Fixture f(test::toySensitivity(), store::RunStatus::Finished, repeatable());
    SensitivityView view(f.context, nullptr);
    QVERIFY(f.show(view));
    f.project.setDataFiles(f.folder.filePath("toy/config.json"), {});
    f.hub.setEngine(&engine);
    const auto isEarlier = [&] { return view.map().context().contains("(an earlier run, of "); };
    const auto *banner = view.findChild<RunsBanner *>();
    auto *start = view.findChild<MeasureButton *>();
    QTRY_VERIFY(start->button().isEnabled());
    QVERIFY(!isEarlier());
    start->button().click();
    QCOMPARE(engine.last(), JobId(1));
    QVERIFY(isEarlier());
    QTRY_VERIFY(banner->sentence().contains("the earlier run is shown"));
    const QString second = f.begin();
    engine.start(1, second.toStdString());
    QTRY_VERIFY(banner->sentence().startsWith("second look"));
    QVERIFY(banner->sentence().contains("the earlier run is shown"));
    f.store().setStatus(second.toStdString(), store::RunStatus::Cancelled);
    engine.finish(1, JobState::Cancelled);
    QTRY_VERIFY(banner->sentence().startsWith("second look was stopped near its start."));
    QVERIFY(banner->sentence().contains("Resume goes on")); // what to do next
    QVERIFY(isEarlier());
    QCOMPARE(view.run(), f.run);
    QVERIFY(view.map().cellColour(0).isValid());
}

/// Also where the old run was chosen among the runs.
void TstSensitivity::whoMeasuresAgainSeesTheNewRun()
{
    test::FakeEngine engine;
    Fixture f(test::toySensitivity(), store::RunStatus::Finished, repeatable());
    SensitivityView view(f.context, nullptr);
    QVERIFY(f.show(view));
    f.project.setDataFiles(f.folder.filePath("toy/config.json"), {});
    f.selection.setRun(f.run);
    f.hub.setEngine(&engine);
    auto *start = view.findChild<MeasureButton *>();
    QTRY_VERIFY(start->button().isEnabled());
    start->button().click();
    const QString second = f.begin();
    engine.start(1, second.toStdString());
    QTRY_VERIFY(f.project.findRun(second) != nullptr);
    QCOMPARE(view.run(), f.run); // there is nothing to see of it yet
    engine.publish(1, std::make_shared<SensitivityTable>(test::toySensitivity()));
    QTRY_COMPARE(view.run(), second);
    QCOMPARE(f.selection.run(), second);
    QTRY_VERIFY(!view.map().context().contains("an earlier run"));
}

/// Also where the same again would fail again, and where the failed job was cleared.
void TstSensitivity::aFailedMeasurementLeavesAWayOn()
{
    test::FakeEngine engine;
    test::ViewFixture f;
    test::writeToyLlama(f.folder.filePath("toy").toStdString());
    SensitivityView view(f.context, nullptr);
    view.show();
    f.project.open(f.folder.filePath("toy"), f.path());
    QTRY_COMPARE(f.project.state(), Project::State::Ready);
    f.project.setDataFiles(f.folder.filePath("gone.txt"), {});
    f.hub.setEngine(&engine);
    f.hub.submit(sensitivityRequest(f.project, f.recipe.recipe()), "first");
    JobFailure failure;
    failure.message = BITPRISM_TR("Test", "%1 is not there.");
    failure.arguments = {"gone.txt"};
    engine.finish(1, JobState::Failed, &failure);
    QTRY_VERIFY(shownSentence(view).contains("gone.txt"));
    const auto *panel = view.findChild<StatePanel *>();
    const auto offered = [panel](const QString &text) -> QPushButton * {
        for (QPushButton *button : panel->findChildren<QPushButton *>()) {
            if (button->isVisible() && button->text().startsWith(text)) {
                return button;
            }
        }
        return nullptr;
    };
    QVERIFY(offered("Retry") != nullptr);
    QVERIFY(offered("Measure sensitivity") == nullptr); // it is the same
    f.project.setDataFiles(f.folder.filePath("there.txt"), {});
    QVERIFY(shownSentence(view).contains("gone.txt"));
    QVERIFY(offered("Retry") != nullptr);
    QVERIFY(offered("Measure sensitivity") != nullptr);
    f.hub.clearFinished();
    QVERIFY(!shownSentence(view).contains("gone.txt"));
    QVERIFY(offered("Retry") == nullptr);
    offered("Measure sensitivity")->click();
    QCOMPARE(engine.last(), JobId(2));
    QVERIFY(engine.job(2).request.options.find("there.txt") != std::string::npos);
}

void TstSensitivity::theTableStaysInAnotherLanguage() // the window is made anew then
{
    Fixture f;
    {
        SensitivityView view(f.context, nullptr);
        QVERIFY(f.show(view));
        for (QCheckBox *box : view.findChildren<QCheckBox *>()) {
            box->setChecked(box->text().remove('&') == "Table" || box->isChecked());
        }
        QVERIFY(view.table().isVisible());
        view.table().filterLine().setText("down");
    }
    SensitivityView again(f.context, nullptr);
    QVERIFY(f.show(again));
    QVERIFY(again.table().isVisible());
    QCOMPARE(again.table().filterLine().text(), QString("down"));
    QVERIFY(again.table().view().model()->rowCount() < 4 * 14);
}

void TstSensitivity::theShownRunIsChosenAbove()
{
    Fixture f;
    QString second;
    {
        store::ExperimentStore made = f.store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "second look";
        request.blocks = 2;
        const store::NewRun run
            = made.createRun(request, test::toyModelInfo(),
                             store::checkpointFingerprint(f.folder.filePath("toy").toStdString()));
        made.putResult(run.id, test::toySensitivity());
        made.setStatus(run.id, store::RunStatus::Finished);
        second = QString::fromStdString(run.id);
    }
    SensitivityView view(f.context, nullptr);
    QVERIFY(f.show(view));
    QCOMPARE(view.run(), second); // the newest
    auto *runs = view.findChild<ShownRunBox *>();
    QCOMPARE(runs->count(), 2);
    QCOMPARE(runs->currentText(), "second look");
    runs->setCurrentIndex(runs->findData(f.run));
    Q_EMIT runs->activated(runs->currentIndex());
    QCOMPARE(f.selection.run(), f.run);
    QCOMPARE(view.run(), f.run);
    QTRY_VERIFY(view.map().context().contains("first look"));
}

void TstSensitivity::emptyViewSaysWhatToDo()
{
    test::ViewFixture fixture;
    SensitivityView view(fixture.context, nullptr);
    view.show();
    QVERIFY(shownSentence(view).contains("Open a model"));
    QSignalSpy opens(&view, &View::openModelRequested);
    QTest::mouseClick(view.findChild<StatePanel *>()->findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(opens.count(), 1);
}

void TstSensitivity::pictureOfBothThemesIsNotEmpty()
{
    Fixture fixture;
    SensitivityView view(fixture.context, nullptr);
    for (const bool isDark : {false, true}) {
        view.setPalette(Theme::palette(isDark));
        QVERIFY(fixture.show(view));
        QTest::qWait(0);
        QVERIFY(test::isPainted(view));
    }
}

BITPRISM_TEST(TstSensitivity);
#include "tst_sensitivity.moc"
