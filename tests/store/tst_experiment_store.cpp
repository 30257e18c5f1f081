// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"
#include "core/io/atomic_file.h"
#include "core/results/generation.h"
#include "core/store/checkpoint_fingerprint.h"
#include "core/store/file_system.h"
#include "tests/support/mixed_store.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>

using namespace bitprism;
using namespace bitprism::store;

namespace {

QString messageOf(const std::function<void()> &action)
{
    try {
        action();
    } catch (const Error &error) {
        return (error.code() == ErrorCode::BadInput ? "BadInput: " : "other: ")
            + QString::fromUtf8(error.what());
    }
    return "nothing thrown";
}

std::filesystem::path in(const QTemporaryDir &folder, const char *name)
{
    return std::filesystem::path(folder.path().toStdString()) / name;
}

RunRequest requestNamed(const std::string &name, const std::string &kind = "run")
{
    RunRequest request;
    request.kind = kind;
    request.name = name;
    request.blocks = 2;
    return request;
}

const std::string toyHash(64, '1');

} // namespace

class TstExperimentStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<ExperimentStore>(in(*m_folder, "project.bitprism"));
    }

    void cleanup()
    {
        m_store.reset();
        m_folder.reset();
    }

    void aRunKeepsWhatItWasMadeOf()
    {
        RunRequest request = requestNamed("first");
        request.experiment = "sweep";
        request.recipe = R"({"seed":3,"version":1})";
        request.request = R"({"kind":"run"})";
        request.environment = environmentJson(2);
        const NewRun made = m_store->createRun(request, test::toyModelInfo(), toyHash);
        const RunRecord record = m_store->run(made.id);
        QCOMPARE(record.name, request.name);
        QCOMPARE(record.experiment, request.experiment);
        QCOMPARE(record.recipe, request.recipe);
        QCOMPARE(record.request, request.request);
        QCOMPARE(record.environment, request.environment);
        QCOMPARE(record.model, std::string("toy"));
        QCOMPARE(record.modelHash, toyHash);
        QCOMPARE(record.status, RunStatus::Queued);
        QCOMPARE(record.blocks, 2);
        QCOMPARE(record.blocksDone, 0);
        QVERIFY(QDateTime::fromString(QString::fromStdString(record.created), Qt::ISODateWithMs)
                    .isValid());
        QVERIFY(std::filesystem::is_directory(m_store->runFolder(made.id)));
        QCOMPARE(m_store->model(made.id).layers.size(), test::toyModelInfo().layers.size());
    }

    void listingsTellTheHeadlinesOfMetrics()
    {
        const std::string id = test::addToyRun(*m_store, "measured", 3, "{}");
        test::addToyRun(*m_store, "another", 4, "{}");
        const RunMetric metric = test::toyRunSummary(id, 3).metrics.front();
        const auto paired = pairedNllDifference(metric.measured, *metric.baseline);
        QVERIFY(paired);
        RunQuery query;
        query.text = "measured";
        for (const RunRecord &record : {m_store->listRuns(query).front(), m_store->run(id)}) {
            QCOMPARE(record.metrics.size(), std::size_t{1});
            const HeadlineMetric &headline = record.metrics.front();
            QCOMPARE(headline.task, metric.measured.task);
            QCOMPARE(headline.data, metric.measured.data);
            QCOMPARE(headline.unit, metric.measured.unit);
            QCOMPARE(headline.value, std::optional(metric.measured.value));
            QCOMPARE(headline.standardError, std::optional(metric.measured.standardError));
            QCOMPARE(headline.baseline, std::optional(metric.baseline->value));
            QCOMPARE(headline.deltaNll, std::optional(paired->mean));
            QCOMPARE(headline.deltaNllStandardError, std::optional(paired->standardError));
            QCOMPARE(headline.klDivergence, std::optional(metric.measured.divergence->mean));
        }
        for (const RunRecord &record : m_store->listRuns()) {
            QCOMPARE(record.metrics.size(), std::size_t{1});
        }
    }

    void wordErrorsAreNoLosses()
    {
        const std::string id = test::addToyRun(*m_store, "heard", 3, "{}");
        RunMetric metric;
        metric.measured.task = "wer";
        metric.measured.unit = "% of words";
        metric.measured.value = 20;
        metric.measured.windowNll = {100, 300}; // 100 x errors
        metric.measured.windowTokens = {10, 10};
        metric.baseline = metric.measured;
        metric.baseline->value = 10;
        metric.baseline->windowNll = {0, 200};
        m_store->putMetric(id, metric);
        const RunRecord record = m_store->run(id);
        const auto headline
            = std::find_if(record.metrics.begin(), record.metrics.end(),
                           [](const HeadlineMetric &each) { return each.task == "wer"; });
        QVERIFY(headline != record.metrics.end());
        QCOMPARE(headline->baseline, std::optional(10.0));
        QVERIFY(!headline->deltaNll && !headline->deltaNllStandardError);
    }

    void environmentNamesVersionMachineAndThreads()
    {
        const Json environment = Json::parse(environmentJson(3));
        QCOMPARE(environment.at("threads").get<int>(), 3);
        for (const char *key : {"version", "machine", "processor", "cores", "memory_bytes"}) {
            QVERIFY2(environment.contains(key), key);
        }
    }

    void anUnnamedRunIsNamedForItsKindAndModel()
    {
        const NewRun made
            = m_store->createRun(requestNamed("", "outliers"), test::toyModelInfo(), toyHash);
        QCOMPARE(m_store->run(made.id).name, std::string("outliers toy"));
    }

    void aUniquePrefixFindsTheRun()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        QCOMPARE(m_store->findRun(id.substr(0, id.size() - 1)), id);
        QCOMPARE(m_store->run(id.substr(0, 4)).id, id);
    }

    void aSharedPrefixIsRefused()
    {
        // 20 runs among 19 first letters: two begin alike.
        std::map<char, int> firstLetters;
        for (int i = 0; i < 20; ++i) {
            ++firstLetters[m_store->createRun(requestNamed("x"), test::toyModelInfo(), toyHash)
                               .id.front()];
        }
        const auto shared = std::find_if(firstLetters.begin(), firstLetters.end(),
                                         [](const auto &entry) { return entry.second > 1; });
        QVERIFY(shared != firstLetters.end());
        const QString message = messageOf([&] { m_store->findRun(std::string(1, shared->first)); });
        QVERIFY2(message.startsWith("BadInput") && message.contains("several"),
                 qPrintable(message));
    }

    void anUnknownRunIsBadInput_data()
    {
        QTest::addColumn<QString>("id");
        QTest::newRow("other") << "nosuchrun";
        QTest::newRow("empty") << "";
        QTest::newRow("leaves the folder") << "../..";
        QTest::newRow("wildcard") << "%";
        QTest::newRow("quote") << "' OR 1=1 --";
    }

    void anUnknownRunIsBadInput()
    {
        QFETCH(QString, id);
        test::addToyRun(*m_store, "a", 4, "{}");
        const std::string name = id.toStdString();
        const std::vector<std::function<void()>> actions{
            [&] { m_store->run(name); }, [&] { m_store->deleteRun(name); },
            [&] { m_store->model(name); }, [&] { m_store->lockRun(name); },
            [&] { m_store->setStatus(name, RunStatus::Finished); }};
        for (const auto &action : actions) {
            QVERIFY2(messageOf(action).startsWith("BadInput"), qPrintable(messageOf(action)));
        }
        QCOMPARE(m_store->countRuns(), 1);
    }

    void everyStatusIsNamedAndComesBack_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("ends");
        const char *names[]
            = {"queued", "running", "finished", "failed", "cancelled", "interrupted"};
        for (int i = 0; i < 6; ++i) {
            QTest::newRow(names[i]) << i << names[i] << (i >= 2);
        }
    }

    void everyStatusIsNamedAndComesBack()
    {
        QFETCH(int, status);
        QFETCH(QString, name);
        QFETCH(bool, ends);
        const auto wanted = static_cast<RunStatus>(status);
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        m_store->setStatus(made.id, wanted, wanted == RunStatus::Failed ? "Disk full." : "");
        QCOMPARE(QString::fromUtf8(statusName(wanted)), name);
        QCOMPARE(m_store->run(made.id).status, wanted);
        QCOMPARE(!m_store->run(made.id).finished.empty(), ends);
        QCOMPARE(m_store->run(made.id).failure,
                 std::string(wanted == RunStatus::Failed ? "Disk full." : ""));
    }

    void aBlockComesBackAsCommitted()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        std::vector<RunLayer> rows = test::toyRunLayers(1, 3);
        rows[0].ratio = 0.05;
        rows[1].outputMse.reset();
        rows[1].weightMse = std::nan("");
        m_store->commitBlock(made.id, 1, rows, R"({"hash":"abc"})");
        m_store->commitBlock(made.id, 0, test::toyRunLayers(0, 3));
        const RunProgress progress = m_store->runProgress(made.id);
        QCOMPARE(progress.journal.size(), std::size_t{2});
        QCOMPARE(progress.journal[0].block, 0);
        QCOMPARE(progress.journal[1].entry, std::string(R"({"hash":"abc"})"));
        QCOMPARE(progress.layers.size(), std::size_t{4});
        const RunLayer &back = progress.layers[2];
        QCOMPARE(back.name, rows[0].name);
        QCOMPARE(back.block, rows[0].block);
        QCOMPARE(back.bits, rows[0].bits);
        QCOMPARE(back.ratio, rows[0].ratio);
        QCOMPARE(back.weightMse, rows[0].weightMse);
        QCOMPARE(back.outputMse, rows[0].outputMse);
        QCOMPARE(back.seconds, rows[0].seconds);
        QCOMPARE(back.storageBits, rows[0].storageBits);
        QCOMPARE(back.weights, rows[0].weights);
        QVERIFY(std::isnan(progress.layers[3].weightMse));
        QVERIFY(!progress.layers[3].outputMse);
        QCOMPARE(m_store->run(made.id).blocksDone, 2);
    }

    void committingABlockAgainReplacesIt()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        m_store->commitBlock(made.id, 0, test::toyRunLayers(0, 3));
        m_store->commitBlock(made.id, 0, test::toyRunLayers(0, 8), "[1]");
        const RunProgress progress = m_store->runProgress(made.id);
        QCOMPARE(progress.layers.size(), std::size_t{2});
        QCOMPARE(progress.layers[0].bits, 8.0);
        QCOMPARE(progress.journal[0].entry, std::string("[1]"));
        QCOMPARE(m_store->run(made.id).blocksDone, 1);
    }

    void droppedBlocksAreForgotten()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        m_store->dropBlocksFrom(id, 1);
        QCOMPARE(m_store->run(id).blocksDone, 1);
        QCOMPARE(m_store->runProgress(id).layers.size(), std::size_t{2});
    }

    void everyKindOfResultSurvivesTheStore()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        Estimate estimate;
        estimate.seconds = 12.5;
        estimate.memoryBytes = 1 << 20;
        Generation generation;
        generation.ids = {1, 5, 3};
        generation.text = "In the \u00e9nd";
        ExportSummary exported;
        exported.format = "safetensors";
        exported.output = "/exports/toy";
        exported.bytes = 12345;
        const std::vector<std::shared_ptr<const Result>> all{
            std::make_shared<Generation>(generation),
            std::make_shared<ExportSummary>(exported),
            std::make_shared<Allocation>(test::toyAllocation()),
            std::make_shared<Estimate>(estimate),
            std::make_shared<Evaluation>(test::toyEvaluation(2.5)),
            std::make_shared<ModelInfo>(test::toyModelInfo()),
            std::make_shared<OutlierTable>(test::toyOutliers()),
            std::make_shared<RunSummary>(test::toyRunSummary(made.id, 3)),
            std::make_shared<SensitivityTable>(test::toySensitivity())};
        for (const auto &result : all) {
            m_store->putResult(made.id, *result);
        }
        const std::vector<StoredResult> back = m_store->results(made.id);
        QCOMPARE(back.size(), all.size());
        for (const auto &result : all) {
            const ResultPtr stored = m_store->result(made.id, result->resultKind());
            QVERIFY(stored != nullptr);
            QCOMPARE(QString::fromStdString(stored->toJson().dump()),
                     QString::fromStdString(result->toJson().dump()));
        }
        QVERIFY(m_store->resultOf<SensitivityTable>(made.id)->cells.size() == 16);
    }

    void damagedAndUnknownResultsAreToldApart()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        const Database database(m_store->file(), OpenMode::ReadWrite);
        Statement add(database,
                      "INSERT INTO results (run_id, kind, name, body, created) VALUES "
                      "(?, ?, '', ?, '')");
        add.bind(id, "hologram", "{}").run(); // of a later version: left alone
        QCOMPARE(m_store->results(id).size(), std::size_t{1});
        QVERIFY(m_store->result(id, "hologram") == nullptr);
        add.reset();
        add.bind(id, "sensitivity", R"({"cells": 3)").run();
        QVERIFY(messageOf([&] { m_store->result(id, "sensitivity"); }).startsWith("BadInput"));
        QVERIFY(m_store->resultOf<RunSummary>(id) != nullptr);
    }

    void aFinishedAnalysisSaysHowLongItTook()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        OutlierTable table;
        table.seconds = 2.5;
        m_store->putResult(made.id, table);
        QVERIFY(!m_store->run(made.id).seconds); // still at work
        table.complete = true;
        m_store->putResult(made.id, table);
        QCOMPARE(m_store->run(made.id).seconds, std::optional<double>(2.5));
    }

    void namedResultsOfOneKindStandBesideEachOther()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        m_store->putResult(made.id, test::toyEvaluation(2), "a.txt");
        m_store->putResult(made.id, test::toyEvaluation(3), "b.txt");
        m_store->putResult(made.id, test::toyEvaluation(4), "b.txt");
        QCOMPARE(m_store->results(made.id).size(), std::size_t{2});
        const auto second = m_store->resultOf<Evaluation>(made.id, "b.txt");
        QCOMPARE(*second->nll, *test::toyEvaluation(4).nll);
        QVERIFY(m_store->result(made.id, Evaluation::kind, "c.txt") == nullptr);
        QCOMPARE(m_store->results(made.id).back().name, std::string("b.txt"));
    }

    void baselinesAreToldFromARunsOwnResults()
    {
        const test::MixedStore mixed = test::addMixedRuns(*m_store);
        const std::vector<StoredResult> results = m_store->results(mixed.interrupted);
        QCOMPARE(results.size(), std::size_t{1});
        QVERIFY(results.front().isBaseline());
        QVERIFY(!m_store->results(mixed.toySensitivity).front().isBaseline());
    }

    void resultsAreSharedByModelAndDevice()
    {
        using M = test::MixedStore;
        test::addMixedRuns(*m_store);
        const auto baselineOf = [&](const std::string &model, const char *device) {
            return resultAs<Evaluation>(m_store->newestResult(
                M::hashOf(model), device, Evaluation::kind, M::baselineName(64)));
        };
        QCOMPARE(*baselineOf("toy", "cpu")->nll, *test::keyedEvaluation(M::toyLoss, 64).nll);
        QCOMPARE(*baselineOf("other", "cpu")->nll, *test::keyedEvaluation(M::otherLoss, 64).nll);
        QVERIFY(baselineOf("toy", "cuda") == nullptr);
    }

    void otherParametersAreAnotherMetric()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        RunMetric metric;
        for (const int length : {32, 64, 64}) {
            metric.measured = test::keyedEvaluation(2.5, length);
            m_store->putMetric(id, metric);
        }
        QCOMPARE(m_store->metrics(id).size(), std::size_t{3}); // with the toy's own, without a key
        const RunRecord record = m_store->run(id);
        QCOMPARE(record.metrics.size(), std::size_t{3});
        QCOMPARE(std::count_if(record.metrics.begin(), record.metrics.end(),
                               [](const HeadlineMetric &m) {
                                   return m.length == 32 && m.key == test::MixedStore::keyOf(32);
                               }),
                 1);
    }

    void aSummaryGivesTheRunItsHeadline()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        const RunRecord record = m_store->listRuns().front();
        QCOMPARE(record.averageBits.value(), 4.25);
        QCOMPARE(record.bytes.value(), test::toyRunSummary(id, 4).bytes);
        QCOMPARE(record.seconds.value(), 12.5);
    }

    void metricsComeBackWithTheirBaseline()
    {
        const std::string id = test::addToyRun(*m_store, "a", 4, "{}");
        RunMetric bare;
        bare.measured = test::toyEvaluation(3);
        bare.measured.data = "/data/other.txt";
        m_store->putMetric(id, bare);
        const std::vector<RunMetric> metrics = m_store->metrics(id);
        QCOMPARE(metrics.size(), std::size_t{2});
        QVERIFY(metrics[0].baseline.has_value());
        QCOMPARE(metrics[0].baseline->windowNll, test::toyEvaluation(2).windowNll);
        QVERIFY(!metrics[1].baseline.has_value());
        QCOMPARE(metrics[1].measured.data, bare.measured.data);
    }

    void blobsKeepEveryByte()
    {
        const NewRun made = m_store->createRun(requestNamed("a"), test::toyModelInfo(), toyHash);
        std::string bytes;
        for (int i = 0; i < 256; ++i) {
            bytes += static_cast<char>(i);
        }
        m_store->putBlob(made.id, "map", std::as_bytes(std::span(bytes)));
        m_store->putBlob(made.id, "empty", {});
        QVERIFY(m_store->blob(made.id, "map") == bytes);
        QVERIFY(m_store->blob(made.id, "empty") == std::string());
        QVERIFY(!m_store->blob(made.id, "none"));
    }

    void listsNewestFirstInPages_data()
    {
        QTest::addColumn<bool>("comesAndGoes"); // a run is made, and the page's last one deleted
        QTest::newRow("as they are") << false;
        QTest::newRow("changed meanwhile") << true;
    }
    void listsNewestFirstInPages()
    {
        QFETCH(bool, comesAndGoes);
        const auto add = [&](int number) {
            m_store->createRun(requestNamed("run " + std::to_string(number)), test::toyModelInfo(),
                               toyHash);
        };
        for (int i = 0; i < 25; ++i) {
            add(i);
        }
        RunQuery query;
        query.limit = 10;
        std::vector<std::string> names;
        for (int page = 0; page < 3; ++page) {
            const std::vector<RunRecord> records = m_store->listRuns(query);
            for (const RunRecord &record : records) {
                names.push_back(record.name);
            }
            query.after = records.back().place();
            if (comesAndGoes) {
                m_store->deleteRun(records.back().id);
                add(100 + page);
            }
        }
        QVERIFY(m_store->listRuns(query).empty());
        QCOMPARE(m_store->countRuns(), 25);
        QCOMPARE(names.size(), std::size_t{25});
        for (std::size_t i = 0; i < names.size(); ++i) {
            QCOMPARE(names[i], "run " + std::to_string(24 - i));
        }
    }

    void queriesNarrowTheList()
    {
        test::addToyRun(*m_store, "Alpha 50% 'quoted'", 4, "{}");
        m_store->createRun(requestNamed("beta", "outliers"), test::toyModelInfo("other"),
                           std::string(64, '2'));
        RunQuery query;
        query.kind = "outliers";
        QCOMPARE(m_store->countRuns(query), 1);
        query = {};
        query.experiment = "toys";
        QCOMPARE(m_store->listRuns(query).front().name, std::string("Alpha 50% 'quoted'"));
        for (const auto &[text, count] : std::map<std::string, int>{
                 {"ALPHA", 1}, {"50%", 1}, {"'quo", 1}, {"other", 1}, {"_", 0}, {"a", 2}}) {
            query = {};
            query.text = text;
            QVERIFY2(m_store->countRuns(query) == count, text.c_str());
        }
    }

    void deletingARunRemovesEverythingOfIt()
    {
        const std::string kept = test::addToyRun(*m_store, "kept", 4, "{}");
        const std::string gone = test::addToyRun(*m_store, "gone", 3, R"({"seed":1})");
        const std::filesystem::path folder = m_store->runFolder(gone);
        io::writeFileAtomically(folder / "codes", "codes");
        m_store->deleteRun(gone);
        QVERIFY(!std::filesystem::exists(folder));
        QVERIFY(m_store->results(gone).empty());
        QVERIFY(m_store->metrics(gone).empty());
        QVERIFY(m_store->runProgress(gone).journal.empty());
        QVERIFY(m_store->runProgress(gone).layers.empty());
        QCOMPARE(m_store->listRuns().size(), std::size_t{1});
        QCOMPARE(m_store->run(kept).blocksDone, 2);
        QVERIFY(m_store->check().ok);
    }

    void renamingChangesTheNameAlone()
    {
        const std::string id = test::addToyRun(*m_store, "old", 4, "{}");
        m_store->renameRun(id, "new");
        QCOMPARE(m_store->run(id).name, std::string("new"));
        QCOMPARE(m_store->run(id).status, RunStatus::Finished);
    }

    void networkFileSystemsGetNoWriteAheadLog()
    {
        QVERIFY(isNetworkFileSystem(0x6969));
        QVERIFY(isNetworkFileSystem(static_cast<std::int32_t>(0xFF534D42)));
        QVERIFY(!isNetworkFileSystem(0xEF53)); // ext4
        QVERIFY(!isNetworkFileSystem(0x01021994)); // tmpfs
        QVERIFY(!isNetworkFileSystem(0x794C7630)); // overlayfs
    }

    void theFingerprintFollowsTheContent()
    {
        const std::filesystem::path folder = in(*m_folder, "model");
        std::filesystem::create_directories(folder);
        const auto write = [&](const char *name, const std::string &text) {
            io::writeFileAtomically(folder / name, text);
        };
        write("config.json", "{}");
        write("model.safetensors", std::string(1000, 'w'));
        const std::string before = checkpointFingerprint(folder);
        QCOMPARE(before.size(), std::size_t{64});
        write("README.md", "not part of the model");
        QCOMPARE(checkpointFingerprint(folder), before);
        write("model.safetensors", std::string(999, 'w') + "x");
        QVERIFY(checkpointFingerprint(folder) != before);
        for (const char *name : {"vocab.json", "merges.txt", "vocab.txt", "tokenizer.model",
                                 "preprocessor_config.json", "generation_config.json"}) {
            const std::string earlier = checkpointFingerprint(folder);
            write(name, "what the model reads");
            QVERIFY2(checkpointFingerprint(folder) != earlier, name);
        }
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ExperimentStore> m_store;
};

BITPRISM_TEST(TstExperimentStore);
#include "tst_experiment_store.moc"
