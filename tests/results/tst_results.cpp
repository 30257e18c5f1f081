// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/allocation.h"
#include "core/results/bench_result.h"
#include "core/results/evaluation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/results/stored_width.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;
using nlohmann::json;
using test::Complaint;
using test::complaintOf;

namespace {

Evaluation evaluation()
{
    Evaluation result;
    result.task = "perplexity";
    result.model = "/m";
    result.data = "/d.txt";
    result.value = 12.5;
    result.unit = "perplexity";
    result.standardError = 0.25;
    result.nll = 2.5;
    result.nllStandardError = 0.02;
    result.tokens = 30;
    result.items = 2;
    result.seconds = 1.5;
    result.length = 16;
    result.stride = 8;
    result.divergence = Divergence{0.1, 0.01, 0.9, {{"50", 0.05}, {"max", 3}}};
    result.windowNll = {10, 20};
    result.windowTokens = {15, 15};
    result.windowDivergence = {1, 2};
    return result;
}

RunSummary runSummary()
{
    RunSummary run;
    run.run = "r1";
    run.model = "/m";
    run.averageBits = 3.25;
    run.bytes = 1000;
    run.codesSha256 = "ab";
    Evaluation baseline = evaluation();
    baseline.windowNll = {9, 18};
    run.metrics = {{evaluation(), baseline}, {evaluation(), std::nullopt}};
    run.layers = {{"l", 1, 3, 0.05, 1e-5, 1e-3, 0.5, 300, 100}, {}};
    run.notes = {"length was cut"};
    run.peakRssBytes = 5;
    run.seconds = 2;
    run.complete = true;
    return run;
}

OutlierTable outlierTable()
{
    OutlierTable table;
    table.model = "/m";
    table.data = "/d";
    table.tokens = 100;
    table.seconds = 1;
    table.complete = true;
    const TokenMark mark{12, 1, 4, 77, "was", "it ", " so", -9};
    LayerOutliers &layer = table.layers.emplace_back();
    layer.layer = "l";
    layer.maxAbs = 9;
    layer.kurtosis = 5;
    layer.outlierChannels = {{3, 9, 1.5, {mark}}, {1, 8}};
    layer.tokenMaxMedian = 1;
    layer.tokenMax90 = 2;
    layer.tokenMax99 = 3;
    layer.tokenMaxLargest = 9;
    layer.magnitudeMedian = 0.5;
    layer.magnitude99 = 4;
    layer.magnitude999 = 6;
    layer.channelMaxMedian = 5;
    layer.channelMaxAbs = {1, 8, 2, 9};
    layer.inputHistogram = {-1, 1, {1, 2}};
    layer.weightHistogram = {0, 2, {3}};
    layer.weightMaxAbs = 2;
    layer.weightKurtosis = 3;
    layer.norm = "n";
    layer.gainCorrelation = 0.25;
    layer.errorShares = {{8, 1, 0.75, 0.5}};
    layer.tokenStack = 1;
    layer.atlasFile = "atlas-0000-0.safetensors";
    BlockOutliers &block = table.blocks.emplace_back();
    block.stack = 1;
    block.block = 2;
    block.maxAbs = 300;
    block.medianAbs = 0.1;
    block.heads = 4;
    block.massive = {mark};
    block.massiveChannels = {9};
    block.sinks = {{mark, 3}};
    return table;
}

SensitivityTable sensitivityTable()
{
    SensitivityTable table;
    table.model = "/m";
    table.data = "/d";
    table.quantizer = "rtn";
    table.quantizerParams = R"({"group_size":128})";
    table.widths = {2, 4};
    table.cells = {
        {"l", 2, 1e-4, 0.01, 0.02, 0.003, 0.04, 0.005, 0.06, 0.07, 0.008, 700, 64, 1536, 96}, {}};
    table.tokens = 10;
    table.seconds = 3;
    table.rankCorrelation = 0.9;
    table.complete = true;
    return table;
}

Allocation allocation()
{
    Allocation result;
    result.allocator = "uniform";
    result.averageBits = 3.1;
    result.bytes = 10;
    result.predictedDeltaNll = 0.5;
    result.predictedStandardError = 0.125;
    result.objectiveStandardError = 0.25;
    result.status = "optimal";
    result.objective = 0.5;
    result.milliseconds = 2;
    result.layers = {{"l", 3, std::nullopt}, {"k", 2, 0.1}};
    result.frontier = {{2, 5, 1}, {3, 6, 0.5, 0.25}};
    return result;
}

InteractionMatrix interactionMatrix()
{
    InteractionMatrix matrix;
    matrix.model = "/m";
    matrix.data = "/d";
    matrix.scope = "block";
    matrix.estimator = "suffix";
    matrix.candidates = {{"l", 0, 2, 0.1, 0.5, 0.01}, {"k", 0, 2, 0.2, std::nullopt, std::nullopt}};
    matrix.pairs = {{0, 1, -0.25, 0.125}};
    matrix.pairsWanted = 1;
    matrix.scales = {{0, 2.5, true}};
    matrix.fisher = {{0.5, 1.5}, {0.25, 2}};
    matrix.windows = {{1, 2}, {}};
    matrix.windowTokens = {7, 8};
    matrix.seconds = 4;
    matrix.complete = true;
    return matrix;
}

ModelInfo modelInfo()
{
    ModelInfo info;
    info.family = "llama";
    info.modelType = "qwen2";
    info.path = "/m";
    info.parameters = 7'000'000'000;
    info.eosTokens = {1, 2};
    info.runnable = true;
    info.stacks = {{"decoder", 2}};
    info.layers = {{"l", "l.weight", "", "mlp_up", 0, 1, 4, 8, "BF16", 16, true, true, "g", "p"}};
    return info;
}

BenchResult benchResult()
{
    BenchResult result;
    result.name = "gptq";
    result.work = 1024;
    result.unit = "weights";
    result.seconds = 0.5;
    result.processorSeconds = 0.75;
    result.repeats = 3;
    result.threads = 2;
    result.fractionOfPeak = 0.8;
    result.bound = "sgemm";
    result.sgemmRate = 1e11;
    result.memoryRate = 2e10;
    result.details = {{"factor_seconds", 0.25}};
    return result;
}

json jsonOf(const QByteArray &kind)
{
    const std::map<QByteArray, json> all{{"evaluation", evaluation().toJson()},
                                         {"run", runSummary().toJson()},
                                         {"outliers", outlierTable().toJson()},
                                         {"sensitivity", sensitivityTable().toJson()},
                                         {"allocation", allocation().toJson()},
                                         {"model", modelInfo().toJson()},
                                         {"estimate", Estimate{}.toJson()},
                                         {"bench", benchResult().toJson()},
                                         {"interactions", interactionMatrix().toJson()}};
    return all.at(kind);
}

json throughStruct(const QByteArray &kind, const json &value)
{
    if (kind == "evaluation") {
        return Evaluation::fromJson(value).toJson();
    }
    if (kind == "run") {
        return RunSummary::fromJson(value).toJson();
    }
    if (kind == "outliers") {
        return OutlierTable::fromJson(value).toJson();
    }
    if (kind == "sensitivity") {
        return SensitivityTable::fromJson(value).toJson();
    }
    if (kind == "interactions") {
        return InteractionMatrix::fromJson(value).toJson();
    }
    if (kind == "bench") {
        return BenchResult::fromJson(value).toJson();
    }
    if (kind == "allocation") {
        return Allocation::fromJson(value).toJson();
    }
    return kind == "model" ? ModelInfo::fromJson(value).toJson()
                           : Estimate::fromJson(value).toJson();
}

void addKinds()
{
    QTest::addColumn<QByteArray>("kind");
    for (const char *kind : {"evaluation", "run", "outliers", "sensitivity", "allocation", "model",
                             "estimate", "bench", "interactions"}) {
        QTest::newRow(kind) << QByteArray(kind);
    }
}

Evaluation windows(std::vector<double> nll, std::vector<std::int64_t> tokens)
{
    Evaluation result;
    result.windowNll = std::move(nll);
    result.windowTokens = std::move(tokens);
    return result;
}

} // namespace

