// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/token_losses.h"
#include "tests/support/fake_engine.h"
#include "tests/support/mixed_store.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/selection.h"

#include <QSignalSpy>
#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

/// A store with two finished runs, opened.
struct Library
{
    Library()
    {
        store::ExperimentStore made(path.toStdString());
        for (const char *name : {"first", "second"}) {
            const double bits = ids.isEmpty() ? 4 : 3;
            ids.append(QString::fromStdString(test::addToyRun(made, name, bits, "{}")));
        }
        project.open(path);
    }
    bool isOpen()
    {
        return QTest::qWaitFor([this] { return project.state() == Project::State::Ready; });
    }
    /// Waits until a result has arrived, or is known not to be there.
    bool wait(const QString &run, std::string_view kind)
    {
        library.result(run, kind);
        return QTest::qWaitFor([&] {
            const RunLibrary::State state = library.stateOf(run, kind);
            return state != RunLibrary::State::Unknown && state != RunLibrary::State::Loading;
        });
    }

    QTemporaryDir folder;
    QString path = folder.filePath("runs.bitprism");
    QStringList ids;
    test::FakeEngine engine;
    Project project;
    JobHub hub{project};
    RunLibrary library{project, hub};
};

} // namespace

class TstRunLibrary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsStoredResults();
    void saysWhatIsNotThere();
    void aStoppedRunHidesNoFinishedOne();
    void aPartialRunHidesNoFinishedOne();
    void aRunAtWorkShowsOnceItHasFigures();
    void whatAnEarlierSessionStoppedIsTold();
    void aChoiceOfAnotherKindChangesNothing();
    void runsOfAnotherModelAreNotTheOpenOnes();
    void everyNameOfALiveResultIsKept();
    void keepsNoMoreThanItsShareOfMemory();
    void aDamagedStoreIsASentence();
    void liveResultsComeTheSameWay();
    void recordsAreReadInFull();
    void comparesRuns();
    void onlyTheNewestComparisonIsAnswered();
    void writesReports();
    void renamesAndDeletes();
    void seesRunsOfOtherProcesses();
    void listsManyRunsInPages();
};

void TstRunLibrary::readsStoredResults()
{
    Library l;
    QVERIFY(l.isOpen());
    QSignalSpy spy(&l.library, &RunLibrary::resultChanged);
    QVERIFY(l.library.resultOf<RunSummary>(l.ids[0]) == nullptr);
    QCOMPARE(l.library.stateOf(l.ids[0], RunSummary::kind), RunLibrary::State::Loading);
    QVERIFY(l.wait(l.ids[0], RunSummary::kind));
    QCOMPARE(spy.first().at(0).toString(), l.ids[0]);
    const auto summary = l.library.resultOf<RunSummary>(l.ids[0]);
    QVERIFY(summary != nullptr);
    QCOMPARE(summary->toJson().dump(),
             test::toyRunSummary(l.ids[0].toStdString(), 4).toJson().dump());
    QCOMPARE(l.library.resultOf<RunSummary>(l.ids[0]), summary); // kept, not read again
    QCOMPARE(l.library.newestRun("run"), l.ids[1]);
}

void TstRunLibrary::saysWhatIsNotThere()
{
    Library l;
    QVERIFY(l.isOpen());
    QVERIFY(l.wait(l.ids[0], SensitivityTable::kind));
    QCOMPARE(l.library.stateOf(l.ids[0], SensitivityTable::kind), RunLibrary::State::Absent);
    QVERIFY(!l.library.record("nothing"));
    QVERIFY(l.library.newestRun("sensitivity").isEmpty());
}

void TstRunLibrary::aStoppedRunHidesNoFinishedOne()
{
    Library l;
    store::ExperimentStore made(l.path.toStdString());
    store::RunRequest request;
    request.kind = "run";
    request.name = "stopped at once";
    request.blocks = 2;
    const store::NewRun stopped
        = made.createRun(request, test::toyModelInfo(), std::string(64, '0'));
    made.setStatus(stopped.id, store::RunStatus::Cancelled);
    QVERIFY(l.isOpen());
    QCOMPARE(l.library.newestRun("run"), l.ids[1]);
    for (const QString &id : l.ids) {
        made.deleteRun(id.toStdString());
    }
    QVERIFY(QTest::qWaitFor(
        [&] { return l.library.newestRun("run") == QString::fromStdString(stopped.id); }));
}

