// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/interaction_matrix.h"
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/allocation/allocation_charts.h"
#include "widgets/allocation/allocation_model.h"
#include "widgets/allocation/allocation_view.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>

#include <algorithm>
#include <cmath>

using namespace bitprism;

namespace {

/// The toy's layers at ratios 0, 0.1 and 1, each block's pairs probed.
SensitivityTable ratioTable()
{
    SensitivityTable table = test::toySensitivity();
    table.quantizer = "high-impact-mixed";
    table.quantizerParams = R"({"group_size":8,"high_bits":4,"method":"rtn"})";
    table.ratios = {0, 0.1, 1};
    table.widths = {2};
    table.highBits = 4;
    std::vector<SensitivityCell> cells;
    for (std::size_t i = 0; i < table.cells.size(); i += 4) {
        for (const double ratio : table.ratios) {
            SensitivityCell cell = table.cells[i];
            cell.bits = 2;
            cell.ratio = ratio;
            cell.block = static_cast<int>(i / 8);
            cell.weights = 512;
            cell.storageBits = static_cast<std::int64_t>(512 * (2 + 2 * ratio));
            cell.deltaNll = *cell.deltaNll * (1 - 0.9 * ratio);
            cells.push_back(cell);
        }
    }
    table.cells = std::move(cells);
    return table;
}

InteractionMatrix matrixOf(const SensitivityTable &table)
{
    InteractionMatrix matrix;
    matrix.scope = "block";
    matrix.estimator = "suffix";
    for (const SensitivityCell &cell : table.cells) {
        matrix.candidates.push_back(
            {cell.layer, cell.block, cell.bits, cell.ratio, cell.deltaNll, 0.001});
    }
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 3; j < 6; ++j) {
            matrix.pairs.push_back({i, j, i == j - 3 ? 0.01 : -1e-4, 1e-3});
        }
    }
    matrix.fisher = {std::vector<double>(table.cells.size(), 0.1)};
    matrix.complete = true;
    return matrix;
}

struct Fixture : test::ViewFixture
{
    explicit Fixture(const SensitivityTable &table, const InteractionMatrix *matrix = nullptr,
                     store::RunStatus status = store::RunStatus::Finished)
    {
        test::writeToyLlama(folder.filePath("toy").toStdString());
        store::ExperimentStore made = store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "ratios";
        request.blocks = 2;
        const store::NewRun run
            = made.createRun(request, test::toyModelInfo(),
                             store::checkpointFingerprint(folder.filePath("toy").toStdString()));
        made.putResult(run.id, table);
        if (matrix != nullptr) {
            made.putResult(run.id, *matrix);
        }
        made.setStatus(run.id, status);
    }

    bool show(AllocationView &view, bool isSolved = true)
    {
        project.open(folder.filePath("toy"), path());
        view.resize(1200, 800);
        view.show();
        return QTest::qWaitFor([&] {
            return project.model()
                && (!isSolved || (view.bars().itemCount() > 0 && view.allocation()));
        });
    }
};

double widthOf(AllocationView &view, int item)
{
    return view.bars().series()[0].bars[static_cast<std::size_t>(item)].value;
}

} // namespace

