// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/registry.h"
#include "core/jobs/run_files.h"
#include "core/results/run_summary.h"
#include "core/results/token_losses.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <QtCore/QFile>

#include <filesystem>
#include <map>
#include <set>

using namespace bitprism;
using test::EngineFixture;
using test::JobRecorder;

namespace {

Json gptq(int bits) { return {{"weights", {{"id", "gptq"}, {"bits", bits}, {"group_size", 16}}}}; }

QString reason(const JobRecorder &recorder)
{
    return QString::fromStdString(recorder.failure() ? recorder.failure()->text : "no failure");
}

} // namespace

class TstRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<EngineFixture>(); }
    void reportsLayersSizeAndHash();
    void theFileAloneHoldsARunThatJustFinished();
    void equalRequestsGiveEqualCodes_data();
    void equalRequestsGiveEqualCodes();
    void continuesToTheSameCodes_data();
    void continuesToTheSameCodes();
    void survivesAKill_data();
    void survivesAKill();
    void killedWorker();
    void storedCodesAreWhatIsEvaluated_data();
    void storedCodesAreWhatIsEvaluated();
    void keepingAllIsTheModelAndNothingIsRounding();
    void editsAreHashedAndKept();
    void sizeCountsWhatWasReallyKept();
    void overridesBeatAllocationBeatsWeights();
    void anOverrideOfNoLayerIsSaid();
    void countsBytesExactly();
    void gptqBeatsRtnOnItsOwnInputs();
    void activationQuantizerChangesTheEvaluationOnly();
    void sharesTheBaselineAmongRuns();
    void keepsTheBaselineWhenTheRunThatMeasuredItIsDeleted();
    void aResumedRunMeasuresNothingTwice();
    void estimatesWithoutQuantizing();
    void estimatesWithoutData();
    void refusesBadRecipes_data();
    void refusesBadRecipes();
    void refusesAResumeOnAnotherCheckpoint();
    void resumingAFinishedRunRepeatsItsResult();

private:
    std::shared_ptr<const RunSummary> summary(const Json &options, bool isStored = false)
    {
        JobRequest request = m_fixture->request("run", options);
        if (isStored) {
            request.storePath = m_fixture->store();
        }
        const auto recorder = m_fixture->run(request);
        if (recorder->state() != JobState::Finished) {
            qWarning("%s", qPrintable(reason(*recorder)));
        }
        return recorder->last<RunSummary>();
    }
    JobRequest resumeRequest(const std::string &runId)
    {
        JobRequest request = m_fixture->request("resume", Json::object());
        request.storePath = m_fixture->store();
        request.runId = runId;
        request.modelPath.clear();
        return request;
    }

    std::unique_ptr<EngineFixture> m_fixture;
};

void TstRun::reportsLayersSizeAndHash()
{
    const auto result = summary(m_fixture->runOptions(gptq(3), true), true);
    QVERIFY(result && result->complete);
    QCOMPARE(result->layers.size(), std::size_t(3 * 7));
    QCOMPARE(result->codesSha256.size(), std::size_t(64));
    QVERIFY(result->averageBits > 3 && result->averageBits < 5);
    QVERIFY(result->peakRssBytes > 0);
    QCOMPARE(result->metrics.size(), std::size_t(1));
    QVERIFY(result->metrics[0].baseline.has_value());
    QVERIFY(result->metrics[0].measured.value > 1);
    for (const RunLayer &layer : result->layers) {
        QCOMPARE(layer.bits, 3.0);
        QVERIFY(layer.weightMse > 0);
        QVERIFY(layer.outputMse && *layer.outputMse > 0 && *layer.outputMse < 1);
    }
    const store::ExperimentStore stored(m_fixture->store());
    const store::RunRecord record = stored.run(result->run);
    QVERIFY(record.status == store::RunStatus::Finished);
    QCOMPARE(record.blocksDone, 3);
    QVERIFY(!std::filesystem::exists(stored.runFolder(result->run) / stateFileName(2)));
    QCOMPARE(stored.metrics(result->run).size(), std::size_t(1));
}

