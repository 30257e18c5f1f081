// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/output_search.h"
#include "core/jobs/run_files.h"
#include "core/results/run_summary.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// Ranges of FP32 activations that were computed in other shapes.
constexpr double rangeTolerance = 1e-5;

Json recipeOf(const Json &activations, const Json &transforms = Json::array())
{
    return {{"version", Recipe::currentVersion},
            {"weights", {{"id", "rtn"}, {"bits", 8}, {"group_size", 0}}},
            {"activations", activations},
            {"transforms", transforms}};
}

Json clipping(const Json &more = Json::object())
{
    Json activations = {{"id", "token-wise-clipping"}, {"bits", 4}, {"epochs", 0}, {"batch", 2}};
    activations.update(more);
    return activations;
}

/// What a search on `samples` finds.
Json searchedOn(const Model &model, const Json &activations, const SampleSet &samples)
{
    const RunPlan plan(Recipe::fromJson(recipeOf(activations), "test"), model);
    JobContext context;
    OutputSearch search(model, nullptr, plan, samples, nullptr, context);
    const auto quantizer = plan.makeActivationQuantizer();
    quantizer->search(search);
    return quantizer->state();
}

SampleSet samplesOf(const Batch &batch)
{
    SampleSet set;
    const std::int64_t samples
        = batch.tokens.defined() ? batch.tokens.size(0) : batch.features.size(0);
    for (std::int64_t i = 0; i < samples; ++i) {
        Batch one;
        one.tokens = batch.tokens.defined() ? batch.tokens.narrow(0, i, 1) : at::Tensor();
        one.features = batch.features.defined() ? batch.features.narrow(0, i, 1) : at::Tensor();
        one.mask = batch.mask.defined() ? batch.mask.narrow(0, i, 1) : at::Tensor();
        set.samples.push_back(one);
        set.length = std::max(set.length, one.tokens.defined() ? one.tokens.size(1) : 24);
        set.tokens += set.length;
    }
    return set;
}

} // namespace

class TstOutputSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void everyFamilyIsSearched_data();
    void everyFamilyIsSearched();
    void paddingChangesNoRange();
    void fineStageFollowsTheGradientOfTheDistance();
    void shortcutsTakeRoundedNorms();
    void runsKeepWhatWasSearched();
    void aStoppedSearchGoesOnToTheSame();
    void transformsWithoutDataNeedNone();
};

void TstOutputSearch::everyFamilyIsSearched_data()
{
    QTest::addColumn<QString>("subject");
    for (const NamedSubject &subject : familySubjects()) {
        // Masked samples need the mask token, which the toys' configurations do not name.
        if (QString(subject.name) != "bert" && QString(subject.name) != "roberta"
            && QString(subject.name) != "albert") {
            QTest::addRow("%s", subject.name) << QString(subject.name);
        }
    }
}