class TstResults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void surviveTextAndBack_data() { addKinds(); }
    void surviveTextAndBack()
    {
        QFETCH(QByteArray, kind);
        const json written = jsonOf(kind);
        const json back = throughStruct(kind, json::parse(written.dump()));
        QCOMPARE(back.dump(), written.dump());
    }

    void meansOfARunWeighItsWeights()
    {
        RunSummary run;
        QVERIFY(!run.meanWeightError() && !run.meanOutputError());
        run.layers.resize(2);
        run.layers[0].weights = 100;
        run.layers[0].weightMse = 1;
        run.layers[0].outputMse = 0.5;
        run.layers[1].weights = 300;
        run.layers[1].weightMse = 5; // and no inputs
        QCOMPARE(run.meanWeightError().value(), 4.0);
        QCOMPARE(run.meanOutputError().value(), 0.5);
    }

    void carryTheContractsKeys_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<QByteArrayList>("keys");
        const auto add = [](const char *kind, const char *list, const char *keys) {
            QTest::addRow("%s %s", kind, list)
                << QByteArray(kind) << QByteArray(list) << QByteArray(keys).split(' ');
        };
        add("evaluation", "",
            "task value unit tokens items seconds stderr nll kl_divergence kl_stderr "
            "top1_agreement");
        add("run", "", "run average_bits bytes codes_sha256 metrics layers peak_rss_bytes seconds");
        add("run", "metrics", "task data value stderr baseline");
        add("run", "layers", "name bits ratio weight_mse output_mse seconds");
        add("outliers", "layers", "name max_abs kurtosis outlier_channels token_max");
        add("sensitivity", "", "rank_correlation layers");
        add("sensitivity", "layers",
            "name bits weight_mse output_mse kl_divergence kl_stderr delta_nll delta_nll_stderr "
            "predicted_delta_nll");
        add("allocation", "", "average_bits bytes predicted_delta_nll solver layers frontier");
        add("allocation", "layers", "name bits ratio");
        add("allocation", "frontier", "average_bits bytes objective");
        add("model", "", "family parameters blocks dtype bytes tokenizer runnable layers");
        add("model", "layers", "name block rows cols dtype kind bits");
        add("estimate", "", "seconds memory_bytes bytes average_bits");
    }

    void carryTheContractsKeys()
    {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, list);
        QFETCH(QByteArrayList, keys);
        const json document = jsonOf(kind);
        const json &object = list.isEmpty() ? document : document[list.toStdString()][0];
        for (const QByteArray &key : keys) {
            QVERIFY2(object.contains(key.toStdString()), key.constData());
        }
    }

    void aWrongTypeIsBadInputThatNamesTheKey_data() { addKinds(); }
    void aWrongTypeIsBadInputThatNamesTheKey()
    {
        QFETCH(QByteArray, kind);
        const json good = jsonOf(kind);
        for (const auto &[key, value] : good.items()) {
            const bool isDerived = key == "solver" || key == "kl_divergence"
                || key == "massive_tokens" || key == "attention_sinks";
            json bad = good;
            bad[key] = value.is_object() ? json(1) : json{{"x", 1}};
            if (value.is_null() || isDerived || key == "kl_percentiles") {
                continue;
            }
            const Complaint complaint = complaintOf([&] { throughStruct(kind, bad); });
            QVERIFY2(complaint.isBadInputNaming("\"" + key + "\""),
                     (key + ": " + complaint.text).c_str());
        }
        QVERIFY(complaintOf([&] { throughStruct(kind, json::array()); }).code
                == ErrorCode::BadInput);
    }

    void interactionsRefuseWhatDoesNotFit()
    {
        for (const char *pairs : {"[[1, 0, 0.5, null]]", "[[0, 2, 0.5, null]]", "[[0, 1, null, 0]]",
                                  "[[0, 1, 0.5]]", "[3]"}) {
            json value = interactionMatrix().toJson();
            value["pairs"] = json::parse(pairs);
            QVERIFY_EXCEPTION_THROWN(InteractionMatrix::fromJson(value), Error);
        }
        QCOMPARE(interactionMatrix().fisherValue(0, 1), 0.5 * 1.5 + 0.25 * 2);
    }

    void baselineStandsAsItsValue()
    {
        const json metrics = runSummary().toJson()["metrics"];
        QCOMPARE(metrics[0]["baseline"].get<double>(), 12.5);
        QCOMPARE(metrics[0]["delta_nll"].get<double>(), 0.1);
        QVERIFY(metrics[1]["baseline"].is_null());
    }

    void differencesStandInTheirOwnUnit()
    {
        RunSummary summary = runSummary();
        const json loss = summary.toJson()["metrics"][0];
        QCOMPARE(loss["difference_unit"].get<std::string>(), std::string("nats per token"));
        QCOMPARE(loss["difference"].get<double>(), loss["delta_nll"].get<double>());
        RunMetric &metric = summary.metrics.front();
        for (Evaluation *words : {&metric.measured, &*metric.baseline}) {
            words->nll.reset();
            words->unit = "% of words";
        }
        const json errors = summary.toJson()["metrics"][0];
        QCOMPARE(errors["difference_unit"].get<std::string>(), std::string("% of words"));
        QCOMPARE(errors["difference"].get<double>(), 0.1);
        QVERIFY(!errors.contains("delta_nll") && !errors.contains("delta_nll_stderr"));
    }

    void numbersThatAreNotFiniteBecomeNullAndNaN()
    {
        Evaluation result = evaluation();
        result.standardError = std::nan("");
        const json written = json::parse(result.toJson().dump());
        QVERIFY(written["stderr"].is_null());
        QVERIFY(std::isnan(Evaluation::fromJson(written).standardError));
    }

    void meanWeighsWindowsByTokens()
    {
        // Equal counts: the mean of window means, and the usual error of a mean: values 1, 2, 3
        // have the standard deviation 1, so the error is 1 / sqrt(3).
        const MeanWithError equal = meanOverWindows({10, 20, 30}, {10, 10, 10});
        QCOMPARE(equal.mean, 2.0);
        QCOMPARE(equal.standardError, 1 / std::sqrt(3.0));
        // Unequal counts, residuals s - m c: m = 30 / 15 = 2, residuals -2, 2;
        // sqrt(2 / 1 * 8) / 15.
        const MeanWithError unequal = meanOverWindows({8, 22}, {5, 10});
        QCOMPARE(unequal.mean, 2.0);
        QCOMPARE(unequal.standardError, 4.0 / 15);
        QVERIFY(std::isnan(meanOverWindows({8}, {5}).standardError));
    }

    void pairedErrorIgnoresWhatBothShare()
    {
        // Windows differ wildly, the difference per token is 0.1 everywhere: no error at all.
        const auto difference = pairedNllDifference(windows({11, 101, 501}, {10, 10, 10}),
                                                    windows({10, 100, 500}, {10, 10, 10}));
        QVERIFY(difference.has_value());
        QCOMPARE(difference->mean, 0.1);
        QVERIFY(difference->standardError < 1e-12);
    }

    /// Differences 0.5, -0.5 and 3 over 5, 10 and 15 tokens: mean 0.1, residuals 0, -1.5 and 1.5.
    void divergencesArePairedByTheSameEstimator()
    {
        const auto divergences = [](std::vector<double> sums) {
            Evaluation result;
            result.windowDivergence = std::move(sums);
            result.windowTokens = {5, 10, 15};
            return result;
        };
        const Evaluation model = divergences({1, 2, 6});
        const auto difference = pairedKlDifference(model, divergences({0.5, 2.5, 3}));
        QVERIFY(difference.has_value());
        QCOMPARE(difference->mean, 0.1);
        QCOMPARE(difference->standardError, std::sqrt(3.0 / 2 * 4.5) / 30);
        const auto none = pairedKlDifference(model, model);
        QVERIFY(none && none->mean == 0 && none->standardError == 0);
        QVERIFY(!pairedKlDifference(model, divergences({}))); // an earlier result
        Evaluation other = model;
        other.length = 7;
        QVERIFY(!pairedKlDifference(model, other));
        QVERIFY(!pairedNllDifference(model, model)); // no losses here
    }

    void differentWindowsAreNotPaired()
    {
        const Evaluation model = windows({1, 2}, {10, 10});
        QVERIFY(!pairedNllDifference(model, windows({1, 2}, {10, 11})));
        QVERIFY(!pairedNllDifference(model, windows({1}, {10})));
        QVERIFY(!pairedNllDifference(windows({}, {}), windows({}, {})));
        Evaluation other = model;
        other.data = "/other";
        QVERIFY(!pairedNllDifference(model, other));
    }

    void layersAreFoundByName()
    {
        const ModelInfo info = modelInfo();
        QCOMPARE(info.findLayer("l"), &info.layers.front());
        QVERIFY(info.findLayer("x") == nullptr);
    }

    void typesNameTheirWidths()
    {
        QCOMPARE(codeBits("INT4"), std::optional(4));
        QCOMPARE(codeBits("Q6_K"), std::optional(6));
        QCOMPARE(codeBits("IQ4_NL"), std::optional(4));
        QCOMPARE(codeBits("BF16"), std::optional(16));
        QCOMPARE(codeBits("F8_E4M3"), std::optional(8));
        QVERIFY(!codeBits("") && !codeBits("unknown"));
    }

    /// As a run counts: what recipes skip by default counts in neither.
    void checkpointsCountTheWeightsThatRunsCount()
    {
        ModelInfo model;
        const auto add = [&](const char *kind, int block, std::int64_t rows, double bits) {
            LayerInfo &layer = model.layers.emplace_back();
            layer.name = kind;
            layer.kind = kind;
            layer.block = block;
            layer.rows = rows;
            layer.cols = 64;
            layer.dtype = "INT4";
            layer.bits = bits;
        };
        add("embedding", -1, 512, 16);
        add("attention_query", 0, 64, 4.75);
        add("mlp_down", 0, 192, 4.25);
        add("projection", -1, 64, 32);
        add("head", -1, 512, 16);
        QCOMPARE(averageStoredBits(model), std::optional(0.25 * 4.75 + 0.75 * 4.25));
        const std::vector<RunLayer> layers = storedLayers(model);
        QCOMPARE(layers.size(), std::size_t(2));
        QCOMPARE(layers[0].bits, 4.0);
        QCOMPARE(layers[0].storageBits, std::int64_t(19456)); // 64 x 64 x 4.75
        QVERIFY(std::isnan(layers[0].weightMse) && !layers[0].outputMse);
        QVERIFY(!averageStoredBits(ModelInfo()));
    }
};

BITPRISM_TEST(TstResults);
#include "tst_results.moc"