/// The queue lives on, and a window reads in the store.
void TstRun::theFileAloneHoldsARunThatJustFinished()
{
    {
        const store::ExperimentStore made(m_fixture->store());
    }
    const store::ExperimentStore window(m_fixture->store(), store::OpenMode::ReadOnly);
    QCOMPARE(window.countRuns(), 0);
    const auto result = summary(m_fixture->runOptions(gptq(3)), true);
    QVERIFY(result && result->complete);
    const std::string copy = m_fixture->path("mailed.bitprism");
    QVERIFY(QFile::copy(QString::fromStdString(m_fixture->store()), QString::fromStdString(copy)));
    const store::ExperimentStore mailed(copy, store::OpenMode::ReadOnly);
    QVERIFY(mailed.run(result->run).status == store::RunStatus::Finished);
    QVERIFY(mailed.resultOf<RunSummary>(result->run) != nullptr);
    QCOMPARE(window.countRuns(), 1);
}

void TstRun::equalRequestsGiveEqualCodes_data()
{
    QTest::addColumn<QString>("recipe");
    registerEngineComponents();
    const std::map<std::string, Json> quick{{"omniquant-clip", {{"epochs", 2}}},
                                            {"adaround", {{"steps", 20}}}};
    for (const ComponentInfo &component : Registry::instance().components()) {
        if (component.kind != Kind::weights) {
            continue; // every weight quantizer, whoever adds it
        }
        const auto found = quick.find(component.id);
        Json weights = found == quick.end() ? Json::object() : found->second;
        weights["id"] = component.id;
        for (const ParamInfo &parameter : component.parameters) {
            if (parameter.key == "bits" || parameter.key == "group_size") {
                weights[parameter.key] = parameter.key == "bits" ? 3 : 16;
            }
        }
        QTest::newRow(component.id.c_str())
            << QString::fromStdString(Json{{"weights", weights}}.dump());
    }
    QTest::newRow("gptq, act order")
        << R"({"weights": {"id": "gptq", "bits": 2, "group_size": 16, "act_order": true}})";
    QTest::newRow("adaround, block")
        << R"({"weights": {"id": "adaround", "bits": 3, "group_size": 16, "steps": 10,
                           "objective": "block"}})";
    QTest::newRow("head") << R"({"weights": {"id": "gptq", "bits": 4, "group_size": 16},
                                 "overrides": [{"match": "*embed_tokens", "weights": {"bits": 8}}]})";
}

void TstRun::equalRequestsGiveEqualCodes()
{
    QFETCH(QString, recipe);
    const Json options = m_fixture->runOptions(Json::parse(recipe.toStdString()));
    const auto first = summary(options);
    const auto second = summary(options, true);
    QVERIFY(first && second);
    QCOMPARE(first->codesSha256, second->codesSha256);
    QCOMPARE(first->bytes, second->bytes);

    Json other = options;
    other["recipe"]["weights"] = {{"id", "rtn"}, {"bits", 5}, {"group_size", 16}};
    QVERIFY(summary(other)->codesSha256 != first->codesSha256);
}

