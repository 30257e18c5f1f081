// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/loss_prediction.h"
#include "core/jobs/opened_model.h"
#include "core/models/stream.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/weight_quantizer.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

using namespace bitprism;
using test::EngineFixture;

namespace {

/// Suffix and full evaluation batch alike; only the order of sums may differ.
constexpr double sameLoss = 1e-6;
/// Gradients are FP32 sums over some hundred tokens.
constexpr double samePrediction = 1e-4;

bool isClose(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::max(1.0, std::max(std::abs(a), std::abs(b)));
}

/// Replaces one tensor.
class OneTensor final : public WeightOverlay
{
public:
    OneTensor(std::string name, at::Tensor value)
        : m_name(std::move(name))
        , m_value(std::move(value))
    {
    }
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        return name == m_name ? std::optional(m_value) : std::nullopt;
    }

private:
    std::string m_name;
    at::Tensor m_value;
};

/// Keeps all gradients: by layer, one per sample.
class AllGradients final : public GradientVisitor
{
public:
    std::map<std::string, std::vector<at::Tensor>> gradients;
    std::vector<std::int64_t> tokens;

    void visit(const Block &, std::size_t sample, std::int64_t scoredTokens,
               const std::map<std::string, at::Tensor> &found) override
    {
        tokens.resize(std::max(tokens.size(), sample + 1));
        tokens[sample] = scoredTokens;
        for (const auto &[name, gradient] : found) {
            gradients[name].push_back(gradient.clone());
        }
    }
};

} // namespace

class TstSensitivity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_fixture = std::make_unique<EngineFixture>(); }
    void measuresWhatFullEvaluationGives_data();
    void measuresWhatFullEvaluationGives();
    void predictsFromTheGradientsOfEachSequence();
    void predictionIsExactForTheFisherQuadratic();
    void ordersCellsAndCountsTheirBits();
    void publishesTheWholeTableWithEveryLayer();
    void keepsTheCellsOfABlockThatWasStopped();
    void continuesAfterTheLastCommittedBlock();
    void goesOnWithTheSamplesThatWereChosen();
    void probesOtherQuantizers();
    void leavesOutWhatIsNotAsked();
    void refusesBadOptions_data();
    void refusesBadOptions();

private:
    Json options(const Json &bits = {2, 4}) const
    {
        return {{"data", m_fixture->calibration()},
                {"calibration", {{"samples", 4}, {"length", 24}}},
                {"bits", bits},
                {"quantizer", {{"id", "rtn"}, {"group_size", 16}}}};
    }
    std::shared_ptr<const SensitivityTable> table(const Json &chosen) const
    {
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        if (recorder->failure()) {
            qWarning("%s", recorder->failure()->text.c_str());
        }
        return recorder->last<SensitivityTable>();
    }
    SampleSet samples(const OpenedModel &opened) const
    {
        JobContext context;
        return drawSamples(calibrationChoice({{"samples", 4}, {"length", 24}}, 16, 512),
                           m_fixture->calibration(), *opened.model, opened.tokenizer.get(),
                           context);
    }
    /// The layer's weight quantized as options() say.
    static at::Tensor quantized(const Model &model, const LayerInfo &layer, int bits)
    {
        JobContext context;
        const auto rtn
            = create<WeightQuantizer>("rtn", Json{{"bits", bits}, {"group_size", 16}}, "test");
        const LayerTask task{&layer, model.loadTensor(layer.tensor), bits, {}, nullptr};
        return dequantized(*rtn->quantize(task, context).weight);
    }

    std::unique_ptr<EngineFixture> m_fixture;
};

void TstSensitivity::measuresWhatFullEvaluationGives_data()
{
    QTest::addColumn<int>("stride");
    QTest::addColumn<QString>("documents");
    QTest::newRow("drawn samples") << 0 << "";
    QTest::newRow("overlapping windows") << 8 << "";
    QTest::newRow("documents") << 0 << ".";
}

