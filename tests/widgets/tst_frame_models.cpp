// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/widgets/example_model.h"
#include "widgets/job_dock/jobs_model.h"
#include "widgets/jobs/project.h"
#include "widgets/model_tree/model_tree_model.h"
#include "widgets/overview/recipe_size.h"
#include "widgets/palette/command_list.h"
#include "widgets/palette/command_palette.h"
#include "widgets/recipe/overrides_model.h"
#include "widgets/runs/runs_model.h"
#include "widgets/shared/format.h"

#include <QAbstractItemModelTester>
#include <QLayout>
#include <QListView>
#include <QSignalSpy>

using namespace bitprism;

namespace {

constexpr auto strict = QAbstractItemModelTester::FailureReportingMode::QtTest;

store::RunRecord run(const std::string &id, const std::string &experiment)
{
    store::RunRecord record;
    record.id = id;
    record.name = "run " + id;
    record.kind = "run";
    record.experiment = experiment;
    record.status = store::RunStatus::Finished;
    return record;
}

} // namespace

class TstFrameModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsStandInTheirExperiments();
    void runsAreFiltered();
    void runsShowTheProgressOfTheirJob();
    void jobsFollowTheHub();
    void commandsFitEveryWord();
    void longCommandsLeaveTheHint();
    void overridesPropose();
    void treeShowsMeasures();
    void theRecipeChangesTheSize();
    void timesAreShortToRead_data();
    void timesAreShortToRead();
};

void TstFrameModels::runsStandInTheirExperiments()
{
    Project project;
    const JobHub hub(project);
    RunsModel model(hub);
    const QAbstractItemModelTester tester(&model, strict);
    model.setRuns(std::make_shared<const RunList>(
        RunList{run("a", "sweep"), run("b", ""), run("c", "sweep"), run("d", "other")}));
    QCOMPARE(model.rowCount(), 3); // two experiments, then the loose run
    const QModelIndex sweep = model.index(0, 0);
    QCOMPARE(sweep.data().toString(), "sweep");
    QCOMPARE(model.rowCount(sweep), 2);
    QCOMPARE(model.index(1, 0, sweep).data(RunsModel::runRole).toString(), "c");
    QCOMPARE(sweep.data(RunsModel::groupRole).toString(), "sweep");
    QVERIFY(!model.index(1, 0, sweep).data(RunsModel::groupRole).isValid());
    QCOMPARE(model.indexOfRun("b"), model.index(2, 0));
    QCOMPARE(model.indexOfRun("c").parent(), sweep);
    QVERIFY(!model.indexOfRun("x").isValid());
    model.setRuns(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstFrameModels::runsAreFiltered()
{
    Project project;
    const JobHub hub(project);
    RunsModel model(hub);
    const QAbstractItemModelTester tester(&model, strict);
    model.setRuns(std::make_shared<const RunList>(
        RunList{run("a", "sweep"), run("b", ""), run("c", "sweep")}));
    model.setFilter("SWEEP");
    QCOMPARE(model.shownRuns(), 2);
    model.setFilter("run b");
    QCOMPARE(model.shownRuns(), 1);
    model.setFilter({});
    QCOMPARE(model.shownRuns(), 3);
}

void TstFrameModels::runsShowTheProgressOfTheirJob()
{
    test::FakeEngine engine;
    Project project;
    JobHub hub(project);
    hub.setEngine(&engine);
    RunsModel model(hub);
    model.setRuns(std::make_shared<const RunList>(RunList{run("a", "")}));
    hub.submit({}, "again");
    engine.start(1, "a");
    engine.job(1).progress.fraction = 0.43;
    QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
    const auto status = [&] { return model.index(0, RunsModel::StatusColumn).data().toString(); };
    QTRY_COMPARE(status(), QString("43 %"));
    model.showProgress("a");
    QCOMPARE(spy.count(), 1);
    model.showProgress("a"); // it reads as it did
    QCOMPARE(spy.count(), 1);
    engine.job(1).progress.fraction = 0.47;
    QTRY_COMPARE(status(), QString("47 %"));
    model.showProgress("a");
    QCOMPARE(spy.count(), 2);
    engine.finish(1);
    QTRY_VERIFY(status().contains("Finished"));
}

void TstFrameModels::jobsFollowTheHub()
{
    test::FakeEngine engine;
    Project project;
    JobHub hub(project);
    JobsModel model(hub);
    const QAbstractItemModelTester tester(&model, strict);
    hub.setEngine(&engine);
    hub.submit({}, "first");
    hub.submit({}, "second");
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, JobsModel::StateColumn).data().toString(), "Waiting");
    engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return engine.last() == 2; }));
    QVERIFY(model.index(0, JobsModel::StateColumn).data().toString().contains("Finished"));
    QCOMPARE(model.index(0, JobsModel::TimeColumn).data().toString(), ""); // it took none
    hub.clearFinished();
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, JobsModel::TitleColumn).data().toString(), "second");
    engine.finish(2);
    QVERIFY(QTest::qWaitFor([&] { return !hub.isBusy(); }));
}

