// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/describe.h"
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/example_model.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/engine_starter.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/runs/runs_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <fstream>

using namespace bitprism;

namespace {

/// A folder with a toy checkpoint and a store with one finished run.
struct Folder
{
    Folder()
    {
        test::writeToyLlama(model.toStdString());
        store::ExperimentStore made(store.toStdString());
        store::RunRequest request;
        request.kind = "run";
        request.name = "gptq 3 bits";
        request.blocks = 2;
        const store::NewRun run = made.createRun(request, *test::exampleModel(), "hash");
        made.setStatus(run.id, store::RunStatus::Finished);
    }

    QTemporaryDir folder;
    QString model = folder.filePath("toy");
    QString store = folder.filePath("project.bitprism");
};

/// Until the project is no longer loading.
bool waitFor(Project &project)
{
    return QTest::qWaitFor([&] { return project.state() != Project::State::Loading; });
}

} // namespace

class TstProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void opensAModelWithItsStore();
    void opensAStoreWithItsModel();
    void aStoreShowsTheFolderOfItsModel();
    void aMissingModelFailsWithOneSentence();
    void aDamagedStoreLeavesTheModelOpen();
    void whatCannotBeOpenedLeavesTheOpenModel_data();
    void whatCannotBeOpenedLeavesTheOpenModel();
    void aStoreThatIsYetToComeIsNoProblem();
    void readingKeepsTheLocksOfOpenStores();
    void aDamagedTokenizerLeavesTheModelOpen();
    void theNewestRequestWins();
    void runsAreMeasuredAsTheModelsNewest();
    void aMalformedRequestMeasuresTheUsual();
    void lookingAtAModelMakesNoStore();
    void closingWhileReadingIsSafe();
    void runsTableKeepsTheRulesOfItemModels();
    void runsTableShowsProgressOfUnfinishedRuns();
    void engineStarterSaysHowItEnded();
};

void TstProject::init() { qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitprism-none"); }

void TstProject::opensAModelWithItsStore()
{
    const Folder folder;
    Project project;
    QCOMPARE(project.state(), Project::State::Empty);
    project.open(folder.model, folder.store);
    QCOMPARE(project.state(), Project::State::Loading);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QCOMPARE(project.model()->family, "llama");
    QCOMPARE(project.model()->blocks, 2);
    QCOMPARE(project.runs()->size(), std::size_t(1));
    QVERIFY(project.modelProblem().isEmpty());
    QVERIFY(project.storeProblem().isEmpty());
}

void TstProject::lookingAtAModelMakesNoStore()
{
    const Folder folder;
    qputenv("XDG_DATA_HOME", folder.folder.filePath("data").toUtf8());
    Project project;
    project.open(folder.model);
    QVERIFY(waitFor(project));
    QVERIFY(project.writableStorePath().endsWith("data/bitprism/store.bitprism"));
    QVERIFY(!QFileInfo::exists(folder.folder.filePath("data")));
}

void TstProject::opensAStoreWithItsModel()
{
    const Folder folder;
    Project project;
    project.open(folder.store);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QCOMPARE(project.model()->name, "example");
    QCOMPARE(project.runs()->front().name, "gptq 3 bits");
}

void TstProject::aStoreShowsTheFolderOfItsModel() // a run keeps nothing of the tokenizer
{
    const QTemporaryDir folder;
    const std::string model = folder.filePath("toy").toStdString();
    test::ToyLlama options;
    options.vocabulary = 300;
    options.hasTokenizer = true;
    test::writeToyLlama(model, options);
    const QString file = folder.filePath("runs.bitprism");
    {
        store::ExperimentStore made(file.toStdString());
        store::RunRequest request;
        request.kind = "run";
        request.blocks = 2;
        ModelInfo info = describeModel(model);
        QVERIFY(info.tokenizer.empty());
        made.createRun(request, info, "hash");
    }
    Project project;
    project.open(file);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QVERIFY(!project.model()->tokenizer.empty());
}

void TstProject::aMissingModelFailsWithOneSentence()
{
    Project project;
    project.open("/nowhere/at/all");
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Failed);
    QVERIFY(project.modelProblem().contains("/nowhere/at/all"));
    QVERIFY(!project.modelProblem().contains('\n'));
}