void TstRun::continuesToTheSameCodes_data()
{
    QTest::addColumn<int>("blocks");
    QTest::addColumn<bool>("hasOuter");
    QTest::addColumn<QString>("weights");
    const QString gptqText = R"({"id": "gptq", "bits": 3, "group_size": 16})";
    QTest::newRow("after one block") << 1 << false << gptqText;
    QTest::newRow("after two blocks") << 2 << false << gptqText;
    QTest::newRow("after all blocks") << 3 << false << gptqText;
    QTest::newRow("embedding, after one block") << 1 << true << gptqText;
    QTest::newRow("embedding, after the embedding") << 4 << true << gptqText;
    // These keep a second stream of states, edit norms, learn, and plan with an estimate.
    QTest::newRow("awq") << 1 << false << R"({"id": "awq", "bits": 3, "group_size": 16})";
    QTest::newRow("awq, embedding") << 3 << true << R"({"id": "awq", "bits": 3, "group_size": 16})";
    QTest::newRow("omniquant-clip")
        << 2 << false
        << R"({"id": "omniquant-clip", "bits": 3, "group_size": 16, "epochs": 2, "aug_loss": true})";
    QTest::newRow("adaround") << 1 << false
                              << R"({"id": "adaround", "bits": 3, "group_size": 16, "steps": 10,
                                     "objective": "layer"})";
    QTest::newRow("spqr") << 2 << false << R"({"id": "spqr", "bits": 3, "group_size": 16})";
    // These keep what gradients say of each weight.
    QTest::newRow("squeezellm") << 1 << false
                                << R"({"id": "squeezellm", "bits": 3, "sensitive_share": 0.01})";
    QTest::newRow("top-k") << 2 << false
                           << R"({"id": "top-k", "bits": 3, "group_size": 16, "ratio": 0.05,
                                  "score": "fisher-error"})";
}

void TstRun::continuesToTheSameCodes()
{
    QFETCH(int, blocks);
    QFETCH(bool, hasOuter);
    QFETCH(QString, weights);
    Json recipe = {{"weights", Json::parse(weights.toStdString())}};
    recipe["activations"] = {{"id", "static-minmax"}, {"bits", 8}};
    if (hasOuter) {
        recipe["overrides"]
            = Json::array({{{"match", "*embed_tokens"}, {"weights", {{"bits", 8}}}}});
    }
    const Json options = m_fixture->runOptions(recipe, true);
    const auto whole = summary(options);
    QVERIFY(whole && whole->complete);

    JobRequest request = m_fixture->request("run", options);
    request.storePath = m_fixture->store();
    int published = 0;
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &) {
        if (++published == blocks) {
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    QVERIFY(store::ExperimentStore(m_fixture->store()).run(stopped->runId()).status
            == store::RunStatus::Cancelled);

    const auto resumed = m_fixture->run(resumeRequest(stopped->runId()));
    QVERIFY2(resumed->state() == JobState::Finished, qPrintable(reason(*resumed)));
    QCOMPARE(resumed->runId(), stopped->runId());
    const auto result = resumed->last<RunSummary>();
    QVERIFY(result->complete);
    QCOMPARE(result->codesSha256, whole->codesSha256);
    QCOMPARE(result->layers.size(), whole->layers.size());
    QCOMPARE(result->bytes, whole->bytes);
    QCOMPARE(result->metrics[0].measured.value, whole->metrics[0].measured.value);
}

/// The other side of survivesAKill(): stops for good once two blocks are committed.
void TstRun::killedWorker()
{
    const QByteArray requestText = qgetenv("BITPRISM_KILLED_WORKER");
    if (requestText.isEmpty()) {
        QSKIP("runs in a process of its own");
    }
    int published = 0;
    m_fixture->run(JobRequest::fromJson(requestText.toStdString()), [&](JobId, const ResultPtr &) {
        if (++published == 2) {
            fprintf(stdout, "two blocks\n");
            fflush(stdout);
            pause(); // until the kill
        }
    });
}

void TstRun::survivesAKill_data()
{
    QTest::addColumn<QString>("id");
    QTest::newRow("gptq") << "gptq";
    QTest::newRow("awq, which edits the block") << "awq";
}

void TstRun::survivesAKill()
{
    QFETCH(QString, id);
    Json recipe = gptq(3);
    recipe["weights"]["id"] = id.toStdString();
    const Json options = m_fixture->runOptions(recipe);
    const auto whole = summary(options);
    JobRequest request = m_fixture->request("run", options);
    request.storePath = m_fixture->store();

    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("BITPRISM_KILLED_WORKER", QString::fromStdString(request.toJson()));
    worker.setProcessEnvironment(environment);
    worker.start(QCoreApplication::applicationFilePath(), {"tst_run", "killedWorker"});
    while (!worker.readAllStandardOutput().contains("two blocks")) {
        QVERIFY(worker.waitForReadyRead(60'000));
    }
    worker.kill();
    QVERIFY(worker.waitForFinished());

    std::string runId;
    {
        const store::ExperimentStore stored(m_fixture->store());
        const store::RunRecord record = stored.listRuns().front();
        QVERIFY(record.status == store::RunStatus::Interrupted);
        QCOMPARE(record.blocksDone, 2);
        runId = record.id;
    }
    const auto resumed = m_fixture->run(resumeRequest(runId));
    QVERIFY2(resumed->state() == JobState::Finished, qPrintable(reason(*resumed)));
    QCOMPARE(resumed->last<RunSummary>()->codesSha256, whole->codesSha256);
}

void TstRun::storedCodesAreWhatIsEvaluated_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"gptq", "awq", "spqr", "squeezellm", "top-k"}) {
        QTest::newRow(id) << id;
    }
}

