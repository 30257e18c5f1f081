// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/compare/compare_view.h"
#include "widgets/compare/layers_model.h"
#include "widgets/compare/metrics_model.h"
#include "widgets/compare/recipe_changes_model.h"
#include "widgets/compare/recipe_words.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/format.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/figures.h"
#include "widgets/tables/run_chooser.h"
#include "widgets/tables/table_roles.h"
#include "widgets/tables/table_text.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

/// A store with runs of 4, 3 and 2 bits, and the view on it.
struct Compared : test::ViewFixture
{
    Compared()
    {
        store::ExperimentStore made = store();
        for (const int bits : {4, 3, 2}) {
            const std::string recipeText = R"({"version": 1, "weights": {"id": "rtn", "bits": )"
                + std::to_string(bits) + "}}";
            ids.append(QString::fromStdString(
                test::addToyRun(made, std::to_string(bits) + " bits", bits, recipeText)));
        }
    }
    bool show()
    {
        view = std::make_unique<CompareView>(context);
        view->resize(1000, 800);
        view->show();
        return open() && waitForRuns(2);
    }
    bool waitForRuns(int count)
    {
        return QTest::qWaitFor([&] {
            const auto *model = view->findChild<MetricsModel *>();
            return model->columnCount() == 1 + 2 * count;
        });
    }
    Comparison core() const
    {
        std::vector<std::string> wanted;
        for (const QString &id : selection.compared()) {
            wanted.push_back(id.toStdString());
        }
        return compareRuns(store(), wanted);
    }

    QStringList ids;
    std::unique_ptr<CompareView> view;
};

} // namespace