void TstProject::aDamagedStoreLeavesTheModelOpen()
{
    const Folder folder;
    const QString damaged = folder.folder.filePath("damaged.bitprism");
    std::ofstream(damaged.toStdString()) << "SQLite format 3 but not really";
    Project project;
    project.open(folder.model, damaged);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QVERIFY(project.storeProblem().contains("damaged.bitprism"));
    QVERIFY(!project.runs());
}

void TstProject::whatCannotBeOpenedLeavesTheOpenModel_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("a page") << "r.html" << QByteArray("<html></html>");
    QTest::newRow("a damaged project")
        << "bad.bitprism" << QByteArray("no database at all, really");
    QTest::newRow("nothing") << "missing" << QByteArray();
}

void TstProject::whatCannotBeOpenedLeavesTheOpenModel()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    const Folder folder;
    const QString bad = folder.folder.filePath(name);
    if (!content.isEmpty()) {
        std::ofstream(bad.toStdString()) << content.toStdString();
    }
    Project project;
    project.open(folder.model, folder.store);
    QVERIFY(waitFor(project));
    QSignalSpy failed(&project, &Project::openFailed);
    project.open(bad);
    QVERIFY(waitFor(project));
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed.at(0).at(0).toString(), bad);
    QVERIFY(failed.at(0).at(1).toString().contains(name));
    QCOMPARE(project.state(), Project::State::Ready);
    QCOMPARE(project.target(), folder.model);
    QCOMPARE(project.model()->family, "llama");
    QCOMPARE(project.runs()->size(), std::size_t(1));
    QCOMPARE(QFileInfo(project.storePath()), QFileInfo(folder.store));
    QVERIFY(project.modelProblem().isEmpty() && project.storeProblem().isEmpty());
}

/// The first run makes the file.
void TstProject::aStoreThatIsYetToComeIsNoProblem()
{
    const Folder folder;
    const QString fresh = folder.folder.filePath("new.bitprism");
    Project project;
    project.open(folder.model, fresh);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QVERIFY2(project.storeProblem().isEmpty(), qPrintable(project.storeProblem()));
    QVERIFY(!QFile::exists(fresh));
}

/// A job of the window holds its store open meanwhile. POSIX locks belong to the process: whoever
/// closes a descriptor of the file drops them all.
void TstProject::readingKeepsTheLocksOfOpenStores()
{
    const QTemporaryDir folder;
    const QString plain = folder.filePath("store without suffix");
    const store::ExperimentStore held(plain.toStdString());
    static_cast<void>(held.countRuns());
    QFile probe(plain); // stays open: closing it would drop the locks too
    QVERIFY(probe.open(QIODevice::ReadWrite));
    const auto isLocked = [&] {
        struct flock request = {};
        request.l_type = F_WRLCK;
        request.l_whence = SEEK_SET;
        return ::fcntl(probe.handle(), F_OFD_GETLK, &request) == 0 && request.l_type != F_UNLCK;
    };
    QVERIFY(isLocked());
    QVERIFY(ProjectReader::read(plain, {}).runs != nullptr);
    QVERIFY(isLocked());
}

void TstProject::aDamagedTokenizerLeavesTheModelOpen()
{
    const Folder folder;
    std::ofstream((folder.model + "/tokenizer.json").toStdString()) << "{";
    Project project;
    project.open(folder.model, folder.store);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QVERIFY(QString::fromStdString(project.model()->tokenizer).contains("tokenizer.json"));
}

void TstProject::theNewestRequestWins()
{
    const Folder folder;
    Project project;
    project.open("/nowhere/at/all");
    project.open(folder.model, folder.store);
    QVERIFY(waitFor(project));
    QCOMPARE(project.state(), Project::State::Ready);
    QCOMPARE(project.model()->family, "llama");
}