void TstFrameModels::commandsFitEveryWord()
{
    QVERIFY(commandScore("Open a model", "mod op") > 0);
    QCOMPARE(commandScore("Open a model", "mod x"), 0);
    QVERIFY(commandScore("Open a model", "model") > commandScore("Remodel", "model"));
    CommandList model;
    const QAbstractItemModelTester tester(&model, strict);
    int ran = 0;
    model.setCommands({{"Quit", "Ctrl+Q", [] {}}, {"Open", "", [&] { ++ran; }}});
    model.setFilter("op");
    QCOMPARE(model.rowCount(), 1);
    model.run(model.index(0));
    QCOMPARE(ran, 1);
    model.run({});
}

/// What stands at the right is the same, however long the command is.
void TstFrameModels::longCommandsLeaveTheHint()
{
    const QString hint = "a hint";
    const auto rightOf = [&hint](const QString &title) {
        CommandPalette palette({{title, hint, [] {}}, {"next", hint, [] {}}}, nullptr);
        palette.resize(400, 200);
        auto *list = palette.findChild<QListView *>();
        palette.layout()->activate();
        const QRect row = list->visualRect(list->model()->index(0, 0));
        const int width
            = palette.fontMetrics().horizontalAdvance(hint) + palette.fontMetrics().height() / 2;
        return list->viewport()->grab(row.adjusted(row.width() - width, 0, 0, 0)).toImage();
    };
    const QImage plain = rightOf("short");
    QCOMPARE(rightOf(QString("long ").repeated(40)), plain);
    QVERIFY(plain.width() > 10);
}

void TstFrameModels::overridesPropose()
{
    OverridesModel model;
    const QAbstractItemModelTester tester(&model, strict);
    LayerOverride item;
    item.match = "lm_head";
    item.bits = 8;
    model.setOverrides({item});
    QSignalSpy spy(&model, &OverridesModel::proposed);
    QVERIFY(model.setData(model.index(0, OverridesModel::BitsColumn), 3, Qt::EditRole));
    const auto proposed = spy.first().at(0).value<std::vector<LayerOverride>>();
    QCOMPARE(*proposed.front().bits, 3);
    QCOMPARE(*model.overrides().front().bits, 8); // the document decides
    QVERIFY(!model.setData(model.index(0, OverridesModel::BitsColumn), 17, Qt::EditRole));
    QVERIFY(!model.setData(model.index(0, OverridesModel::MatchColumn), " ", Qt::EditRole));
    QVERIFY(
        model.setData(model.index(0, OverridesModel::SkipColumn), Qt::Checked, Qt::CheckStateRole));
}

void TstFrameModels::treeShowsMeasures()
{
    ModelTreeModel model;
    const QAbstractItemModelTester tester(&model, strict);
    model.setModelInfo(test::exampleModel());
    model.setMeasure(
        {"KL divergence at 2 bits, nats per token",
         "KL, 2 bits",
         {{"model.layers.0.mlp.down_proj", 2.0}, {"model.layers.1.mlp.down_proj", 0.5}}});
    const int column = ModelTreeModel::MeasureColumn;
    QCOMPARE(model.headerData(column, Qt::Horizontal).toString(), QString("KL, 2 bits"));
    QVERIFY(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole)
                .toString()
                .contains("nats per token"));
    const auto shareOf = [&](const QModelIndex &index) {
        return index.siblingAtColumn(ModelTreeModel::MeasureColumn)
            .data(ModelTreeModel::measureRole);
    };
    QCOMPARE(shareOf(model.indexOfLayer("model.layers.0.mlp.down_proj")).toDouble(), 1.0);
    QCOMPARE(shareOf(model.indexOfLayer("model.layers.1.mlp.down_proj").parent()).toDouble(), 0.25);
    QVERIFY(!shareOf(model.indexOfLayer("lm_head")).isValid());
}

void TstFrameModels::theRecipeChangesTheSize()
{
    const auto model = test::exampleModel();
    Recipe recipe; // rtn at 4 bits; 800 weights in layers of blocks, 16 bits before
    const ModelInfo after = modelAfter(*model, recipe);
    QCOMPARE(after.bytes, model->bytes - 800 * 12 / 8);
    QCOMPARE(after.layers[1].bits, 4.0);
    QCOMPARE(after.layers[0].bits, 16.0); // the embedding is left alone
    LayerOverride skipped;
    skipped.match = "*";
    skipped.skip = true;
    recipe.overrides = {skipped};
    QCOMPARE(modelAfter(*model, recipe).bytes, model->bytes);
}

void TstFrameModels::timesAreShortToRead_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("tenths") << 0.31 << "0.3 s";
    QTest::newRow("seconds") << 42.4 << "42 s";
    QTest::newRow("below 90") << 89.0 << "89 s";
    QTest::newRow("minutes") << 130.0 << "2 min 10 s";
    QTest::newRow("hours") << 11100.0 << "3 h 5 min";
}

void TstFrameModels::timesAreShortToRead()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(formatSeconds(seconds), text);
}

BITPRISM_TEST(TstFrameModels);
#include "tst_frame_models.moc"