void TstRunLibrary::aPartialRunHidesNoFinishedOne()
{
    Library l;
    store::ExperimentStore made(l.path.toStdString());
    const QString partial = QString::fromStdString(test::addToyRun(made, "partial", 2, "{}"));
    store::Database(l.path.toStdString(), store::OpenMode::ReadWrite)
        .execute("UPDATE runs SET status = 'interrupted', blocks = 2, blocks_done = 1 "
                 "WHERE name = 'partial'");
    QVERIFY(l.isOpen());
    const auto isPartial = [&] { // the project may have read the store before
        const store::RunRecord *run = l.project.findRun(partial);
        return run != nullptr && run->status == store::RunStatus::Interrupted;
    };
    QTRY_VERIFY(isPartial());
    QCOMPARE(QString::fromStdString(l.project.runs()->front().id), partial);
    QCOMPARE(l.library.newestRun("run"), l.ids[1]);
    Selection selection;
    RecipeDocument recipe;
    RunFollower follower({&l.project, &selection, &l.hub, &l.library, &recipe}, "run",
                         RunFollower::Otherwise::Newest, nullptr);
    follower.choose();
    QCOMPARE(follower.run(), l.ids[1]);
    selection.setRun(partial); // the user's choice counts, once it is read
    QTRY_VERIFY(follower.choose() || follower.run() == partial);
    QCOMPARE(follower.run(), partial);
    for (const QString &id : l.ids) {
        made.deleteRun(id.toStdString());
    }
    QVERIFY(QTest::qWaitFor([&] { return l.library.newestRun("run") == partial; }));
}

namespace {

/// A sensitivity of the open model; without a table it has measured nothing.
store::NewRun addSensitivity(store::ExperimentStore &made, const std::string &name,
                             store::RunStatus status, const SensitivityTable *table)
{
    store::RunRequest request;
    request.kind = SensitivityTable::kind;
    request.name = name;
    request.blocks = 2;
    store::NewRun run = made.createRun(request, test::toyModelInfo(), std::string(64, '0'));
    if (table != nullptr) {
        made.putResult(run.id, *table);
    }
    made.setStatus(run.id, status);
    return run;
}

} // namespace

void TstRunLibrary::aRunAtWorkShowsOnceItHasFigures()
{
    Library l;
    const SensitivityTable measured = test::toySensitivity();
    QVERIFY(l.isOpen());
    store::ExperimentStore made(l.path.toStdString());
    const QString earlier = QString::fromStdString(
        addSensitivity(made, "earlier", store::RunStatus::Finished, &measured).id);
    const store::NewRun held // the run is at work while somebody holds it
        = addSensitivity(made, "at work", store::RunStatus::Running, nullptr);
    const QString working = QString::fromStdString(held.id);
    l.project.refreshRuns();
    QTRY_VERIFY(l.project.findRun(working) != nullptr);
    Selection selection;
    RecipeDocument recipe;
    const ViewContext context{&l.project, &selection, &l.hub, &l.library, &recipe};
    l.hub.setEngine(&l.engine);
    JobRequest request;
    request.kind = SensitivityTable::kind;
    l.hub.submit(request, "job");
    // Where another class has loaded the engine, the job is estimated before it starts.
    if (l.engine.job(1).request.options.find("dry_run") != std::string::npos) {
        l.engine.finish(1);
        QTRY_COMPARE(l.engine.last(), JobId(2));
    }
    const JobId job = l.engine.last();
    l.engine.start(job, working.toStdString());
    QTRY_COMPARE(workingRuns(context, SensitivityTable::kind), QStringList{working});
    QCOMPARE(shownRun(context, SensitivityTable::kind), earlier);
    SensitivityTable partial = measured;
    partial.complete = false;
    for (SensitivityCell &cell : partial.cells) { // predicted only, as before the first probe
        cell.klDivergence.reset();
        cell.deltaNll.reset();
    }
    l.engine.publish(job, std::make_shared<SensitivityTable>(partial));
    QTRY_VERIFY(l.library.resultOf<SensitivityTable>(working) != nullptr);
    QVERIFY(!l.library.hasFindings(working, SensitivityTable::kind));
    QCOMPARE(shownRun(context, SensitivityTable::kind), earlier);
    partial.cells.front().klDivergence = 0.1;
    l.engine.publish(job, std::make_shared<SensitivityTable>(partial));
    QTRY_COMPARE(shownRun(context, SensitivityTable::kind), working);
    QCOMPARE(settledRun(context, SensitivityTable::kind), earlier); // until the new one is complete
    selection.setRun(working);
    QCOMPARE(settledRun(context, SensitivityTable::kind), earlier);
    selection.releaseRuns({working});
    selection.setRun(earlier); // the user's choice counts
    QCOMPARE(shownRun(context, SensitivityTable::kind), earlier);
    selection.releaseRuns({earlier});
    QVERIFY(selection.run().isEmpty());
    QCOMPARE(shownRun(context, SensitivityTable::kind), working);
    RunFollower whole(context, SensitivityTable::kind, RunFollower::Otherwise::KeptComplete,
                      nullptr);
    made.putResult(held.id, partial);
    l.engine.finish(job, JobState::Cancelled);
    made.setStatus(held.id, store::RunStatus::Cancelled);
    l.project.refreshRuns();
    QTRY_COMPARE(l.project.findRun(working)->status, store::RunStatus::Cancelled);
    QTRY_COMPARE(l.library.stateOf(working, SensitivityTable::kind), RunLibrary::State::Ready);
    // What was being looked at stays, also once its job left the list.
    QCOMPARE(shownRun(context, SensitivityTable::kind), working);
    l.hub.clearFinished();
    QVERIFY(l.hub.jobs().isEmpty());
    QCOMPARE(shownRun(context, SensitivityTable::kind), working);
    whole.choose();
    QCOMPARE(whole.run(), earlier); // for who can use nothing less
    QCOMPARE(settledRun(context, SensitivityTable::kind), earlier);
    made.setStatus(held.id, store::RunStatus::Finished);
    l.project.refreshRuns();
    QTRY_COMPARE(settledRun(context, SensitivityTable::kind), working);
    selection.setRun(earlier);
    QCOMPARE(shownRun(context, SensitivityTable::kind), earlier);
    QCOMPARE(settledRun(context, SensitivityTable::kind), earlier);
}