void TstOutputSearch::everyFamilyIsSearched()
{
    QFETCH(QString, subject);
    const Subject made = subjectNamed(subject);
    const Json state
        = searchedOn(*made.model, clipping({{"step", 0.2}, {"epochs", 1}}), samplesOf(made.batch));
    QCOMPARE(state["curve"].size(), 4U);
    double least = state["curve"][0][1].get<double>();
    QVERIFY(std::isfinite(least) && least > 0);
    for (const Json &point : state["curve"]) {
        least = std::min(least, point[1].get<double>());
    }
    QCOMPARE(state["fine"][0].get<double>(), least);
    QVERIFY(std::isfinite(state["fine"][1].get<double>()));
    // Every input of a quantized layer has its range.
    const RunPlan plan(Recipe::fromJson(recipeOf(clipping()), "test"), *made.model);
    for (const LayerInfo &layer : made.model->info().layers) {
        QVERIFY2(!plan.quantizedLayers().contains(layer.name)
                     || state["grids"].contains(siteOf(layer)),
                 layer.name.c_str());
    }
    // And every operand of attention, where they are rounded too.
    const Json attention = clipping({{"search", false}, {"kept", 0.9}, {"attention", true}});
    const Json all = searchedOn(*made.model, attention, samplesOf(made.batch));
    for (const Json &grid : all["grids"]) {
        QVERIFY(grid["low"][0] <= 0.0);
    }
    std::size_t blocks = 0;
    for (const BlockId id : made.model->allBlocks()) {
        const std::vector<const LayerInfo *> &layers = made.model->layersOf(id);
        const bool attends = std::any_of(layers.begin(), layers.end(), [](const LayerInfo *one) {
            return one->kind.starts_with("attention");
        });
        blocks += attends ? 1 : 0;
        for (const AttentionOperand operand :
             {AttentionOperand::Query, AttentionOperand::Key, AttentionOperand::Value,
              AttentionOperand::Probabilities}) {
            const std::string name = attentionSite(id, operand).name;
            QVERIFY2(!attends || all["grids"].contains(name), name.c_str());
        }
    }
    QVERIFY(blocks > 0 || QString(subject).contains("ResNet"));
}

void TstOutputSearch::paddingChangesNoRange()
{
    Subject made = subjectNamed("bert, classes");
    const Json whole = clipping({{"search", false}, {"attention", true}});
    const Json without = searchedOn(*made.model, whole, samplesOf(made.batch));
    const std::int64_t length = made.batch.tokens.size(1);
    constexpr std::int64_t padding = 9;
    made.batch.tokens = at::cat({made.batch.tokens, at::zeros({2, padding}, at::kLong)}, 1);
    made.batch.mask = at::ones({2, length + padding}, at::kBool);
    made.batch.mask.narrow(1, length, padding).fill_(false);
    const Json with = searchedOn(*made.model, whole, samplesOf(made.batch));
    QCOMPARE(with["grids"].size(), without["grids"].size());
    for (const auto &[site, range] : without["grids"].items()) {
        for (const char *end : {"low", "high"}) {
            const double expected = range[end][0].get<double>();
            const double found = with["grids"][site][end][0].get<double>();
            QVERIFY2(std::fabs(found - expected) <= rangeTolerance * (1 + std::fabs(expected)),
                     site.c_str());
        }
    }
}

void TstOutputSearch::fineStageFollowsTheGradientOfTheDistance()
{
    // Small steps down the gradient lower the distance; a wrong sign or a lost one would not.
    for (const char *name : {"llama", "opt, post-norm", "bert, classes", "whisper"}) {
        const Subject made = subjectNamed(name);
        const Json state
            = searchedOn(*made.model, clipping({{"search", false}, {"epochs", 10}, {"rate", 1e-4}}),
                         samplesOf(made.batch));
        const std::vector<double> fine = state["fine"];
        QVERIFY2(*std::min_element(fine.begin(), fine.end()) < fine.front(), name);
    }
}

void TstOutputSearch::shortcutsTakeRoundedNorms()
{
    const Subject made = subjectNamed("bert, classes");
    const auto outputs = [&](bool shortcuts, int bits) {
        Json activations = clipping({{"search", false}, {"bits", bits}, {"shortcuts", shortcuts}});
        const RunPlan plan(Recipe::fromJson(recipeOf(activations), "test"), *made.model);
        const std::shared_ptr<ActivationQuantizer> quantizer = plan.makeActivationQuantizer();
        quantizer->restore(searchedOn(*made.model, activations, samplesOf(made.batch)));
        const auto model = made.model->withOverlay(nullptr, plan.activationHooks(quantizer));
        return outputsOf(*model, made.batch);
    };
    const std::vector<at::Tensor> full = outputsOf(*made.model, made.batch);
    QVERIFY(!at::equal(outputs(true, 3).front(), outputs(false, 3).front()));
    QVERIFY(relativeDifference(outputs(true, 8), full) < 0.1);
}