void TstSensitivity::measuresWhatFullEvaluationGives()
{
    QFETCH(int, stride);
    QFETCH(QString, documents);
    Json chosen = options();
    chosen["stride"] = stride;
    chosen["documents"] = documents.toStdString();
    const auto found = table(chosen);
    QVERIFY(found && found->complete);
    const OpenedModel opened = openModel(m_fixture->model(), "cpu");
    const Dataset data = Dataset::open(m_fixture->calibration());
    const bool isDrawn = stride == 0 && documents.isEmpty();
    const ItemSet items = isDrawn
        ? scoredItems(samples(opened), *opened.model, opened.tokenizer.get())
        : lossItems({data,
                     *opened.model,
                     opened.tokenizer.get(),
                     {4, 24, stride, documents.toStdString()}});
    JobContext context;
    const c10::NoGradGuard noGradients;
    EvaluateOptions plain;
    const Evaluation base = evaluateItems(*opened.model, items, plain, context);
    for (const char *name : {"model.layers.0.self_attn.v_proj", "model.layers.1.mlp.up_proj",
                             "model.layers.2.mlp.down_proj"}) {
        const LayerInfo *layer = opened.model->info().findLayer(name);
        const auto changed = opened.model->withOverlay(
            std::make_shared<OneTensor>(layer->tensor, quantized(*opened.model, *layer, 2)));
        EvaluateOptions compared;
        compared.reference = opened.model.get();
        const Evaluation full = evaluateItems(*changed, items, compared, context);
        const auto cell
            = std::find_if(found->cells.begin(), found->cells.end(), [&](const SensitivityCell &c) {
                  return c.layer == name && c.bits == 2;
              });
        QVERIFY(isClose(*cell->deltaNll, *full.nll - *base.nll, sameLoss));
        QVERIFY(isClose(*cell->klDivergence, full.divergence->mean, sameLoss));
        QVERIFY(isClose(*cell->klStandardError, full.divergence->standardError, sameLoss));
        const auto paired = pairedNllDifference(full, base);
        QVERIFY(isClose(*cell->deltaNllStandardError, paired->standardError, sameLoss));
    }
}

void TstSensitivity::predictsFromTheGradientsOfEachSequence()
{
    const auto found = table(options());
    QVERIFY(found);
    const OpenedModel opened = openModel(m_fixture->model(), "cpu");
    const c10::NoGradGuard noGradients;
    std::vector<at::Tensor> tokens;
    for (const Batch &batch : samples(opened).samples) {
        tokens.push_back(batch.tokens);
    }
    AllGradients all;
    JobContext context;
    streamBlocksBackward(*opened.model, tokens, all, context);
    for (const SensitivityCell &cell : found->cells) {
        const LayerInfo *layer = opened.model->info().findLayer(cell.layer);
        const at::Tensor D
            = quantized(*opened.model, *layer, cell.bits) - opened.model->loadTensor(layer->tensor);
        at::Tensor g = at::zeros_like(D); // of the mean over all tokens
        double total = 0;
        double squares = 0; // sum of T_n <g_n, D>^2
        const std::vector<at::Tensor> &gradients = all.gradients.at(cell.layer);
        for (std::size_t n = 0; n < gradients.size(); ++n) {
            const auto T = static_cast<double>(all.tokens[n]);
            g += gradients[n];
            total += T;
            squares += T * std::pow((gradients[n] / T * D).sum().item<double>(), 2);
        }
        const double expected = (g / total * D).sum().item<double>()
            + 0.5 * squares / static_cast<double>(gradients.size());
        QVERIFY2(isClose(*cell.predictedDeltaNll, expected, samePrediction), cell.layer.c_str());
    }
    QVERIFY(found->rankCorrelation.has_value());
}

/// For the loss L(w) = mean_n 1/2 T_n <g_n, w>^2 with zero mean gradient, whose Hessian is the
/// Fisher matrix itself, the prediction is the exact change.
void TstSensitivity::predictionIsExactForTheFisherQuadratic()
{
    const std::vector<double> slopes{0.5, -0.25, -0.25}; // <g_n, D>, mean zero over equal T_n
    constexpr std::int64_t T = 8;
    LossPrediction prediction;
    double exact = 0;
    for (const double slope : slopes) {
        prediction.add(slope * T, T);
        exact += 0.5 * T * slope * slope / 3;
    }
    QVERIFY(isClose(prediction.value(), exact, 1e-15));

    LossPrediction uneven; // linear part: the mean over tokens, not over sequences
    uneven.add(2.0, 4);
    uneven.add(-1.0, 2);
    QVERIFY(isClose(uneven.value(), 1.0 / 6 + 0.5 * (2.0 * 2.0 / 4 + 1.0 / 2) / 2, 1e-15));
    QCOMPARE(LossPrediction().value(), 0.0);
}