/// A view shows the complete run and says that a newer one can be resumed.
void TstRunLibrary::whatAnEarlierSessionStoppedIsTold()
{
    Library l;
    QVERIFY(l.isOpen());
    const SensitivityTable measured = test::toySensitivity();
    store::ExperimentStore made(l.path.toStdString());
    const auto add = [&](const std::string &name, store::RunStatus status) {
        QString id = QString::fromStdString(addSensitivity(made, name, status, &measured).id);
        l.project.refreshRuns();
        return QTest::qWaitFor([&] { return l.project.findRun(id) != nullptr; }) ? id : QString();
    };
    Selection selection;
    RecipeDocument recipe;
    const ViewContext context{&l.project, &selection, &l.hub, &l.library, &recipe};
    constexpr std::string_view kind = SensitivityTable::kind;
    const QString older = add("older", store::RunStatus::Finished);
    const QString complete = add("complete", store::RunStatus::Finished);
    QCOMPARE(shownRun(context, kind), complete);
    QCOMPARE(toldRuns(context, kind, complete), QStringList{complete});
    QVERIFY(!isEarlierRun(context, kind, complete));
    // One that nobody holds was interrupted; then one that was stopped.
    const QString interrupted = add("interrupted", store::RunStatus::Running);
    QCOMPARE(shownRun(context, kind), complete);
    QCOMPARE(toldRuns(context, kind, complete), (QStringList{interrupted, complete}));
    QVERIFY(isEarlierRun(context, kind, complete));
    const QString stopped = add("stopped", store::RunStatus::Cancelled);
    QCOMPARE(toldRuns(context, kind, complete), (QStringList{stopped, complete}));
    QCOMPARE(toldRuns(context, kind, older), QStringList{older}); // it was chosen
    const QString newest = add("newest", store::RunStatus::Finished);
    QCOMPARE(shownRun(context, kind), newest);
    QCOMPARE(toldRuns(context, kind, newest), QStringList{newest});
}

void TstRunLibrary::aChoiceOfAnotherKindChangesNothing()
{
    Library l;
    const SensitivityTable measured = test::toySensitivity();
    QString first;
    {
        store::ExperimentStore made(l.path.toStdString());
        first = QString::fromStdString(
            addSensitivity(made, "first", store::RunStatus::Finished, &measured).id);
        addSensitivity(made, "second", store::RunStatus::Finished, &measured);
    }
    QVERIFY(l.isOpen());
    l.project.refreshRuns();
    QTRY_VERIFY(l.project.findRun(first) != nullptr);
    Selection selection;
    RecipeDocument recipe;
    const ViewContext context{&l.project, &selection, &l.hub, &l.library, &recipe};
    selection.setRun(first);
    selection.setRun(l.ids[0]); // a run that quantizes
    QCOMPARE(shownRun(context, SensitivityTable::kind), first);
    QCOMPARE(shownRun(context, "run"), l.ids[0]);
}

