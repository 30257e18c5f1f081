// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
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
};

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
    void doubleClickSetsAndNeverClears();
    void metricAndScaleSwitch();
    void selectionFromElsewhereIsMarked();
    void partialResultsAreHatchedAndCounted();
    void theFrameStandsBeforeTheFirstMeasurement();
    void severalLayersOfAKindAreNotJoined();
    void weightsAloneAreSaidSo();
    void measuringAgainRepeatsTheShownRun();
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
    SensitivityTable table = test::toySensitivity();
    QVERIFY(correlationSentence(table).contains("almost"));
    QVERIFY(correlationSentence(table).contains("0.93"));
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