void TstRun::storedCodesAreWhatIsEvaluated()
{
    QFETCH(QString, id);
    Json recipe = gptq(2);
    recipe["weights"]["id"] = id.toStdString();
    if (id == "squeezellm") { // a codebook for each row
        recipe["weights"].erase("group_size");
    }
    recipe["activations"] = {{"id", "static-minmax"}, {"bits", 4}};
    const auto result = summary(m_fixture->runOptions(recipe, true), true);
    QVERIFY(result);
    JobRequest again = m_fixture->request(
        "evaluate", {{"task", "perplexity"}, {"data", m_fixture->evaluation()}, {"length", 32}});
    again.storePath = m_fixture->store();
    again.runId = result->run;
    const auto recorder = m_fixture->run(again);
    QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
    QCOMPARE(recorder->last<Evaluation>()->value, result->metrics[0].measured.value);
    QVERIFY(result->metrics[0].measured.value != result->metrics[0].baseline->value);
}

/// base-methods.md 13.19.
void TstRun::keepingAllIsTheModelAndNothingIsRounding()
{
    const auto recipeOf = [](const char *id, Json more) {
        more["id"] = id;
        more["bits"] = 2;
        more["group_size"] = 16;
        return Json{{"weights", more}};
    };
    const auto all = summary(
        m_fixture->runOptions(recipeOf("top-k", {{"ratio", 1.0}, {"value_type", "f32"}}), true));
    QVERIFY(all);
    QCOMPARE(all->metrics[0].measured.value, all->metrics[0].baseline->value);
    const auto none = summary(m_fixture->runOptions(recipeOf("top-k", {{"ratio", 0.0}}), true));
    const auto plain = summary(m_fixture->runOptions(recipeOf("rtn", Json::object()), true));
    QVERIFY(none && plain);
    QCOMPARE(none->codesSha256, plain->codesSha256);
    QCOMPARE(none->bytes, plain->bytes);
    QVERIFY(none->metrics[0].measured.value != all->metrics[0].measured.value);
}

void TstRun::editsAreHashedAndKept()
{
    Json recipe = gptq(2);
    recipe["weights"]["id"] = "awq";
    const auto result = summary(m_fixture->runOptions(recipe), true);
    QVERIFY(result);
    JobRequest request = m_fixture->request("evaluate", Json::object());
    request.storePath = m_fixture->store();
    request.runId = result->run;
    const QuantizedSubject subject = openQuantized(request);
    QVERIFY(!subject.codes->edits().empty());
    const auto hashOf = [&](bool withEdits) {
        Sha256 hash;
        for (const LayerInfo &layer : subject.opened.model->info().layers) {
            if (const QuantizedWeight *weight = subject.codes->find(layer.tensor)) {
                hashWeight(hash, layer.name, *weight);
            }
        }
        if (withEdits) {
            hashEdits(hash, subject.codes->edits());
        }
        return hash.hex();
    };
    QCOMPARE(hashOf(true), result->codesSha256);
    QVERIFY(hashOf(false) != result->codesSha256);
}