void TstSensitivity::ordersCellsAndCountsTheirBits()
{
    const auto found = table(options({8, 3, 3}));
    QVERIFY(found);
    QCOMPARE(found->widths, (std::vector<int>{3, 8}));
    QCOMPARE(found->cells.size(), std::size_t(3 * 7 * 2));
    QCOMPARE(found->tokens, std::int64_t(4 * 24));
    const OpenedModel opened = openModel(m_fixture->model(), "cpu");
    std::int64_t covered = 0;
    for (std::size_t i = 0; i < found->cells.size(); i += 2) {
        const SensitivityCell &low = found->cells[i];
        const SensitivityCell &high = found->cells[i + 1];
        QCOMPARE(low.layer, high.layer);
        QCOMPARE(low.bits, 3);
        QCOMPARE(high.bits, 8);
        QVERIFY(*high.weightMse < *low.weightMse);
        QVERIFY(*high.outputMse < *low.outputMse);
        QCOMPARE(low.storageBits, low.weights * 3 + low.weights / 16 * (16 + 3));
        covered += low.weights * 4;
    }
    QCOMPARE(found->fixedBytes, opened.model->info().bytes - covered);
}

void TstSensitivity::publishesTheWholeTableWithEveryLayer()
{
    const auto recorder = m_fixture->run(m_fixture->request("sensitivity", options()));
    const auto results = recorder->results();
    QVERIFY(results.size() >= 3 * 7);
    std::size_t before = 0;
    for (const ResultPtr &result : results) {
        const auto partial = resultAs<SensitivityTable>(result);
        QCOMPARE(partial->cells.size(), std::size_t(42));
        const auto measured = static_cast<std::size_t>(
            std::count_if(partial->cells.begin(), partial->cells.end(),
                          [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); }));
        QVERIFY(measured >= before);
        before = measured;
    }
    QCOMPARE(before, std::size_t(42));
}

void TstSensitivity::keepsTheCellsOfABlockThatWasStopped()
{
    JobRequest request = m_fixture->request("sensitivity", options());
    request.storePath = m_fixture->store();
    int published = 0;
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &) {
        if (++published == 3) { // in the first block
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    const store::ExperimentStore store(m_fixture->store());
    QCOMPARE(store.run(stopped->runId()).blocksDone, 0);
    const auto kept = store.resultOf<SensitivityTable>(stopped->runId());
    QVERIFY(kept && !kept->complete);
    const auto count = [](const SensitivityTable &table) {
        return std::count_if(table.cells.begin(), table.cells.end(),
                             [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); });
    };
    QVERIFY(count(*kept) > 0);
    QCOMPARE(count(*kept), count(*stopped->last<SensitivityTable>()));
}

void TstSensitivity::continuesAfterTheLastCommittedBlock()
{
    const auto whole = table(options());
    JobRequest request = m_fixture->request("sensitivity", options());
    request.storePath = m_fixture->store();
    int published = 0;
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &) {
        if (++published == 10) { // in the second block, which is begun anew
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    QCOMPARE(store::ExperimentStore(m_fixture->store()).run(stopped->runId()).blocksDone, 1);

    JobRequest again = m_fixture->request("resume", Json::object());
    again.storePath = m_fixture->store();
    again.runId = stopped->runId();
    double fraction = 0; // as the last result comes: blocks taken over count as done
    const auto resumed = m_fixture->run(again, [&](JobId job, const ResultPtr &) {
        fraction = bitprism_engine()->progress(job).fraction;
    });
    QVERIFY(resumed->state() == JobState::Finished);
    QVERIFY(fraction > 0.99);
    const auto found = resumed->last<SensitivityTable>();
    QVERIFY(found->complete);
    QVERIFY(resumed->results().size() < std::size_t(2 * 7 + 3));
    for (std::size_t i = 0; i < whole->cells.size(); ++i) {
        QCOMPARE(*found->cells[i].deltaNll, *whole->cells[i].deltaNll);
        QCOMPARE(*found->cells[i].predictedDeltaNll, *whole->cells[i].predictedDeltaNll);
    }
}

void TstSensitivity::goesOnWithTheSamplesThatWereChosen()
{
    Json chosen = options();
    chosen["standard_error"] = 10; // the largest allowed: the fewest samples do
    JobRequest request = m_fixture->request("sensitivity", chosen);
    request.storePath = m_fixture->store();
    int published = 0;
    const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &) {
        if (++published == 10) { // in the second block
            bitprism_engine()->cancel(job);
        }
    });
    QVERIFY(stopped->state() == JobState::Cancelled);
    {
        const store::ExperimentStore store(m_fixture->store());
        QCOMPARE(store.resultOf<SensitivityTable>(stopped->runId())->tokens, std::int64_t(8 * 24));
        const std::string file = (store.runFolder(stopped->runId()) / "samples.json").string();
        Json kept = Json::parse(io::readWholeFile(file, 1 << 16));
        QCOMPARE(kept.at("samples").get<int>(), 8);
        // As if another count had been chosen: it holds, and cells of other samples do not.
        kept["samples"] = 5;
        io::writeFileAtomically(file, kept.dump());
    }
    JobRequest again = m_fixture->request("resume", Json::object());
    again.storePath = m_fixture->store();
    again.runId = stopped->runId();
    const auto resumed = m_fixture->run(again);
    QVERIFY(resumed->state() == JobState::Finished);
    const auto found = resumed->last<SensitivityTable>();
    QVERIFY(found && found->complete);
    QCOMPARE(found->tokens, std::int64_t(5 * 24));
    QVERIFY(resumed->results().size() >= std::size_t(3 * 7)); // every block anew
    Json same = options();
    same["calibration"]["samples"] = 5;
    const auto whole = table(same);
    for (std::size_t i = 0; i < whole->cells.size(); ++i) {
        QVERIFY(isClose(*found->cells[i].deltaNll, *whole->cells[i].deltaNll, sameLoss));
    }
}