void TstRunLibrary::runsOfAnotherModelAreNotTheOpenOnes()
{
    Library l;
    test::MixedStore mixed;
    {
        store::ExperimentStore store(l.path.toStdString());
        mixed = test::addMixedRuns(store);
    }
    // The store's newest run is of "other": so is the open model.
    l.project.open(l.path);
    QVERIFY(l.isOpen());
    QCOMPARE(l.project.modelHash(), test::MixedStore::hashOf("other"));
    QCOMPARE(l.library.newestRun("sensitivity"), QString::fromStdString(mixed.otherSensitivity));
    QCOMPARE(l.library.newestRun("run"), QString::fromStdString(mixed.foreign));
    {
        store::ExperimentStore store(l.path.toStdString());
        store.deleteRun(mixed.otherSensitivity);
    }
    l.project.refreshRuns();
    QVERIFY(QTest::qWaitFor([&] { return l.library.newestRun("sensitivity").isEmpty(); }));
}

void TstRunLibrary::everyNameOfALiveResultIsKept()
{
    Library l;
    QVERIFY(l.isOpen());
    l.hub.setEngine(&l.engine);
    l.hub.submit({}, "job");
    l.engine.start(1, "live");
    for (const char *key : {"a", "b"}) { // in one burst, as a resumed run publishes them
        const auto losses = std::make_shared<TokenLosses>();
        losses->key = key;
        l.engine.publish(1, losses);
    }
    const auto keyOf = [&](const QString &name) {
        const auto losses = l.library.resultOf<TokenLosses>("live", name);
        return losses ? losses->key : std::string();
    };
    QVERIFY(QTest::qWaitFor([&] { return keyOf("losses:b") == "b"; }));
    QCOMPARE(keyOf("losses:a"), std::string("a"));
    l.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return !l.hub.isBusy(); }));
}

void TstRunLibrary::keepsNoMoreThanItsShareOfMemory()
{
    Library l;
    QVERIFY(l.isOpen());
    l.hub.setEngine(&l.engine);
    l.hub.submit({}, "job");
    std::vector<std::weak_ptr<const Result>> published;
    QSignalSpy spy(&l.library, &RunLibrary::resultChanged);
    for (int i = 0; i < 6; ++i) { // 64 MB each
        auto table = std::make_shared<OutlierTable>();
        table->layers.resize(1);
        table->layers.front().channelMaxAbs.resize(std::size_t{8} << 20);
        published.push_back(table);
        l.engine.start(1, "run " + std::to_string(i));
        l.engine.publish(1, std::move(table));
        QVERIFY(QTest::qWaitFor([&] { return spy.count() > i; }));
    }
    QVERIFY(published.front().expired());
    QVERIFY(!published.back().expired());
    l.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return !l.hub.isBusy(); }));
}

void TstRunLibrary::aDamagedStoreIsASentence()
{
    Library l;
    QVERIFY(l.isOpen());
    {
        store::Database database(l.path.toStdString(), store::OpenMode::ReadWrite);
        database.execute("UPDATE results SET body = 'not JSON'");
    }
    QVERIFY(l.wait(l.ids[0], RunSummary::kind));
    QCOMPARE(l.library.stateOf(l.ids[0], RunSummary::kind), RunLibrary::State::Failed);
    QVERIFY(!l.library.problem(l.ids[0], RunSummary::kind).isEmpty());
}

void TstRunLibrary::liveResultsComeTheSameWay()
{
    Library l;
    QVERIFY(l.isOpen());
    l.hub.setEngine(&l.engine);
    l.hub.submit({}, "job");
    QSignalSpy spy(&l.library, &RunLibrary::resultChanged);
    const auto table = std::make_shared<SensitivityTable>(test::toySensitivity());
    l.engine.start(1, "live");
    l.engine.publish(1, table);
    QVERIFY(QTest::qWaitFor([&] { return spy.count() > 0; }));
    QCOMPARE(spy.first().at(0).toString(), "live");
    QCOMPARE(l.library.resultOf<SensitivityTable>("live"), table);
    l.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return !l.hub.isBusy(); }));
}