void TstProject::runsAreMeasuredAsTheModelsNewest()
{
    const Folder folder;
    store::RunRequest request;
    request.kind = "run";
    request.request = R"({"options": {"samples": 40, "length": 256, "evaluations": [
        {"task": "perplexity", "data": "/elsewhere.txt"},
        {"task": {"id": "kl-divergence"}, "data": "/elsewhere.txt"}]}})";
    {
        store::ExperimentStore made(folder.store.toStdString());
        const std::string hash = store::checkpointFingerprint(folder.model.toStdString());
        const store::NewRun run = made.createRun(request, *test::exampleModel(), hash);
        RunMetric metric;
        metric.measured.task = "perplexity";
        made.putMetric(run.id, metric);
        made.setStatus(run.id, store::RunStatus::Finished);
    }
    Project project;
    project.open(folder.model, folder.store);
    QVERIFY(waitFor(project));
    project.setDataFiles("/calibration.txt", "/evaluation.txt");
    Json options = Json::parse(runRequest(project, Recipe(), {}).options);
    QCOMPARE(options["samples"].get<int>(), 40);
    QCOMPARE(options["length"].get<int>(), 256);
    QVERIFY(!options.contains("stride"));
    QCOMPARE(options["evaluations"].size(), std::size_t(2));
    QCOMPARE(options["evaluations"][1]["task"]["id"].get<std::string>(), "kl-divergence");
    QCOMPARE(options["evaluations"][1]["data"].get<std::string>(), "/evaluation.txt");

    UsualEvaluation whole = project.usualEvaluation(); // the user wants all of it
    whole.samples = 0;
    project.setUsualEvaluation(whole);
    options = Json::parse(runRequest(project, Recipe(), {}).options);
    QVERIFY(!options.contains("samples"));
    QCOMPARE(options["length"].get<int>(), 256);
}

void TstProject::aMalformedRequestMeasuresTheUsual()
{
    for (const char *request : {"", "[]", "{}", "{", R"({"options": 3})",
                                R"({"options": {"evaluations": {}, "samples": "x"}})",
                                R"({"options": {"evaluations": [1, {}], "length": -4}})"}) {
        QVERIFY2(UsualEvaluation::ofRequest(request) == UsualEvaluation(), request);
    }
}

void TstProject::closingWhileReadingIsSafe()
{
    const Folder folder;
    for (int i = 0; i < 5; ++i) {
        Project project;
        project.open(folder.model, folder.store);
        QCOMPARE(project.state(), Project::State::Loading);
    } // destroyed before the answer is taken
}

void TstProject::runsTableKeepsTheRulesOfItemModels()
{
    Project project;
    const JobHub hub(project);
    RunsModel model(hub);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    store::RunRecord run;
    run.name = "rtn";
    run.status = store::RunStatus::Finished;
    run.averageBits = 3.25;
    model.setRuns(std::make_shared<const std::vector<store::RunRecord>>(2, run));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, RunsModel::BitsColumn).data().toString(), "3.25");
    model.setRuns(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstProject::runsTableShowsProgressOfUnfinishedRuns()
{
    store::RunRecord run;
    run.status = store::RunStatus::Interrupted;
    run.blocks = 6;
    run.blocksDone = 2;
    Project project;
    const JobHub hub(project);
    RunsModel model(hub);
    model.setRuns(std::make_shared<const std::vector<store::RunRecord>>(1, run));
    QCOMPARE(model.index(0, RunsModel::StatusColumn).data().toString(), "Interrupted at 33 %");
}

void TstProject::engineStarterSaysHowItEnded() // with the engine's library, or without it
{
    EngineStarter starter;
    QSignalSpy spy(&starter, &EngineStarter::stateChanged);
    starter.start();
    starter.start();
    QCOMPARE(starter.state(), EngineStarter::State::Loading);
    const int loadLimit = 60000; // loading LibTorch from a cold disk on a busy machine
    QVERIFY(QTest::qWaitFor([&] { return starter.state() != EngineStarter::State::Loading; },
                            loadLimit));
    QCOMPARE(spy.count(), 2);
    QCOMPARE(starter.engine() == nullptr, starter.state() == EngineStarter::State::Failed);
    QCOMPARE(starter.problem().isEmpty(), starter.state() == EngineStarter::State::Ready);
}

BITPRISM_TEST(TstProject);
#include "tst_project.moc"