void TstOutputSearch::runsKeepWhatWasSearched()
{
    const EngineFixture fixture;
    JobRequest request = fixture.request(
        "run",
        fixture.runOptions(recipeOf(clipping(), Json::parse(R"([{"id":"gamma-migration"}])")),
                           true));
    request.storePath = fixture.store();
    const auto run = fixture.run(request);
    const auto summary = run->last<RunSummary>();
    QVERIFY2(summary && summary->complete, run->failure() ? run->failure()->text.c_str() : "");
    const auto notes = [&](const char *words) {
        return std::any_of(
            summary->notes.begin(), summary->notes.end(),
            [words](const std::string &note) { return note.find(words) != std::string::npos; });
    };
    QVERIFY(notes("% of the tokens kept"));
    QVERIFY(notes("the guard held back"));
    JobRequest again = fixture.request(
        "evaluate", {{"task", "perplexity"}, {"data", fixture.evaluation()}, {"length", 32}});
    again.storePath = fixture.store();
    again.runId = run->runId();
    QCOMPARE(fixture.run(again)->last<Evaluation>()->value, summary->metrics.at(0).measured.value);
}

void TstOutputSearch::aStoppedSearchGoesOnToTheSame()
{
    const EngineFixture fixture;
    const Json transforms = Json::parse(R"([{"id":"outlier-suppression-plus"}])");
    const Json options = fixture.runOptions(recipeOf(clipping(), transforms), true);
    const auto whole = fixture.run(fixture.request("run", options))->last<RunSummary>();
    for (const std::size_t layers : {7U, 21U}) { // within the blocks, and behind the last
        JobRequest request = fixture.request("run", options);
        request.storePath = fixture.path("store-" + std::to_string(layers) + ".bitprism");
        const auto stopped = fixture.run(request, [&](JobId job, const ResultPtr &result) {
            const auto summary = resultAs<RunSummary>(result);
            if (summary && summary->layers.size() == layers) {
                bitprism_engine()->cancel(job);
            }
        });
        QVERIFY(stopped->state() == JobState::Cancelled);
        JobRequest resume = fixture.request("resume", Json::object());
        resume.storePath = request.storePath;
        resume.runId = stopped->runId();
        resume.modelPath.clear();
        const auto resumed = fixture.run(resume)->last<RunSummary>();
        QVERIFY(whole && resumed && resumed->complete);
        QCOMPARE(resumed->codesSha256, whole->codesSha256);
        QCOMPARE(resumed->metrics.at(0).measured.value, whole->metrics.at(0).measured.value);
    }
}

void TstOutputSearch::transformsWithoutDataNeedNone()
{
    const EngineFixture fixture;
    Json options = fixture.runOptions(
        recipeOf({{"id", "none"}}, Json::parse(R"([{"id":"gamma-migration"}])")));
    options.erase("data");
    const auto run = fixture.run(fixture.request("run", options));
    QVERIFY2(run->last<RunSummary>() && run->last<RunSummary>()->complete,
             run->failure() ? run->failure()->text.c_str() : "");
    Json searching = fixture.runOptions(recipeOf(clipping()));
    searching.erase("data");
    const auto refused = fixture.run(fixture.request("run", searching));
    QVERIFY(refused->failure() && refused->failure()->code == ErrorCode::BadUsage);
    Json learning = fixture.runOptions(recipeOf(
        {{"id", "none"}}, Json::parse(R"([{"id":"gamma-migration"},{"id":"smoothquant"}])")));
    learning.erase("data");
    const auto named = fixture.run(fixture.request("run", learning));
    QVERIFY(named->failure() && named->failure()->code == ErrorCode::BadUsage);
    QVERIFY2(named->failure()->text.find("smoothquant") != std::string::npos,
             named->failure()->text.c_str());
}

BITPRISM_TEST(TstOutputSearch);
#include "tst_output_search.moc"