void TstRunLibrary::recordsAreReadInFull()
{
    Library l;
    QVERIFY(l.isOpen());
    QCOMPARE(l.library.record(l.ids[0])->name, "first");
    QVERIFY(QTest::qWaitFor([&] { return !l.library.record(l.ids[0])->recipe.empty(); }));
}

void TstRunLibrary::comparesRuns()
{
    Library l;
    QVERIFY(l.isOpen());
    QSignalSpy spy(&l.library, &RunLibrary::comparisonReady);
    l.library.requestComparison(l.ids);
    QVERIFY(spy.wait());
    const auto comparison = spy.first().at(1).value<std::shared_ptr<const Comparison>>();
    QVERIFY(comparison != nullptr);
    QCOMPARE(comparison->runs.size(), std::size_t(2));
    l.library.requestComparison({"nothing"});
    QVERIFY(spy.wait());
    QVERIFY(spy.last().at(2).toString().contains("nothing"));
    QCOMPARE(spy.last().at(0).toStringList(), QStringList("nothing"));
}

void TstRunLibrary::onlyTheNewestComparisonIsAnswered()
{
    Library l;
    QVERIFY(l.isOpen());
    QSignalSpy spy(&l.library, &RunLibrary::comparisonReady);
    for (int i = 0; i < 10; ++i) {
        l.library.requestComparison({l.ids[0]});
    }
    l.library.requestComparison({l.ids[1]});
    QVERIFY(spy.wait());
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy.first().at(0).toStringList(), QStringList(l.ids[1]));
}

void TstRunLibrary::writesReports()
{
    Library l;
    QVERIFY(l.isOpen());
    QSignalSpy ready(&l.library, &RunLibrary::reportReady);
    l.library.requestReport(l.ids);
    QVERIFY(ready.wait());
    QCOMPARE(ready.first().at(1).value<std::shared_ptr<const ReportModel>>()->runs.size(),
             std::size_t(2));
    QSignalSpy written(&l.library, &RunLibrary::reportWritten);
    const QString file = l.folder.filePath("report.md");
    l.library.writeReport(l.ids, "markdown", file);
    QVERIFY(written.wait());
    QCOMPARE(written.first().at(1).toLongLong(), QFileInfo(file).size());
    l.library.writeReport(l.ids, "markdown", "/nonexistent/report.md");
    QVERIFY(written.wait());
    QVERIFY(written.last().at(2).toString().contains("/nonexistent/report.md"));
}

void TstRunLibrary::renamesAndDeletes()
{
    Library l;
    QVERIFY(l.isOpen());
    l.library.renameRun(l.ids[0], "better");
    QVERIFY(QTest::qWaitFor([&] { return l.project.findRun(l.ids[0])->name == "better"; }));
    l.library.deleteRun(l.ids[0]);
    QVERIFY(QTest::qWaitFor([&] { return l.project.findRun(l.ids[0]) == nullptr; }));
    QSignalSpy failed(&l.library, &RunLibrary::editFailed);
    l.library.deleteRun(l.ids[0]);
    QVERIFY(failed.wait());
}

void TstRunLibrary::seesRunsOfOtherProcesses()
{
    Library l;
    QVERIFY(l.isOpen());
    QSignalSpy spy(&l.project, &Project::runsChanged);
    {
        store::ExperimentStore other(l.path.toStdString());
        test::addToyRun(other, "third", 2, "{}");
    }
    QVERIFY(QTest::qWaitFor([&] { return l.project.runs()->size() == 3; }, 20000));
    QVERIFY(spy.count() >= 1);
}

void TstRunLibrary::listsManyRunsInPages()
{
    Library l;
    QVERIFY(l.isOpen());
    {
        store::Database database(l.path.toStdString(), store::OpenMode::ReadWrite);
        database.execute(
            "INSERT INTO runs (id, name, kind, model_id, model_path, recipe_id, environment_id, "
            "request, status, blocks, created) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i "
            "+ 1 FROM n WHERE i < 2500) SELECT 'many' || i, 'run', 'run', model_id, model_path, "
            "recipe_id, environment_id, '{}', 'finished', 1, created FROM n, (SELECT * FROM runs "
            "LIMIT 1)");
    }
    l.project.open(l.path);
    QVERIFY(QTest::qWaitFor([&] { return l.project.runs() && l.project.runs()->size() == 2502; }));
}

BITPRISM_TEST(TstRunLibrary);
#include "tst_run_library.moc"
