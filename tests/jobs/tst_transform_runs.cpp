// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/jobs/model_transforms.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/run_files.h"
#include "core/results/generation.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

using namespace bitprism;
using test::EngineFixture;
using test::JobRecorder;

namespace {

/// Perplexities of one function through weights stored twice in FP32.
constexpr double sameFunction = 1e-4;

Json recipeWith(const std::string &transforms, int bits = 8)
{
    return {{"weights", {{"id", "rtn"}, {"bits", bits}, {"group_size", 16}}},
            {"transforms", Json::parse(transforms)}};
}

const char *const rotation = R"([{"id": "hadamard-rotation"}])";
const char *const smoothing = R"([{"id": "smoothquant", "alpha": 0.6}])";
const char *const both = R"([{"id": "smoothquant"}, {"id": "hadamard-rotation"}])";

} // namespace

class TstTransformRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<EngineFixture>(); }
    void storedRunIsWhatWasMeasured_data() { transforms(); }
    void storedRunIsWhatWasMeasured();
    void exportedCheckpointIsTheSameFunction_data() { transforms(); }
    void exportedCheckpointIsTheSameFunction();
    void resumesToTheSameCodes();
    void untouchedWeightsKeepTheMeasure();
    void orderIsKept();
    void refuses_data();
    void refuses();
    void onlinePartsCannotBeExported();
    void cacheQuantizationChangesTheEvaluation();
    void attentionIsRoundedInTheStoredRunToo_data();
    void attentionIsRoundedInTheStoredRunToo();
    void costsFollowTheRecipe();
    void sensitivityProbesTheTransformedModel();
    void explicitSeedZeroBeatsTheRecipe();
    void leftoversAreSwept();

private:
    static void transforms()
    {
        QTest::addColumn<QString>("list");
        QTest::newRow("rotation, which unties the head") << rotation;
        QTest::newRow("smoothquant") << smoothing;
        QTest::newRow("both") << both;
        QTest::newRow("gamma-migration") << R"([{"id": "gamma-migration"}])";
        QTest::newRow("outlier-suppression-plus")
            << R"([{"id": "outlier-suppression-plus", "samples": 2, "lowest": 0.5}])";
    }
    std::shared_ptr<JobRecorder> runStored(const Json &options)
    {
        JobRequest request = m_fixture->request("run", options);
        request.storePath = m_fixture->store();
        const auto recorder = m_fixture->run(request);
        if (recorder->failure()) {
            qWarning("%s", recorder->failure()->text.c_str());
        }
        return recorder;
    }
    std::shared_ptr<JobRecorder> ofRun(const std::string &kind, const std::string &run,
                                       const Json &options)
    {
        JobRequest request = m_fixture->request(kind, options);
        request.storePath = m_fixture->store();
        request.runId = run;
        return m_fixture->run(request);
    }
    double perplexity(const std::string &model)
    {
        JobRequest request = m_fixture->request(
            "evaluate",
            {{"task", "perplexity"}, {"data", m_fixture->evaluation()}, {"length", 32}});
        request.modelPath = model;
        return m_fixture->run(request)->last<Evaluation>()->value;
    }

    std::unique_ptr<EngineFixture> m_fixture;
};

void TstTransformRuns::storedRunIsWhatWasMeasured()
{
    QFETCH(QString, list);
    const auto run = runStored(m_fixture->runOptions(recipeWith(list.toStdString(), 4), true));
    const auto summary = run->last<RunSummary>();
    QVERIFY(summary && summary->complete);
    const auto again
        = ofRun("evaluate", run->runId(),
                {{"task", "perplexity"}, {"data", m_fixture->evaluation()}, {"length", 32}});
    QCOMPARE(again->last<Evaluation>()->value, summary->metrics.at(0).measured.value);
}