class TstCompareView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Whichever of the two is the reference, each run is said to have what it has.
    void widthsByLayerStandWithTheRunThatHasThem()
    {
        Compared c;
        c.selection.setCompared(c.ids);
        const std::string plain = R"({"version": 1, "weights": {"id": "rtn", "bits": 3}})";
        const std::string byLayer = R"({"version": 1, "weights": {"id": "rtn", "bits": 4},
                  "allocation": {"id": "manual", "layers": {"a": 2, "b": 3}}})";
        const auto read
            = [](const std::string &text) { return Recipe::fromJson(Json::parse(text), "recipe"); };
        for (const bool isFirst : {true, false}) {
            auto comparison = std::make_shared<Comparison>(c.core());
            comparison->runs.resize(2);
            comparison->runs[0].record.recipe = isFirst ? byLayer : plain;
            comparison->runs[1].record.recipe = isFirst ? plain : byLayer;
            comparison->runs[0].recipeChanges.clear();
            comparison->runs[1].recipeChanges = recipeDifferences(
                read(comparison->runs[0].record.recipe), read(comparison->runs[1].record.recipe));
            RecipeChangesModel recipes;
            recipes.setComparison(comparison);
            const auto said = [&](const QString &row, bool ofByLayer) {
                const QModelIndexList found
                    = recipes.match(recipes.index(0, 0), Qt::ToolTipRole, row);
                return found.isEmpty()
                    ? QString()
                    : found[0].siblingAtColumn(ofByLayer == isFirst ? 1 : 2).data().toString();
            };
            QCOMPARE(said("allocation.layers", true), QString("2 entries by layer"));
            QCOMPARE(said("allocation.layers", false), notMeasured());
            QCOMPARE(said("weights.bits", true), QString("4 for other layers"));
            QCOMPARE(said("weights.bits", false), QString("3"));
        }
    }

    /// The mean of the layers that a stopped run got to is none of all layers.
    void aStoppedRunHasNoMeanError()
    {
        Compared c;
        c.selection.setCompared(c.ids);
        auto comparison = std::make_shared<Comparison>(c.core());
        comparison->runs[1].summary->complete = false;
        MetricsModel metrics;
        metrics.setComparison(comparison);
        const QModelIndexList errors
            = metrics.match(metrics.index(0, 0), Qt::DisplayRole, QString("Weight error"));
        QCOMPARE(errors.size(), 1);
        QVERIFY(errors[0].siblingAtColumn(2).data(SortRole).isValid());
        QCOMPARE(errors[0].siblingAtColumn(3).data().toString(), notMeasured());
        QCOMPARE(errors[0].siblingAtColumn(4).data().toString(), notMeasured());
    }

    void modelsAreModels()
    {
        using Mode = QAbstractItemModelTester::FailureReportingMode;
        Compared c;
        c.selection.setCompared(c.ids);
        const auto comparison = std::make_shared<const Comparison>(c.core());
        MetricsModel metrics;
        RecipeChangesModel recipes;
        ComparedLayersModel layers;
        const QAbstractItemModelTester metricsTester(&metrics, Mode::QtTest);
        const QAbstractItemModelTester recipesTester(&recipes, Mode::QtTest);
        const QAbstractItemModelTester layersTester(&layers, Mode::QtTest);
        for (int round = 0; round < 2; ++round) {
            metrics.setComparison(comparison);
            recipes.setComparison(comparison);
            layers.setComparison(comparison, 2, LayerMeasure::WeightError);
            QVERIFY(metrics.rowCount() > 0 && layers.rowCount() > 0);
            const QModelIndexList errors
                = metrics.match(metrics.index(0, 0), Qt::DisplayRole, QString("Weight error"));
            QCOMPARE(errors.size(), 1);
            const double first = errors[0].siblingAtColumn(2).data(SortRole).toDouble();
            const double second = errors[0].siblingAtColumn(3).data(SortRole).toDouble();
            QCOMPARE(first, comparison->runs[0].summary->meanWeightError().value());
            const double change = errors[0].siblingAtColumn(4).data(SortRole).toDouble();
            QVERIFY(std::abs(change - (second / first - 1)) < 1e-12);
            QCOMPARE(recipes.rowCount(), 1); // weights.bits alone
            QCOMPARE(recipes.index(0, 0).data().toString(), QString("Weights: Bits"));
            QCOMPARE(recipes.index(0, 0).data(Qt::ToolTipRole).toString(), QString("weights.bits"));
            QCOMPARE(recipes.index(0, 3).data().toString(), QString("2"));
            metrics.setComparison(nullptr);
            recipes.setComparison(nullptr);
            layers.setComparison(nullptr, 1, LayerMeasure::Bits);
            QCOMPARE(metrics.rowCount() + recipes.rowCount() + layers.rowCount(), 0);
        }
    }

    void pairedDifferencesAreTheCores()
    {
        Compared c;
        c.selection.setCompared(c.ids);
        QVERIFY(c.show() || c.waitForRuns(3));
        const Comparison core = c.core();
        const auto *model = c.view->findChild<MetricsModel *>();
        QVERIFY(c.waitForRuns(3));
        for (int run = 1; run < 3; ++run) {
            const ComparedMetric::Value &value
                = core.metrics.front().runs[static_cast<std::size_t>(run)];
            QVERIFY(value.isPaired);
            const QModelIndex cell = model->index(0, MetricsModel::differenceColumn(run));
            QCOMPARE(cell.data(SortRole).toDouble(), *value.difference);
            QCOMPARE(cell.data().toString(),
                     formatDifference(value.difference, value.differenceStandardError));
            QCOMPARE(cell.data(MutedRole).toBool(),
                     isInsideError(value.difference, value.differenceStandardError));
        }
        QVERIFY(model->index(0, MetricsModel::valueColumn(0)).data(BestRole).toBool());
        QVERIFY(!model->index(0, MetricsModel::valueColumn(2)).data(BestRole).toBool());
    }

    void whatIsNotPairedSaysSoAndErrorsAreSaved()
    {
        Compared c;
        c.selection.setCompared(c.ids);
        auto comparison = std::make_shared<Comparison>(c.core());
        ComparedMetric::Value &value = comparison->metrics.front().runs[1];
        value.difference = 0.5;
        value.differenceStandardError = 0.25;
        MetricsModel metrics;
        const auto cell = [&] { return metrics.index(0, MetricsModel::differenceColumn(1)); };
        for (const bool isPaired : {true, false}) {
            value.isPaired = isPaired;
            metrics.setComparison(comparison);
            QCOMPARE(cell().data().toString().contains("unpaired"), !isPaired);
            QVERIFY(
                cell().data(Qt::ToolTipRole).toString().startsWith(isPaired ? "Paired" : "Not"));
            QCOMPARE(cell().data(StandardErrorRole).toDouble(), 0.25);
        }
        QCOMPARE(metrics.index(0, MetricsModel::valueColumn(1)).data(StandardErrorRole).toDouble(),
                 value.measured->standardError);
        const QString csv
            = QString::fromUtf8(tableAsCsv(metrics, {0}, {MetricsModel::differenceColumn(1)}));
        QCOMPARE(csv, QString("Difference,Difference: standard error\r\n0.5,0.25\r\n"));
    }

    void theNewestTwoAreComparedWhereNobodyChose()
    {
        Compared c;
        QVERIFY(c.show());
        QCOMPARE(c.view->findChild<RunChooser *>()->chosen(), QStringList({c.ids[1], c.ids[2]}));
        QVERIFY(test::isPainted(*c.view));
    }

    void theReferenceAndTheOthersCanBeChosen()
    {
        Compared c;
        QVERIFY(c.show());
        auto *chooser = c.view->findChild<RunChooser *>();
        QMenu &menu = chooser->othersMenu();
        Q_EMIT menu.aboutToShow();
        for (QAction *action : menu.actions()) {
            if (!action->isChecked()) {
                action->trigger();
            }
        }
        QVERIFY(c.waitForRuns(3));
        QComboBox &box = chooser->firstBox();
        box.setFocus();
        const int wanted = box.findData(c.ids[0]);
        while (box.currentIndex() != wanted) {
            QTest::keyClick(&box, box.currentIndex() < wanted ? Qt::Key_Down : Qt::Key_Up);
        }
        QCOMPARE(c.selection.compared().front(), c.ids[0]);
    }

    void aLayerChosenInTheTableIsChosenEverywhere()
    {
        Compared c;
        QVERIFY(c.show());
        DataTable *table = nullptr;
        for (DataTable *each : c.view->findChildren<DataTable *>()) {
            table = each->view().accessibleName() == "Layer differences" ? each : table;
        }
        QVERIFY(table != nullptr);
        QTableView &view = table->view();
        const QModelIndex first = view.model()->index(0, 0);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(first).center());
        QCOMPARE(c.selection.layer(), first.data().toString());
        QCOMPARE(c.view->findChild<BarPlot *>()->selected(), QStringList{c.selection.layer()});
    }

    void barsAreTheDifferencesOfTheLayers()
    {
        Compared c;
        QVERIFY(c.show());
        const auto *bars = c.view->findChild<BarPlot *>();
        c.selection.setCompared({c.ids[1], c.ids[2]});
        const Comparison core = c.core();
        QCOMPARE(bars->series().size(), std::size_t{1});
        for (const PlotBar &bar : bars->series().front().bars) {
            for (const ComparedLayer &layer : core.layers) {
                if (layer.name == bar.id.toStdString()) {
                    QCOMPARE(bar.value, *layerDifference(layer, 1, LayerMeasure::OutputError));
                }
            }
        }
        QVERIFY(!bars->series().front().bars.empty());
        // Title and legend say by themselves what is drawn, and in which unit.
        QVERIFY(bars->title().contains("output error"));
        QVERIFY(bars->title().contains("share of the output's square"));
        QVERIFY(!bars->canvas().legendEntries().empty());
        for (const LegendEntry &entry : bars->canvas().legendEntries()) {
            QVERIFY(entry.text.startsWith(entry.style == 1 ? "more than " : "less than "));
        }
    }

    /// One run and an imported checkpoint of its shape: what there is to compare, at once.
    void aRunIsComparedWithAnImportedCheckpoint()
    {
        test::ViewFixture fixture;
        store::ExperimentStore store = fixture.store();
        const std::string run
            = test::addToyRun(store, "ours", 4, R"({"version": 1, "weights": {"id": "rtn"}})");
        const auto evaluate = [&](const std::string &name, std::int64_t parameters) {
            ModelInfo model = test::toyModelInfo(name);
            model.dtype = "INT4";
            model.parameters = parameters;
            for (LayerInfo &layer : model.layers) {
                layer.dtype = "INT4";
                layer.bits = 4.625;
            }
            store::RunRequest request;
            request.kind = "evaluate";
            const store::NewRun made = store.createRun(request, model, name);
            store.putResult(made.id, test::toyEvaluation(2.25));
            store.setStatus(made.id, store::RunStatus::Finished);
            return made.id;
        };
        const std::string imported = evaluate("imported", test::toyModelInfo().parameters);
        evaluate("another shape", 7);
        CompareView view(fixture.context);
        view.resize(1000, 800);
        view.show();
        QVERIFY(fixture.open());
        const auto *metrics = view.findChild<MetricsModel *>();
        QTRY_COMPARE(metrics->columnCount(), 1 + 2 * 2);
        QCOMPARE(view.findChild<RunChooser *>()->chosen(),
                 QStringList({QString::fromStdString(run), QString::fromStdString(imported)}));
        const auto *layers = view.findChild<ComparedLayersModel *>();
        QCOMPARE(layers->rowCount(), 4);
        // Bits are what both have, so that they are shown without being asked for.
        QCOMPARE(layers->index(0, ComparedLayersModel::OtherColumn).data(SortRole).toDouble(),
                 4.625);
        const auto *recipes = view.findChild<RecipeChangesModel *>();
        QCOMPARE(recipes->rowCount(), 1);
        QCOMPARE(recipes->index(0, 1).data().toString(), QString("rtn"));
        QVERIFY(recipes->index(0, 2).data().toString().contains("INT4"));
        QVERIFY(test::isPainted(view));
    }

    void recipesAreSpelledOut()
    {
        const std::string recipe
            = R"({"allocation":{"id":"sensitivity-ilp","budget":3.5},"seed":0})";
        QCOMPARE(recipeKeyText("seed", recipe), QString("Seed"));
        QCOMPARE(recipeKeyText("transforms.1.id", recipe), QString("Transform 2"));
        QCOMPARE(recipeKeyText("allocation.id", recipe), QString("Allocation"));
        QCOMPARE(recipeKeyText("weights.bits", recipe), QString("Weights: Bits"));
        QCOMPARE(recipeKeyText("something.else", recipe), QString("something.else"));
        // A parameter of the component that only the other recipe has, or neither.
        const std::string other = R"({"allocation":{"id":"none"}})";
        const ParamInfo known
            = Registry::instance().find(Kind::allocator, "sensitivity-ilp")->info().parameters[0];
        const QString named = recipeKeyText("allocation." + known.key, recipe);
        QVERIFY(!named.endsWith(QString::fromStdString(": " + known.key)));
        QCOMPARE(recipeKeyText("allocation." + known.key, other, recipe), named);
        QVERIFY(!recipeKeyText("allocation." + known.key, other)
                     .endsWith(QString::fromStdString(": " + known.key)));
        QCOMPARE(recipeValueText("weights.symmetric", "true", recipe), QString("yes"));
        QVERIFY(recipeValueText("allocation.id", "\"sensitivity-ilp\"", recipe)
                != QString("sensitivity-ilp")); // its title
        QCOMPARE(recipeValueText("weights.bits", "3", recipe), QString("3"));
    }

    void anEmptyStoreSaysWhatToDo()
    {
        test::ViewFixture fixture;
        static_cast<void>(fixture.store());
        CompareView view(fixture.context);
        view.show();
        QVERIFY(fixture.open());
        auto *state = view.findChild<StatePanel *>();
        QVERIFY(state->isVisible());
        QVERIFY(state->sentence().contains("Fewer than two"));
        QSignalSpy asked(&view, &View::showViewRequested);
        QTest::mouseClick(state->findChild<QPushButton *>(), Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.front().front().toString(), QString("overview"));
    }

    void unfinishedRunsAreSaid_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("word");
        QTest::newRow("cancelled") << static_cast<int>(store::RunStatus::Cancelled) << "stopped";
        QTest::newRow("failed") << static_cast<int>(store::RunStatus::Failed) << "no memory";
        QTest::newRow("interrupted") << static_cast<int>(store::RunStatus::Running) << "stopped";
    }

    void unfinishedRunsAreSaid()
    {
        QFETCH(int, status);
        QFETCH(QString, word);
        Compared c;
        c.store().setStatus(c.ids[2].toStdString(), static_cast<store::RunStatus>(status),
                            "no memory");
        c.selection.setCompared({c.ids[1], c.ids[2]});
        QVERIFY(c.show());
        const QString sentence = c.view->findChild<StateBanner *>()->sentence();
        QVERIFY2(sentence.contains(word), qPrintable(sentence));
        QVERIFY(test::isPainted(*c.view));
    }

    void aDamagedStoreIsAFailureWithARetry()
    {
        Compared c;
        QVERIFY(c.show());
        QFile file(c.path());
        const std::filesystem::path gone(c.path().toStdString() + ".away");
        std::filesystem::rename(c.path().toStdString(), gone);
        c.project.storeThread().ask<bool>(
            this,
            [connection = c.project.connection()] {
                connection->close();
                return true;
            },
            [](const Answer<bool> &) {});
        c.selection.setCompared({c.ids[0], c.ids[1]});
        auto *state = c.view->findChild<StatePanel *>();
        QTRY_VERIFY(state->isVisible() && state->sentence().contains("runs.bitprism"));
        std::filesystem::rename(gone, c.path().toStdString());
        for (QPushButton *button : state->findChildren<QPushButton *>()) {
            if (button->text() == "Retry") {
                QVERIFY(button->isVisible());
                button->click();
            }
        }
        QTRY_VERIFY(!state->isVisible());
    }
};

BITPRISM_TEST(TstCompareView);
#include "tst_compare_view.moc"