/// SpQR finds out how many weights it keeps apart only when it runs.
void TstRun::sizeCountsWhatWasReallyKept()
{
    Json recipe = gptq(3);
    recipe["weights"]["id"] = "spqr";
    recipe["weights"]["tau"] = 0.01;
    const auto result = summary(m_fixture->runOptions(recipe));
    QVERIFY(result);
    std::int64_t bits = 0;
    std::int64_t weights = 0;
    for (const RunLayer &layer : result->layers) {
        bits += layer.storageBits;
        weights += layer.weights;
    }
    QCOMPARE(result->averageBits, double(bits) / double(weights));
    const OpenedModel opened = openModel(m_fixture->model(), "cpu");
    QCOMPARE(result->bytes, opened.model->info().bytes - 4 * weights + (bits + 7) / 8);
}

void TstRun::overridesBeatAllocationBeatsWeights()
{
    Json recipe = {{"weights", {{"id", "rtn"}, {"bits", 4}, {"group_size", 16}}}};
    const std::string prefix = "model.layers.0.mlp.";
    recipe["allocation"] = {
        {"id", "manual"},
        {"layers", {{prefix + "up_proj", {{"bits", 3}}}, {prefix + "down_proj", {{"bits", 3}}}}}};
    recipe["overrides"] = Json::array({{{"match", "*.0.mlp.down_proj"}, {"weights", {{"bits", 8}}}},
                                       {{"match", "model.layers.2.*"}, {"skip", true}}});
    const auto result = summary(m_fixture->runOptions(recipe));
    QVERIFY(result);
    std::map<std::string, double> bits;
    for (const RunLayer &layer : result->layers) {
        bits[layer.name] = layer.bits;
    }
    QCOMPARE(bits.size(), std::size_t(14)); // block 2 is skipped
    QCOMPARE(bits.at(prefix + "gate_proj"), 4.0);
    QCOMPARE(bits.at(prefix + "up_proj"), 3.0);
    QCOMPARE(bits.at(prefix + "down_proj"), 8.0);
}

void TstRun::anOverrideOfNoLayerIsSaid()
{
    const auto notesWith = [&](const char *match) {
        JobRequest request = m_fixture->request(
            "run",
            m_fixture->runOptions(
                {{"weights", {{"id", "rtn"}, {"bits", 4}}},
                 {"overrides", {{{"match", match}, {"weights", {{"bits", 3}}}}}}}));
        request.storePath = m_fixture->store();
        const auto summary = m_fixture->run(request)->last<RunSummary>();
        return summary ? summary->notes : std::vector<std::string>{"no summary"};
    };
    const std::string said = "the override \"nosuchlayer\" matches no layer";
    const std::vector<std::string> notes = notesWith("nosuchlayer");
    QVERIFY(std::find(notes.begin(), notes.end(), said) != notes.end());
    QVERIFY(notesWith("*down_proj").empty());
}

void TstRun::countsBytesExactly()
{
    // One layer of 32 x 32 in groups of 16 at 3 bits, F16 scales, 3-bit zero points.
    Json recipe = {{"weights", {{"id", "rtn"}, {"bits", 3}, {"group_size", 16}}}};
    recipe["overrides"]
        = Json::array({{{"match", "*"}, {"skip", true}},
                       {{"match", "model.layers.1.self_attn.q_proj"}, {"skip", false}}});
    const auto result = summary(m_fixture->runOptions(recipe));
    QVERIFY(result);
    const std::int64_t weights = 32 * 32;
    const std::int64_t bits = weights * 3 + (weights / 16) * (16 + 3);
    QCOMPARE(result->layers.size(), std::size_t(1));
    QCOMPARE(result->layers[0].storageBits, bits);
    QCOMPARE(result->averageBits, double(bits) / double(weights));
    const OpenedModel opened = openModel(m_fixture->model(), "cpu");
    QCOMPARE(result->bytes, opened.model->info().bytes - 4 * weights + bits / 8);
}