void TstTransformRuns::exportedCheckpointIsTheSameFunction()
{
    QFETCH(QString, list);
    const auto run = runStored(m_fixture->runOptions(recipeWith(list.toStdString(), 4), true));
    const auto summary = run->last<RunSummary>();
    QVERIFY(summary && summary->complete);
    const std::string folder = m_fixture->path("exported");
    const auto exported
        = ofRun("export", run->runId(), {{"format", "safetensors"}, {"output", folder}});
    QVERIFY2(exported->state() == JobState::Finished,
             exported->failure() ? exported->failure()->text.c_str() : "");
    const double measured = summary->metrics.at(0).measured.value;
    QVERIFY(std::fabs(perplexity(folder) / measured - 1) <= sameFunction);
}

void TstTransformRuns::resumesToTheSameCodes()
{
    const Json options = m_fixture->runOptions(recipeWith(both, 3));
    const auto whole = m_fixture->run(m_fixture->request("run", options))->last<RunSummary>();
    JobRequest request = m_fixture->request("run", options);
    request.storePath = m_fixture->store();
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &result) {
        const auto summary = resultAs<RunSummary>(result);
        if (summary && summary->layers.size() == 7) {
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    JobRequest resume = m_fixture->request("resume", Json::object());
    resume.storePath = m_fixture->store();
    resume.runId = stopped->runId();
    resume.modelPath.clear();
    const auto resumed = m_fixture->run(resume)->last<RunSummary>();
    QVERIFY(whole && resumed && resumed->complete);
    QCOMPARE(resumed->codesSha256, whole->codesSha256);
    QCOMPARE(resumed->bytes, whole->bytes);
}

void TstTransformRuns::untouchedWeightsKeepTheMeasure()
{
    // One layer at 8 bits, the rest as edited in full precision: hardly any change.
    Json recipe = recipeWith(both);
    recipe["overrides"]
        = {{{"match", "*"}, {"skip", true}}, {{"match", "*.0.mlp.down_proj"}, {"skip", false}}};
    const auto run = runStored(m_fixture->runOptions(recipe, true));
    const RunMetric metric = run->last<RunSummary>()->metrics.at(0);
    QVERIFY(std::fabs(metric.measured.value / metric.baseline->value - 1) < 0.01);
}

void TstTransformRuns::orderIsKept()
{
    const auto codes = [&](const char *list) {
        return m_fixture->run(m_fixture->request("run", m_fixture->runOptions(recipeWith(list))))
            ->last<RunSummary>()
            ->codesSha256;
    };
    QVERIFY(codes(both) != codes(R"([{"id": "hadamard-rotation"}, {"id": "smoothquant"}])"));
    QVERIFY(codes(both) == codes(both));
    QVERIFY(codes(rotation) != codes("[]"));
}

void TstTransformRuns::refuses_data()
{
    QTest::addColumn<QString>("recipe");
    QTest::addColumn<QString>("words");
    QTest::newRow("unknown") << R"({"transforms": [{"id": "sharpen"}]})"
                             << "sharpen";
    QTest::newRow("value") << R"({"transforms": [{"id": "smoothquant", "alpha": 2}]})"
                           << "alpha";
    QTest::newRow("key") << R"({"transforms": [{"id": "smoothquant", "beta": 2}]})"
                         << "beta";
    QTest::newRow("the tied head") << R"({"transforms": [{"id": "hadamard-rotation"}],
        "overrides": [{"match": "model.embed_tokens", "bits": 8}]})"
                                   << "the transform out";
    QTest::newRow("folding behind an online rotation")
        << R"({"transforms": [{"id": "hadamard-rotation", "residual": "online"},
                              {"id": "smoothquant"}]})"
        << "put smoothquant first";
    QTest::newRow("awq behind an online rotation")
        << R"({"transforms": [{"id": "hadamard-rotation", "online_hidden": true}],
               "weights": {"id": "awq", "group_size": 16}})"
        << "switch the scale search off";
    QTest::newRow("cache") << R"({"kv_cache": {"id": "dynamic", "bits": 1}})"
                           << "bits";
    QTest::newRow("no such cache") << R"({"kv_cache": {"id": "tiny"}})"
                                   << "tiny";
}