class TstAllocation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitprism-none"); }

    void barsHaveTheChosenForms()
    {
        const SensitivityTable table = ratioTable();
        const ModelInfo model = test::toyModelInfo();
        Allocation allocation;
        for (std::size_t i = 0; i < table.cells.size(); i += 3) {
            allocation.layers.push_back({table.cells[i].layer, 2, i == 0 ? 1.0 : 0.1});
        }
        const std::vector<BarSeries> series = allocationBars(table, &model, &allocation);
        QCOMPARE(series[0].bars.size(), allocation.layers.size());
        QCOMPARE(series[0].bars[0].value, 4.0);
        QCOMPARE(series[0].bars[0].fill, 1.0);
        QCOMPARE(series[0].bars[1].value, 2.2);
        QCOMPARE(series[0].bars[1].fill, 0.1);
        QVERIFY(std::isnan(allocationBars(table, &model, nullptr)[0].bars[0].value));
    }

    void mapsShowTheMatrix()
    {
        const SensitivityTable table = ratioTable();
        InteractionMatrix matrix = matrixOf(table);
        matrix.pairs[2].value = 1.5e-3; // of 0 and 5: one and a half standard errors
        const HeatMapData map = interactionMap(matrix);
        QCOMPARE(map.rows.size(), table.cells.size());
        QCOMPARE(map.values[map.at(0, 3)], 0.01);
        QCOMPARE(map.values[map.at(3, 0)], 0.01);
        QCOMPARE(map.values[map.at(1, 1)], 2 * *table.cells[1].deltaNll);
        QVERIFY(map.muted[map.at(0, 4)] != 0); // inside its own standard error, as everywhere
        QVERIFY(map.muted[map.at(0, 5)] == 0);
        QVERIFY(std::isnan(map.values[map.at(0, 6)])); // another block: not probed
        QVERIFY(std::fabs(fisherMap(matrix).values[map.at(0, 6)] - 0.01) < 1e-15);
    }

    void signedScalesAreLogarithmicOnBothSides()
    {
        const ColourScale scale = ColourScale::of({-0.5, 0.001, 2}, true, true);
        QCOMPARE(scale.place(0), 0.5);
        QCOMPARE(scale.place(2), 1.0);
        QVERIFY(std::fabs(scale.place(0.02) + scale.place(-0.02) - 1) < 1e-12);
        QVERIFY(scale.place(0.02) > 0.6); // a hundredth is well apart from zero
        for (const double value : {-1.5, -0.01, 0.0, 0.3}) {
            QVERIFY(std::fabs(scale.valueAt(scale.place(value)) - value) < 1e-12);
        }
    }

    void tableKeepsTheRulesOfItemModels()
    {
        AllocationModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto table = std::make_shared<SensitivityTable>(ratioTable());
        auto chosen = std::make_shared<Allocation>();
        auto reference = std::make_shared<Allocation>();
        for (std::size_t i = 0; i < table->cells.size(); i += 3) {
            chosen->layers.push_back({table->cells[i].layer, 2, i == 0 ? 1.0 : 0.1});
            reference->layers.push_back({table->cells[i].layer, 2, 0.1});
        }
        AllocationQuestion question;
        question.table = table;
        question.model = std::make_shared<const ModelInfo>(test::toyModelInfo());
        question.params = R"({"interactions":"none"})";
        const auto study = std::make_shared<const AllocationStudy>(question);
        model.setAllocations(study, nullptr, table, chosen, reference);
        QCOMPARE(model.rowCount(), static_cast<int>(chosen->layers.size()));
        QCOMPARE(model.changedCount(), 1);
        const auto change
            = model.index(0, AllocationModel::BitsChangeColumn).data(Qt::UserRole + 1).toDouble();
        QVERIFY(std::fabs(change - (2048 - 1126) / 512.0) < 1e-12);
        model.setAllocations(study, nullptr, table, chosen, nullptr);
        QCOMPARE(model.changedCount(), 0);
        model.setAllocations(nullptr, nullptr, nullptr, nullptr, nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void solvesFromStoredProbesWithoutAnEngine()
    {
        const SensitivityTable table = ratioTable();
        const InteractionMatrix matrix = matrixOf(table);
        Fixture fixture(table, &matrix);
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        QCOMPARE(view.allocation()->status, std::string("optimal"));
        QVERIFY(view.frontier().series()[0].points.size() > 2);
        QVERIFY(view.model().rowCount() == 4);
    }

    void theFrontierEndsAtItsNoiseFloor()
    {
        const std::vector<FrontierPoint> points{
            {2, 20, 0.5, 0.01}, {3, 30, 0.05, 0.01}, {4, 40, 0.002, 0.001}, {5, 50, 0.0005, 0.001}};
        QCOMPARE(aboveNoise(points).size(), std::size_t(3));
        const FrontierCurve curve = frontierCurve(points, {}, nullptr);
        QVERIFY(curve.isLog && curve.hasErrors);
        QCOMPARE(curve.series[0].points.size(), std::size_t(3));
        QCOMPARE(curve.series[0].points[1].yError, 0.01);
        QCOMPARE(curve.noise, 0.0005);
        // Without a logarithmic axis nothing has to be left out.
        const FrontierCurve flat = frontierCurve({points.begin() + 2, points.end()}, {}, nullptr);
        QVERIFY(!flat.isLog);
        QCOMPARE(flat.series[0].points.size(), std::size_t(2));
        QCOMPARE(flat.noise, 0.0);
    }

    void noiseIsNeverDrawnAsAGain()
    {
        SensitivityTable table = ratioTable();
        for (std::size_t i = 0; i < table.cells.size(); ++i) {
            SensitivityCell &cell = table.cells[i];
            cell.klDivergence = 1e-9;
            cell.deltaNll = i % 3 == 0 ? -0.01 : 0.001;
            cell.deltaNllStandardError = 0.02;
        }
        Fixture fixture(table);
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        QVERIFY(*view.allocation()->predictedDeltaNll >= 0);
        for (const PlotSeries &series : view.frontier().series()) {
            for (const PlotPoint &point : series.points) {
                QVERIFY(point.y >= 0);
            }
        }
        bool isSaid = false;
        for (const QLabel *label : view.findChildren<QLabel *>()) {
            isSaid = isSaid || (!label->isHidden() && label->text().startsWith("within the noise"));
        }
        QVERIFY(isSaid);
    }

    void draggingTheBudgetMovesBits()
    {
        const SensitivityTable table = ratioTable();
        Fixture fixture(table);
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        auto *budget = view.findChild<QDoubleSpinBox *>();
        PlotCanvas &canvas = view.frontier().canvas();
        canvas.replot(QCustomPlot::rpImmediateRefresh);
        const auto at = [&](double bits) {
            return QPoint(static_cast<int>(canvas.xAxis->coordToPixel(bits)),
                          static_cast<int>(canvas.plotRect().center().y()));
        };
        const QPoint from = at(budget->value());
        const QPoint to = at(budget->maximum());
        QTest::mousePress(&canvas, Qt::LeftButton, {}, from);
        QTest::mouseMove(&canvas, (from + to) / 2);
        QTest::mouseMove(&canvas, to);
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, to);
        QVERIFY(budget->value() > 0.98 * budget->maximum());
        QVERIFY(QTest::qWaitFor([&] { return view.allocation()->averageBits > 3.4; }));
        view.setBudget(budget->minimum());
        QVERIFY(QTest::qWaitFor([&] { return widthOf(view, 0) == 2.0; }));
        QCOMPARE(view.frontier().budget(), budget->minimum());
        canvas.replot(QCustomPlot::rpImmediateRefresh);
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, (from + to) / 2); // beside the handle
        QVERIFY(budget->value() > budget->minimum() && budget->value() < budget->maximum());
    }

    void editsAndPinsALayer()
    {
        Fixture fixture(ratioTable());
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        view.setBudget(2.0);
        QVERIFY(QTest::qWaitFor([&] {
            double widest = 0;
            for (int item = 0; item < view.bars().itemCount(); ++item) {
                widest = std::max(widest, widthOf(view, item));
            }
            return widest == 2.0;
        }));
        const double before = view.allocation()->predictedDeltaNll.value();
        const QString layer = view.bars().itemId(0);
        fixture.selection.setLayer(layer);
        QCOMPARE(view.bars().selected(), QStringList(layer));
        QComboBox *form = nullptr;
        for (QComboBox *box : view.findChildren<QComboBox *>()) {
            form = box->accessibleName() == "Form of the chosen layer" ? box : form;
        }
        QVERIFY(form != nullptr && form->count() == 3);
        form->setCurrentIndex(2);
        Q_EMIT form->activated(2);
        QVERIFY(QTest::qWaitFor([&] { return widthOf(view, 0) == 4.0; }));
        QVERIFY(view.allocation()->predictedDeltaNll < before);
        auto *pin = view.findChild<QCheckBox *>();
        QTest::mouseClick(pin, Qt::LeftButton, {}, QPoint(5, pin->height() / 2));
        auto *budget = view.findChild<QDoubleSpinBox *>();
        QVERIFY(QTest::qWaitFor([&] { return budget->minimum() > 2.4; })); // the pin costs
        QVERIFY(QTest::qWaitFor([&] { return widthOf(view, 0) == 4.0; }));
    }

    void sendsItsAllocationToTheRecipe()
    {
        Fixture fixture(ratioTable());
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        for (QPushButton *button : view.findChildren<QPushButton *>()) {
            if (button->text().remove(u'&').contains("recipe")) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        const Recipe &recipe = fixture.recipe.recipe();
        QCOMPARE(recipe.weights.id, std::string("high-impact-mixed"));
        QCOMPARE(recipe.allocation->id, std::string("manual"));
        fixture.recipe.undoStack().undo();
        QVERIFY(!fixture.recipe.recipe().allocation);
    }

    void explainsWhatATargetRefuses()
    {
        Fixture fixture(ratioTable());
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view));
        for (QComboBox *box : view.findChildren<QComboBox *>()) {
            if (box->accessibleName() == "Program that will run the result") {
                box->setCurrentIndex(box->findData("awq"));
            }
        }
        auto *banner = view.findChild<StateBanner *>();
        QVERIFY(QTest::qWaitFor([&] { return banner->sentence().contains("awq"); }));
        QVERIFY(view.allocation()); // the last answer stays
    }

    void waitsForTheWholeMeasurement()
    {
        SensitivityTable table = ratioTable();
        for (std::size_t i = 4; i < table.cells.size(); ++i) {
            table.cells[i].deltaNll.reset();
            table.cells[i].klDivergence.reset();
            table.cells[i].predictedDeltaNll.reset();
        }
        Fixture fixture(table, nullptr, store::RunStatus::Cancelled);
        AllocationView view(fixture.context, nullptr);
        QVERIFY(fixture.show(view, false));
        QVERIFY(!view.allocation());
        QVERIFY(QTest::qWaitFor(
            [&] { return view.findChild<StateBanner *>()->sentence().contains("stopped"); }));
        QVERIFY(view.bars().isEmpty()); // a sentence stands there: no height is known
        QVERIFY(!view.findChild<QDoubleSpinBox *>()->text().contains('0'));
    }

    void aRunThatFailedAtOnceSaysWhy()
    {
        test::ViewFixture fixture;
        const QString toy = fixture.folder.filePath("toy");
        test::writeToyLlama(toy.toStdString());
        store::ExperimentStore made = fixture.store();
        store::RunRequest request;
        request.kind = "sensitivity";
        request.name = "widths";
        const store::NewRun run = made.createRun(request, test::toyModelInfo(),
                                                 store::checkpointFingerprint(toy.toStdString()));
        made.setStatus(run.id, store::RunStatus::Failed, "the disk is full");
        AllocationView view(fixture.context, nullptr);
        fixture.project.open(toy, fixture.path());
        view.show();
        const auto *panel = view.findChild<StatePanel *>();
        fixture.project.setDataFiles(toy + "/config.json", {});
        QTRY_VERIFY2(panel->sentence().contains("the disk is full"), qPrintable(panel->sentence()));
    }

    void emptyViewSaysWhatToDo()
    {
        test::ViewFixture fixture;
        AllocationView view(fixture.context, nullptr);
        view.show();
        auto *panel = view.findChild<StatePanel *>();
        QVERIFY(panel->sentence().contains("Open a model"));
        QSignalSpy opens(&view, &View::openModelRequested);
        QTest::mouseClick(panel->findChild<QPushButton *>(), Qt::LeftButton);
        QCOMPARE(opens.count(), 1);
    }

    void pictureOfBothThemesIsNotEmpty()
    {
        const SensitivityTable table = ratioTable();
        const InteractionMatrix matrix = matrixOf(table);
        Fixture fixture(table, &matrix);
        AllocationView view(fixture.context, nullptr);
        for (const bool isDark : {false, true}) {
            view.setPalette(Theme::palette(isDark));
            QVERIFY(fixture.show(view));
            QTest::qWait(0);
            QVERIFY(test::isPainted(view));
        }
    }
};

BITPRISM_TEST(TstAllocation);
#include "tst_allocation.moc"