void TstRun::gptqBeatsRtnOnItsOwnInputs()
{
    const auto sum = [](const RunSummary &result) {
        double total = 0;
        for (const RunLayer &layer : result.layers) {
            total += *layer.outputMse;
        }
        return total;
    };
    Json rtn = gptq(3);
    rtn["weights"]["id"] = "rtn";
    const auto byGptq = summary(m_fixture->runOptions(gptq(3)));
    const auto byRtn = summary(m_fixture->runOptions(rtn));
    QVERIFY(byGptq && byRtn);
    QVERIFY(sum(*byGptq) < sum(*byRtn));
    QCOMPARE(byGptq->bytes, byRtn->bytes);
}

void TstRun::activationQuantizerChangesTheEvaluationOnly()
{
    const auto plain = summary(m_fixture->runOptions(gptq(4), true));
    Json recipe = gptq(4);
    recipe["activations"] = {{"id", "per-token-dynamic"}, {"bits", 3}};
    const auto coarse = summary(m_fixture->runOptions(recipe, true));
    QVERIFY(plain && coarse);
    QCOMPARE(coarse->codesSha256, plain->codesSha256);
    QVERIFY(coarse->metrics[0].measured.value != plain->metrics[0].measured.value);
    QCOMPARE(coarse->metrics[0].baseline->value, plain->metrics[0].baseline->value);
}

void TstRun::sharesTheBaselineAmongRuns()
{
    const auto first = summary(m_fixture->runOptions(gptq(4), true), true);
    const auto second = summary(m_fixture->runOptions(gptq(2), true), true);
    QVERIFY(first && second);
    QCOMPARE(second->metrics[0].baseline->value, first->metrics[0].baseline->value);
    QCOMPARE(second->metrics[0].baseline->seconds, first->metrics[0].baseline->seconds);
    QCOMPARE(second->metrics[0].baseline->windowNll, first->metrics[0].baseline->windowNll);
}

void TstRun::keepsTheBaselineWhenTheRunThatMeasuredItIsDeleted()
{
    JobRequest request = m_fixture->request("run", m_fixture->runOptions(gptq(4), true));
    request.storePath = m_fixture->store();
    const std::string first = m_fixture->run(request)->runId();
    const auto second = m_fixture->run(request);
    store::ExperimentStore stored(m_fixture->store());
    stored.deleteRun(first);
    const Evaluation baseline = *second->last<RunSummary>()->metrics[0].baseline;
    QVERIFY(!baseline.key.empty());
    QVERIFY(stored.resultOf<Evaluation>(second->runId(), "baseline:" + baseline.key) != nullptr);
    const auto losses
        = stored.resultOf<TokenLosses>(second->runId(), "baseline-losses:" + baseline.key);
    QVERIFY(losses != nullptr);
    QCOMPARE(losses->key, baseline.key);
}

