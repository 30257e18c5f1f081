// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint.h"
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/inspector/inspector_panel.h"
#include "widgets/inspector/rank_table.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/table_roles.h"

#include <QAbstractItemModelTester>

#include <algorithm>

using namespace bitprism;

namespace {

const QString chosenLayer = QStringLiteral("model.layers.1.mlp.down_proj");

LayerInfo downProjection()
{
    LayerInfo layer;
    layer.name = chosenLayer.toStdString();
    layer.tensor = layer.name + ".weight";
    layer.rows = 32;
    layer.cols = 48;
    layer.dtype = "F32";
    return layer;
}

ResolvedLayer resolvedTo(int bits)
{
    ResolvedLayer resolved;
    resolved.weights = {"rtn", R"({"bits":4,"group_size":16})"};
    resolved.bits = bits;
    return resolved;
}

} // namespace

class TstInspector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void histogramCountsEveryWeight();
    void gridHasTheLevelsOfTheRecipe();
    void skippedLayersHaveNoGrid();
    void missingTensorIsOneError();
    void runsTableKeepsTheRulesOfItemModels();
    void runsAreComparedWithRtn();
    void ranksHaveOneNotation();
    void panelFollowsTheSelection();
};

void TstInspector::init()
{
    qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitprism-none");
}

void TstInspector::histogramCountsEveryWeight()
{
    const QTemporaryDir folder;
    test::writeToyLlama(folder.path().toStdString());
    const LayerInfo layer = downProjection();
    const LayerWeights weights
        = readLayerWeights(folder.path().toStdString(), layer, resolvedTo(3));
    std::int64_t total = 0;
    for (const std::int64_t count : weights.histogram.counts) {
        total += count;
    }
    QCOMPARE(total, layer.rows * layer.cols);
    const std::vector<float> stored
        = io::Checkpoint(folder.path().toStdString()).readFloat(layer.tensor);
    QCOMPARE(static_cast<float>(weights.histogram.low),
             *std::min_element(stored.begin(), stored.end()));
    QCOMPARE(static_cast<float>(weights.histogram.high),
             *std::max_element(stored.begin(), stored.end()));
    QCOMPARE(weights.rowsRead, layer.rows);
}

void TstInspector::gridHasTheLevelsOfTheRecipe()
{
    const QTemporaryDir folder;
    test::writeToyLlama(folder.path().toStdString());
    for (const int bits : {2, 3, 4}) {
        const LayerWeights weights
            = readLayerWeights(folder.path().toStdString(), downProjection(), resolvedTo(bits));
        QCOMPARE(weights.bits, bits);
        QCOMPARE(weights.groupSize, 16);
        QCOMPARE(weights.levels.size(), std::size_t(1) << bits);
        QVERIFY(std::is_sorted(weights.levels.begin(), weights.levels.end()));
        // Asymmetric grids of GPTQ's rule hold zero itself.
        QVERIFY(std::find(weights.levels.begin(), weights.levels.end(), 0.0)
                != weights.levels.end());
    }
}

void TstInspector::skippedLayersHaveNoGrid()
{
    const QTemporaryDir folder;
    test::writeToyLlama(folder.path().toStdString());
    ResolvedLayer resolved = resolvedTo(4);
    resolved.skip = true;
    const LayerWeights weights
        = readLayerWeights(folder.path().toStdString(), downProjection(), resolved);
    QVERIFY(weights.levels.empty());
    QCOMPARE(weights.bits, 0);
}

void TstInspector::missingTensorIsOneError()
{
    const QTemporaryDir folder;
    test::writeToyLlama(folder.path().toStdString());
    LayerInfo layer = downProjection();
    layer.tensor = "nothing.weight";
    QVERIFY_THROWS_EXCEPTION(Error,
                             readLayerWeights(folder.path().toStdString(), layer, resolvedTo(4)));
}

void TstInspector::runsTableKeepsTheRulesOfItemModels()
{
    LayerRunsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setRuns({{"a", "first", "rtn", 3, 0.02, 1e-4}});
    QCOMPARE(model.rowCount(), 1);
    model.setRuns({});
    QCOMPARE(model.rowCount(), 0);
}