void TstSensitivity::probesOtherQuantizers()
{
    Json chosen = options({3});
    chosen["quantizer"] = {{"id", "gptq"}, {"group_size", 16}, {"bits", 8}};
    const auto byGptq = table(chosen);
    const auto byRtn = table(options({3}));
    QVERIFY(byGptq && byGptq->complete && byRtn);
    QCOMPARE(byGptq->quantizer, std::string("gptq"));
    QVERIFY(!Json::parse(byGptq->quantizerParams).contains("bits"));
    double gptqError = 0;
    double rtnError = 0;
    for (std::size_t i = 0; i < byGptq->cells.size(); ++i) {
        QCOMPARE(byGptq->cells[i].bits, 3);
        gptqError += *byGptq->cells[i].outputMse;
        rtnError += *byRtn->cells[i].outputMse;
    }
    QVERIFY(gptqError < rtnError);
}

void TstSensitivity::leavesOutWhatIsNotAsked()
{
    Json unmeasured = options({3});
    unmeasured["measured"] = false;
    const auto predicted = table(unmeasured);
    QVERIFY(predicted && predicted->complete && !predicted->rankCorrelation);
    Json unpredicted = options({3});
    unpredicted["predicted"] = false;
    const auto measured = table(unpredicted);
    QVERIFY(measured && measured->complete && !measured->rankCorrelation);
    for (std::size_t i = 0; i < predicted->cells.size(); ++i) {
        QVERIFY(predicted->cells[i].predictedDeltaNll && !predicted->cells[i].deltaNll);
        QVERIFY(measured->cells[i].deltaNll && !measured->cells[i].predictedDeltaNll);
        QCOMPARE(*measured->cells[i].weightMse, *predicted->cells[i].weightMse);
    }
}

void TstSensitivity::refusesBadOptions_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("no list") << "bits"
                             << "3";
    QTest::newRow("empty list") << "bits"
                                << "[]";
    QTest::newRow("width") << "bits"
                           << "[2, 9]";
    QTest::newRow("word") << "bits"
                          << R"(["three"])";
    QTest::newRow("quantizer") << "quantizer"
                               << R"({"id": "magic"})";
    QTest::newRow("quantizer parameter") << "quantizer"
                                         << R"({"id": "rtn", "magic": 1})";
    QTest::newRow("quantizer without id") << "quantizer"
                                          << "{}";
    QTest::newRow("width of the rule")
        << "quantizer"
        << R"({"id": "rtn", "range_rule": "omni-sym", "group_size": -1})";
    QTest::newRow("data") << "data"
                          << R"("/nowhere/text.txt")";
    QTest::newRow("sampler") << "calibration"
                             << R"({"sampler": "magic"})";
    QTest::newRow("samples") << "calibration"
                             << R"({"samples": 0})";
}

void TstSensitivity::refusesBadOptions()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    Json bad = options();
    bad[key.toStdString()] = Json::parse(value.toStdString());
    const auto recorder = m_fixture->run(m_fixture->request("sensitivity", bad));
    QVERIFY(recorder->state() == JobState::Failed);
    QVERIFY2(recorder->failure()->code == ErrorCode::BadInput, recorder->failure()->text.c_str());
}

BITPRISM_TEST(TstSensitivity);
#include "tst_sensitivity.moc"