void TstTransformRuns::refuses()
{
    QFETCH(QString, recipe);
    QFETCH(QString, words);
    const Json options = m_fixture->runOptions(Json::parse(recipe.toStdString()));
    const auto recorder = m_fixture->run(m_fixture->request("run", options));
    QVERIFY(recorder->failure().has_value());
    QVERIFY(recorder->failure()->code == ErrorCode::BadInput);
    QVERIFY2(recorder->failure()->text.find(words.toStdString()) != std::string::npos,
             recorder->failure()->text.c_str());
}

void TstTransformRuns::onlinePartsCannotBeExported()
{
    const auto run = runStored(m_fixture->runOptions(
        recipeWith(R"([{"id": "hadamard-rotation", "online_hidden": true}])"), true));
    const RunMetric metric = run->last<RunSummary>()->metrics.at(0);
    QVERIFY(std::fabs(metric.measured.value / metric.baseline->value - 1) < 0.05);
    const auto exported = ofRun("export", run->runId(),
                                {{"format", "safetensors"}, {"output", m_fixture->path("out")}});
    QVERIFY(exported->failure() && exported->failure()->code == ErrorCode::BadInput);
    QVERIFY(exported->failure()->text.find("no checkpoint holds") != std::string::npos);
    QVERIFY(!std::filesystem::exists(m_fixture->path("out")));
}

void TstTransformRuns::cacheQuantizationChangesTheEvaluation()
{
    const auto run = [&](const Json &cache) {
        Json recipe = recipeWith("[]");
        recipe["kv_cache"] = cache;
        return m_fixture->run(m_fixture->request("run", m_fixture->runOptions(recipe, true)))
            ->last<RunSummary>();
    };
    const auto full = run({{"id", "full"}});
    const auto eight = run({{"id", "dynamic"}, {"bits", 8}});
    const auto two = run({{"id", "dynamic"}, {"bits", 2}, {"keys", "channel"}, {"group_size", 8}});
    QCOMPARE(eight->codesSha256, full->codesSha256);
    const auto loss = [](const auto &summary) { return summary->metrics.at(0).measured.value; };
    QVERIFY(std::fabs(loss(eight) / loss(full) - 1) < 0.01);
    QVERIFY(std::fabs(loss(two) - loss(full)) > std::fabs(loss(eight) - loss(full)));
    QVERIFY(two->memoryIoBytes < eight->memoryIoBytes);
    QVERIFY(eight->memoryIoBytes < full->memoryIoBytes);
}

void TstTransformRuns::attentionIsRoundedInTheStoredRunToo_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"per-token-dynamic", "static-minmax", "token-wise-clipping"}) {
        QTest::addRow("%s", id) << QString(id);
    }
}

void TstTransformRuns::attentionIsRoundedInTheStoredRunToo()
{
    QFETCH(QString, id);
    const auto measured = [&](bool attention) {
        Json recipe = recipeWith("[]");
        recipe["activations"] = {{"id", id.toStdString()}, {"bits", 4}, {"attention", attention}};
        return runStored(m_fixture->runOptions(recipe, true));
    };
    const auto without = measured(false)->last<RunSummary>();
    const auto run = measured(true);
    const auto with = run->last<RunSummary>();
    QVERIFY(without && with && with->complete);
    QCOMPARE(with->codesSha256, without->codesSha256);
    QVERIFY(with->metrics.at(0).measured.value != without->metrics.at(0).measured.value);
    const auto again
        = ofRun("evaluate", run->runId(),
                {{"task", "perplexity"}, {"data", m_fixture->evaluation()}, {"length", 32}});
    QCOMPARE(again->last<Evaluation>()->value, with->metrics.at(0).measured.value);
}