void TstRun::aResumedRunMeasuresNothingTwice()
{
    Json options = m_fixture->runOptions(gptq(3), true);
    options["evaluations"].push_back({{"task", "perplexity"}, {"data", m_fixture->calibration()}});
    JobRequest request = m_fixture->request("run", options);
    request.storePath = m_fixture->store();
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &result) {
        if (resultAs<RunSummary>(result)->metrics.size() == 1) {
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    const auto before
        = store::ExperimentStore(m_fixture->store()).resultOf<RunSummary>(stopped->runId());
    QCOMPARE(before->metrics.size(), std::size_t(1));
    const auto resumed = m_fixture->run(resumeRequest(stopped->runId()));
    QVERIFY2(resumed->state() == JobState::Finished, qPrintable(reason(*resumed)));
    const auto after = resumed->last<RunSummary>();
    QCOMPARE(after->metrics.size(), std::size_t(2));
    // The clock's reading says that it is the measurement of then.
    QCOMPARE(after->metrics[0].measured.seconds, before->metrics[0].measured.seconds);
    QVERIFY(after->seconds > before->seconds);
    QVERIFY(after->peakRssBytes >= before->peakRssBytes);
}

void TstRun::estimatesWithoutQuantizing()
{
    Json options = m_fixture->runOptions(gptq(3), true);
    options["dry_run"] = true;
    const auto recorder = m_fixture->run(m_fixture->request("run", options));
    QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
    const auto estimate = recorder->last<Estimate>();
    QVERIFY(estimate);
    QVERIFY(estimate->seconds > 0);
    QVERIFY(estimate->memoryBytes > estimate->bytes);
    options["dry_run"] = false;
    const auto result = summary(options);
    QCOMPARE(estimate->bytes, result->bytes);
    QCOMPARE(estimate->averageBits, result->averageBits);
}

void TstRun::estimatesWithoutData()
{
    Json options = m_fixture->runOptions(gptq(3));
    options["dry_run"] = true;
    const auto drawn = m_fixture->run(m_fixture->request("run", options))->last<Estimate>();
    options.erase("data");
    const auto assumed = m_fixture->run(m_fixture->request("run", options))->last<Estimate>();
    QVERIFY(drawn && assumed);
    QVERIFY(assumed->seconds > 0);
    QCOMPARE(assumed->memoryBytes, drawn->memoryBytes); // the text has enough tokens for as many
    QCOMPARE(assumed->bytes, drawn->bytes);
}

void TstRun::refusesBadRecipes_data()
{
    QTest::addColumn<QString>("recipe");
    QTest::addColumn<QString>("text");
    QTest::newRow("unknown quantizer") << R"({"weights": {"id": "magic"}})"
                                       << "magic";
    QTest::newRow("unknown key") << R"({"wheights": {}})"
                                 << "wheights";
    QTest::newRow("range") << R"({"weights": {"id": "rtn", "bits": 40}})"
                           << "bits";
    QTest::newRow("nothing left") << R"({"overrides": [{"match": "*", "skip": true}]})"
                                  << "quantizes no layer";
    QTest::newRow("foreign allocation")
        << R"({"allocation": {"id": "manual", "layers": {"nobody": {"bits": 3}}}})"
        << "nobody";
    QTest::newRow("ratio") << R"({"overrides": [{"match": "*q_proj", "ratio": 0.1}]})"
                           << "ratio";
    QTest::newRow("transform") << R"({"transforms": [{"id": "voodoo"}]})"
                               << "voodoo";
}

void TstRun::refusesBadRecipes()
{
    QFETCH(QString, recipe);
    QFETCH(QString, text);
    const auto recorder = m_fixture->run(
        m_fixture->request("run", m_fixture->runOptions(Json::parse(recipe.toStdString()))));
    QVERIFY(recorder->state() == JobState::Failed);
    QCOMPARE(int(recorder->failure()->code), int(ErrorCode::BadInput));
    QVERIFY2(reason(*recorder).contains(text), qPrintable(reason(*recorder)));
}

void TstRun::refusesAResumeOnAnotherCheckpoint()
{
    JobRequest request = m_fixture->request("run", m_fixture->runOptions(gptq(3)));
    request.storePath = m_fixture->store();
    const auto stopped = m_fixture->run(
        request, [](JobId job, const ResultPtr &) { bitprism_engine()->cancel(job); });
    QVERIFY(stopped->state() == JobState::Cancelled);
    test::ToyLlama other = EngineFixture::smallToy();
    other.seed = 99;
    std::filesystem::remove_all(m_fixture->model());
    writeToyLlama(m_fixture->model(), other);
    const auto resumed = m_fixture->run(resumeRequest(stopped->runId()));
    QVERIFY(resumed->state() == JobState::Failed);
    QVERIFY2(reason(*resumed).contains("another checkpoint"), qPrintable(reason(*resumed)));
}

void TstRun::resumingAFinishedRunRepeatsItsResult()
{
    const auto result = summary(m_fixture->runOptions(gptq(3)), true);
    QVERIFY(result);
    const auto resumed = m_fixture->run(resumeRequest(result->run));
    QVERIFY(resumed->state() == JobState::Finished);
    QCOMPARE(resumed->last<RunSummary>()->codesSha256, result->codesSha256);
    QVERIFY(resumed->last<RunSummary>()->complete);
}

BITPRISM_TEST(TstRun);
#include "tst_run.moc"