void TstInspector::runsAreComparedWithRtn()
{
    LayerRunsModel model;
    model.setRuns({{"a", "rtn 3", "rtn", 3, 0.02, 1e-4},
                   {"b", "gptq 3", "gptq", 3, 0.01, 1e-4},
                   {"c", "gptq 4", "gptq", 4, 0.004, 1e-5}});
    QCOMPARE(model.againstRtn(0), std::optional<double>(1.0));
    QCOMPARE(model.againstRtn(1), std::optional<double>(0.5));
    QVERIFY(!model.againstRtn(2)); // no rtn at four bits
    const auto shown = [&model](int row) {
        return model.index(row, LayerRunsModel::AgainstColumn).data().toString();
    };
    QCOMPARE(shown(0), "0 %");
    QCOMPARE(shown(1),
             "\u2212"
             "50 %"); // half the error
    QCOMPARE(shown(2), "\u2013");
    // A CSV has the number that stands there.
    QCOMPARE(model.index(1, LayerRunsModel::AgainstColumn).data(SortRole).toDouble(), -50.0);
}

/// Figures of one column are written alike.
void TstInspector::ranksHaveOneNotation()
{
    RankTable table;
    table.setRows({{2, 0.007934, 1, 42}, {8, 7.077e-7, 1, 42}}, {});
    QVERIFY(table.text().contains("7.934e\u2212"
                                  "03"));
    QVERIFY(table.text().contains("7.077e\u2212"
                                  "07"));
}

void TstInspector::panelFollowsTheSelection()
{
    test::ViewFixture fixture;
    test::writeToyLlama(fixture.folder.filePath("toy").toStdString());
    {
        store::ExperimentStore store = fixture.store();
        const std::string hash
            = store::checkpointFingerprint(fixture.folder.filePath("toy").toStdString());
        test::addToyRun(store, "gptq", 3, R"({"weights":{"id":"gptq"}})", hash);
        test::addToyRun(store, "another model's", 2, "{}"); // its layers have the same names
        store::RunRequest request;
        request.kind = "sensitivity";
        const store::NewRun run = store.createRun(request, test::toyModelInfo(), hash);
        store.putResult(run.id, test::toySensitivity());
        store.setStatus(run.id, store::RunStatus::Finished);
    }
    fixture.project.open(fixture.folder.filePath("toy"), fixture.path());
    QVERIFY(QTest::qWaitFor([&] { return fixture.project.model() != nullptr; }));
    InspectorPanel panel(fixture.context, nullptr);
    panel.resize(320, 800);
    panel.show();
    fixture.selection.setLayer(chosenLayer);
    QVERIFY(QTest::qWaitFor([&] { return panel.histogram().itemCount() > 0; }));
    QVERIFY(QTest::qWaitFor([&] { return panel.rankText().contains("1st of 4"); }));
    QVERIFY(QTest::qWaitFor([&] { return panel.runs().rowCount() == 1; }));
    for (const bool isDark : {false, true}) {
        panel.setPalette(Theme::palette(isDark));
        QVERIFY(test::isPainted(panel));
    }
    // While it is measured again, what is known stays, also where the new run was chosen.
    store::ExperimentStore store = fixture.store();
    store::RunRequest again;
    again.kind = "sensitivity";
    const store::NewRun held = store.createRun(
        again, test::toyModelInfo(),
        store::checkpointFingerprint(fixture.folder.filePath("toy").toStdString()));
    store.setStatus(held.id, store::RunStatus::Running);
    const QString working = QString::fromStdString(held.id);
    fixture.project.refreshRuns();
    QTRY_VERIFY(fixture.project.findRun(working) != nullptr);
    fixture.selection.setRun(working);
    QVERIFY(panel.rankText().contains("1st of 4"));
    fixture.selection.setLayer({});
    QVERIFY(!panel.histogram().isVisible());
}

BITPRISM_TEST(TstInspector);
#include "tst_inspector.moc"