void TstTransformRuns::costsFollowTheRecipe()
{
    const auto costs = [&](int bits, const Json &activations) {
        Json recipe = recipeWith("[]", bits);
        recipe["activations"] = activations;
        return m_fixture->run(m_fixture->request("run", m_fixture->runOptions(recipe)))
            ->last<RunSummary>();
    };
    const auto wide = costs(8, {{"id", "none"}});
    const auto narrow = costs(4, {{"id", "none"}});
    const auto rounded = costs(4, {{"id", "per-token-dynamic"}, {"bits", 8}});
    double weights = 0;
    for (const RunLayer &layer : wide->layers) {
        weights += static_cast<double>(layer.weights);
    }
    QCOMPARE(wide->bitOperations - narrow->bitOperations, weights * 16 * 4);
    QCOMPARE(narrow->bitOperations - rounded->bitOperations, weights * 4 * 8);
    QVERIFY(wide->memoryIoBytes > narrow->memoryIoBytes);
    QVERIFY(narrow->memoryIoBytes > rounded->memoryIoBytes);
    QCOMPARE(RunSummary::fromJson(rounded->toJson()).bitOperations, rounded->bitOperations);
}

void TstTransformRuns::sensitivityProbesTheTransformedModel()
{
    const auto table = [&](const Json &transforms) {
        const Json options = {{"data", m_fixture->calibration()},
                              {"calibration", {{"samples", 4}, {"length", 32}}},
                              {"bits", {3}},
                              {"quantizer", {{"id", "rtn"}, {"group_size", 16}}},
                              {"transforms", transforms},
                              {"activation_bits", 8}};
        return m_fixture->run(m_fixture->request("sensitivity", options))->last<SensitivityTable>();
    };
    const auto plain = table(Json::array());
    const auto rotated = table(Json::parse(both));
    QVERIFY(plain && rotated && rotated->complete);
    QCOMPARE(plain->cells.size(), rotated->cells.size());
    QVERIFY(plain->cells[0].weightMse != rotated->cells[0].weightMse);
    QVERIFY(rotated->cells[0].predictedDeltaNll && rotated->cells[0].deltaNll);
    QCOMPARE(*plain->cells[0].bitOperations, static_cast<double>(plain->cells[0].weights) * 3 * 8);
    QVERIFY(plain->fixedBitOperations > 0 && plain->fixedIoBytes > 0);
}

void TstTransformRuns::explicitSeedZeroBeatsTheRecipe()
{
    Json recipe = recipeWith(rotation);
    const auto codes = [&](std::uint64_t inRecipe, std::optional<std::uint64_t> asked) {
        recipe["seed"] = inRecipe;
        JobRequest request = m_fixture->request("run", m_fixture->runOptions(recipe));
        request.seed = asked;
        const JobRequest copied = JobRequest::fromJson(request.toJson());
        return m_fixture->run(copied)->last<RunSummary>()->codesSha256;
    };
    QVERIFY(codes(7, std::nullopt) == codes(0, 7));
    QVERIFY(codes(7, 0) == codes(0, std::nullopt));
    QVERIFY(codes(7, 0) != codes(7, std::nullopt));
}

void TstTransformRuns::leftoversAreSwept()
{
    namespace fs = std::filesystem;
    const fs::path folder = m_fixture->path("swept");
    fs::create_directories(folder / ".folder.part");
    for (const std::string &name :
         {codeFileName(0), codeFileName(1), stateFileName(0), stateFileName(1),
          fullStateFileName(0), std::string(".states-0002.safetensors.12-0.part"),
          std::string("transforms.safetensors")}) {
        std::ofstream(folder / name) << "x";
    }
    sweepRunFolder(folder, 1);
    std::set<std::string> left;
    for (const auto &entry : fs::directory_iterator(folder)) {
        left.insert(entry.path().filename().string());
    }
    QVERIFY((left
             == std::set<std::string>{codeFileName(0), codeFileName(1), stateFileName(1),
                                      "transforms.safetensors"}));
}

BITPRISM_TEST(TstTransformRuns);
#include "tst_transform_runs.moc"
