// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/interaction_probes.h"
#include "core/jobs/opened_model.h"
#include "core/models/run_states.h"
#include "core/models/stream.h"
#include "core/quant/quantized_overlay.h"
#include "core/results/interaction_matrix.h"
#include "core/results/run_summary.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

using namespace bitprism;
using test::EngineFixture;

namespace {

constexpr double sameLoss = 2e-6; // differences of four losses in FP32 forward passes
constexpr double sameProjection = 1e-4; // relative, of FP32 gradients
constexpr double sameSize = 0.05; // property 13, of sampled traces

class Tensors final : public WeightOverlay
{
public:
    std::map<std::string, at::Tensor> values;
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    }
};

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

class TstInteractions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_fixture = std::make_unique<EngineFixture>(); }

    void pairsAreWhatFullEvaluationGives_data()
    {
        QTest::addColumn<QString>("scope");
        QTest::newRow("block") << "block";
        QTest::newRow("full") << "full";
    }

    void pairsAreWhatFullEvaluationGives() // property 3.3, by polarisation
    {
        QFETCH(QString, scope);
        const auto matrix = probed(options(scope.toStdString()));
        QVERIFY(matrix && matrix->complete);
        const std::size_t cells = 3 * 7 * 2;
        QCOMPARE(matrix->candidates.size(), cells);
        // 21 pairs of layers a block, 4 of candidates each; across blocks 14 x 14 for each pair.
        const std::size_t wanted = 3 * 21 * 4 + (scope == "full" ? 3 * 14 * 14 : 0);
        QCOMPARE(matrix->pairs.size(), wanted);
        QCOMPARE(matrix->pairsWanted, std::int64_t(wanted));
        for (const ProbedPair &pair : matrix->pairs) {
            QVERIFY(pair.first < pair.second);
            QVERIFY(matrix->candidates[pair.first].layer != matrix->candidates[pair.second].layer);
            QVERIFY(scope == "full"
                    || matrix->candidates[pair.first].block
                        == matrix->candidates[pair.second].block);
            QVERIFY(*pair.standardError >= 0);
        }
        const OpenedModel opened = openModel(m_fixture->model(), "cpu");
        for (const std::size_t k : {std::size_t(0), std::size_t(40), wanted / 2, wanted - 1}) {
            const ProbedPair &pair = matrix->pairs[k];
            const double both = lossWith(opened, {pair.first, pair.second}, *matrix);
            const double first = lossWith(opened, {pair.first}, *matrix);
            const double second = lossWith(opened, {pair.second}, *matrix);
            const double base = lossWith(opened, {}, *matrix);
            QVERIFY(std::fabs(*matrix->candidates[pair.first].omega - (first - base)) < sameLoss);
            QVERIFY2(std::fabs(pair.value - (both - first - second + base)) < sameLoss,
                     qPrintable(QString::number(pair.value)));
        }
    }

    void fisherIsTheProjectionOfGradients() // property 13
    {
        const auto matrix = probed(options("fisher"));
        QVERIFY(matrix && matrix->complete && matrix->pairs.empty());
        QCOMPARE(matrix->fisher.size(), std::size_t(4));
        const OpenedModel opened = openModel(m_fixture->model(), "cpu");
        JobContext context;
        const c10::NoGradGuard noGradients;
        AllGradients all;
        streamBlocksBackward(*opened.model, tokens(opened), all, context);
        std::vector<std::vector<double>> p; // [candidate][sequence]
        for (const ProbedCandidate &candidate : matrix->candidates) {
            const LayerInfo *layer = opened.model->info().findLayer(candidate.layer);
            const at::Tensor D = change(opened, *layer, candidate.bits);
            std::vector<double> &own = p.emplace_back();
            const auto &gradients = all.gradients.at(candidate.layer);
            for (std::size_t n = 0; n < gradients.size(); ++n) {
                own.push_back((gradients[n] * D).sum().item<double>()
                              / static_cast<double>(all.tokens[n]));
            }
        }
        const std::size_t count = p.size();
        const at::Tensor M = at::empty(
            {static_cast<std::int64_t>(count), static_cast<std::int64_t>(count)}, at::kDouble);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                double expected = 0;
                for (std::size_t n = 0; n < p[i].size(); ++n) {
                    expected += static_cast<double>(all.tokens[n]) * p[i][n] * p[j][n]
                        / static_cast<double>(p[i].size());
                }
                const double found = matrix->fisherValue(i, j);
                M[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(j)] = found;
                const double scale
                    = std::sqrt(matrix->fisherValue(i, i) * matrix->fisherValue(j, j));
                QVERIFY(std::fabs(found - expected) <= sameProjection * scale);
            }
        }
        const at::Tensor values = at::linalg_eigvalsh(M);
        QVERIFY(values.min().item<double>() >= -1e-9 * values.max().item<double>());
    }

    void fisherHasTheScaleOfTheHessian_data()
    {
        QTest::addColumn<int>("length");
        for (const int length : {1, 8, 64}) {
            QTest::addRow("%d", length) << length;
        }
    }

    /// Softmax regression with labels drawn from the model: tr F with its T_n equals tr H.
    void fisherHasTheScaleOfTheHessian()
    {
        QFETCH(int, length);
        at::manual_seed(length);
        const c10::NoGradGuard noGradients;
        constexpr std::int64_t sequences = 6000;
        const at::Tensor W = at::randn({5, 4}, at::kDouble);
        const at::Tensor x = at::randn({sequences, length, 4}, at::kDouble);
        const at::Tensor probabilities = at::softmax(x.matmul(W.t()), -1);
        const at::Tensor labels
            = at::multinomial(probabilities.flatten(0, 1), 1).view({sequences, length});
        const at::Tensor slope = probabilities - at::one_hot(labels, 5).to(at::kDouble);
        const at::Tensor g = slope.transpose(1, 2).matmul(x) / length; // of each mean loss
        const double traceF = length * g.square().sum().item<double>() / sequences;
        const double traceH
            = (x.square().sum(-1) * (1 - probabilities.square().sum(-1))).mean().item<double>();
        QVERIFY2(std::fabs(traceF / traceH - 1) < sameSize,
                 qPrintable(QString::number(traceF / traceH)));
    }

    void localErrorsAreScaledByBlocks() // 3.6 b
    {
        Json chosen = options("block");
        chosen["estimator"] = "block-local";
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        const auto matrix = recorder->last<InteractionMatrix>();
        const auto table = recorder->last<SensitivityTable>();
        QVERIFY(matrix && matrix->complete);
        QCOMPARE(matrix->estimator, std::string("block-local"));
        QCOMPARE(matrix->scales.size(), std::size_t(3));
        const OpenedModel opened = openModel(m_fixture->model(), "cpu");
        const ProbedPair &pair = matrix->pairs.front();
        const double weight
            = std::find_if(matrix->scales.begin(), matrix->scales.end(),
                           [&](const BlockScale &scale) {
                               return scale.block == matrix->candidates[pair.first].block;
                           })
                  ->weight;
        const double both = localError(opened, {pair.first, pair.second}, *matrix);
        const double first = localError(opened, {pair.first}, *matrix);
        const double second = localError(opened, {pair.second}, *matrix);
        QVERIFY(std::fabs(pair.value - weight * (both - first - second))
                <= 1e-4 * std::fabs(weight) * both);
        QVERIFY(std::fabs(*table->cells[pair.first].deltaNll - weight * first)
                <= 1e-4 * std::fabs(weight) * first);
    }

    void goesOnInTheMiddleOfABlock()
    {
        const auto whole = probed(options("block"));
        JobRequest request = m_fixture->request("sensitivity", options("block"));
        request.storePath = m_fixture->store();
        int published = 0;
        const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &result) {
            if (resultAs<InteractionMatrix>(result) && ++published == 1) {
                bitprism_engine()->cancel(job); // in the second block to come
            }
        });
        QVERIFY(stopped->state() == JobState::Cancelled);
        JobRequest again = m_fixture->request("resume", Json::object());
        again.storePath = m_fixture->store();
        again.runId = stopped->runId();
        const auto resumed = m_fixture->run(again);
        QVERIFY(resumed->state() == JobState::Finished);
        const auto found = resumed->last<InteractionMatrix>();
        QVERIFY(found->complete);
        QCOMPARE(found->pairs.size(), whole->pairs.size());
        for (std::size_t i = 0; i < whole->pairs.size(); ++i) {
            QCOMPARE(found->pairs[i].first, whole->pairs[i].first);
            QCOMPARE(found->pairs[i].value, whole->pairs[i].value);
            QCOMPARE(*found->pairs[i].standardError, *whole->pairs[i].standardError);
        }
        QVERIFY(found->fisher == whole->fisher);
    }

    void ratiosAreProbedAndRun() // to the end: codes take what the table says
    {
        Json chosen = options("block");
        chosen["probes"] = "ratios";
        chosen["ratios"] = {0, 0.25, 1};
        chosen["quantizer"] = {{"id", "high-impact-mixed"}, {"group_size", 16}};
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        const auto table = recorder->last<SensitivityTable>();
        QVERIFY(table && table->complete);
        QCOMPARE(table->ratios, (std::vector<double>{0, 0.25, 1}));
        QCOMPARE(table->highBits, 4);
        QCOMPARE(table->widths, std::vector<int>{2});
        Json layers = Json::object();
        std::int64_t bits = 0;
        for (std::size_t i = 0; i < table->cells.size(); i += 3) {
            const SensitivityCell &cell = table->cells[i + i / 3 % 3];
            layers[cell.layer] = {{"bits", cell.bits}, {"ratio", *cell.ratio}};
            bits += cell.storageBits;
            QVERIFY(*table->cells[i].weightMse > *table->cells[i + 1].weightMse);
            QVERIFY(*table->cells[i + 1].weightMse > *table->cells[i + 2].weightMse);
        }
        for (const char *method : {"rtn", "gptq"}) {
            Json weights = Json::parse(table->quantizerParams);
            weights["id"] = "high-impact-mixed";
            weights["method"] = method;
            const auto run = m_fixture->run(m_fixture->request(
                "run",
                m_fixture->runOptions({{"weights", weights},
                                       {"allocation", {{"id", "manual"}, {"layers", layers}}}})));
            const auto summary = run->last<RunSummary>();
            QVERIFY(summary && summary->complete);
            std::int64_t stored = 0;
            for (const RunLayer &layer : summary->layers) {
                stored += layer.storageBits;
                QCOMPARE(*layer.ratio, layers[layer.name]["ratio"].get<double>());
            }
            QCOMPARE(stored, bits);
        }
    }

    void choosesSamplesByTheWantedError()
    {
        Json chosen = options("none");
        chosen["standard_error"] = 10; // the largest allowed: anything does
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        QVERIFY2(!recorder->failure(),
                 recorder->failure() ? recorder->failure()->text.c_str() : "");
        const auto few = recorder->last<SensitivityTable>();
        QVERIFY(few && few->complete);
        QCOMPARE(few->tokens, std::int64_t(8 * 24));
        double largest = 0;
        for (const SensitivityCell &cell : few->cells) {
            largest = std::max(largest, *cell.deltaNllStandardError);
        }
        chosen["standard_error"] = largest / 2;
        const auto more
            = m_fixture->run(m_fixture->request("sensitivity", chosen))->last<SensitivityTable>();
        QVERIFY(more && more->tokens > few->tokens);
    }

    void refusesWhatDoesNotGoTogether_data()
    {
        QTest::addColumn<QString>("changes");
        QTest::addColumn<QString>("word");
        QTest::newRow("pairs unmeasured") << R"({"interactions": "block", "measured": false})"
                                          << "measured";
        QTest::newRow("fisher without gradients")
            << R"({"interactions": "fisher", "predicted": false})"
            << "predicted";
        QTest::newRow("local across blocks")
            << R"({"interactions": "full", "estimator": "block-local"})"
            << "suffix";
        QTest::newRow("three widths") << R"({"probes": "ratios", "bits": [2, 3, 4]})"
                                      << "two widths";
        QTest::newRow("no ratios") << R"({"probes": "ratios", "ratios": []})"
                                   << "ratios";
        QTest::newRow("ratio above one") << R"({"probes": "ratios", "ratios": [2]})"
                                         << "ratios";
        QTest::newRow("a quantizer of one width")
            << R"({"probes": "ratios", "quantizer": {"id": "rtn"}})"
            << "high";
    }

    void refusesWhatDoesNotGoTogether()
    {
        QFETCH(QString, changes);
        QFETCH(QString, word);
        Json chosen = options("none");
        if (changes.contains("probes")) {
            chosen["quantizer"] = {{"id", "high-impact-mixed"}};
        }
        chosen.update(Json::parse(changes.toStdString()));
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        QVERIFY(recorder->failure());
        const std::string text = recorder->failure()->text;
        QVERIFY2(text.find(word.toStdString()) != std::string::npos, text.c_str());
    }

private:
    Json options(const std::string &interactions) const
    {
        return {{"data", m_fixture->calibration()},
                {"calibration", {{"samples", 4}, {"length", 24}}},
                {"bits", {2, 4}},
                {"interactions", interactions},
                {"quantizer", {{"id", "rtn"}, {"group_size", 16}}}};
    }
    std::shared_ptr<const InteractionMatrix> probed(const Json &chosen) const
    {
        const auto recorder = m_fixture->run(m_fixture->request("sensitivity", chosen));
        if (recorder->failure()) {
            qWarning("%s", recorder->failure()->text.c_str());
        }
        return recorder->last<InteractionMatrix>();
    }
    SampleSet samples(const OpenedModel &opened) const
    {
        JobContext context;
        return drawSamples(calibrationChoice({{"samples", 4}, {"length", 24}}, 16, 512),
                           m_fixture->calibration(), *opened.model, opened.tokenizer.get(),
                           context);
    }
    std::vector<at::Tensor> tokens(const OpenedModel &opened) const
    {
        std::vector<at::Tensor> result;
        for (const Batch &batch : samples(opened).samples) {
            result.push_back(batch.tokens);
        }
        return result;
    }
    static at::Tensor change(const OpenedModel &opened, const LayerInfo &layer, int bits)
    {
        JobContext context;
        const auto rtn
            = create<WeightQuantizer>("rtn", Json{{"bits", bits}, {"group_size", 16}}, "test");
        const at::Tensor W = opened.model->loadTensor(layer.tensor);
        const LayerTask task{&layer, W, bits, {}, nullptr};
        return dequantized(*rtn->quantize(task, context).weight) - W;
    }
    std::unique_ptr<Model> changed(const OpenedModel &opened,
                                   const std::vector<std::size_t> &candidates,
                                   const InteractionMatrix &matrix) const
    {
        auto overlay = std::make_shared<Tensors>();
        for (const std::size_t i : candidates) {
            const LayerInfo *layer = opened.model->info().findLayer(matrix.candidates[i].layer);
            overlay->values[layer->tensor] = opened.model->loadTensor(layer->tensor)
                + change(opened, *layer, matrix.candidates[i].bits);
        }
        return opened.model->withOverlay(overlay);
    }
    double lossWith(const OpenedModel &opened, const std::vector<std::size_t> &candidates,
                    const InteractionMatrix &matrix) const
    {
        JobContext context;
        const c10::NoGradGuard noGradients;
        const ItemSet items = scoredItems(samples(opened), *opened.model, opened.tokenizer.get());
        const auto model = changed(opened, candidates, matrix);
        return *evaluateItems(*model, items, EvaluateOptions(), context).nll;
    }
    double localError(const OpenedModel &opened, const std::vector<std::size_t> &candidates,
                      const InteractionMatrix &matrix) const
    {
        JobContext context;
        const c10::NoGradGuard noGradients;
        const int block = matrix.candidates[candidates.front()].block;
        std::vector<StreamState> states;
        for (const Batch &batch : calibrationBatches(*opened.model, samples(opened))) {
            states.push_back(opened.model->begin(0, batch));
        }
        for (int b = 0; b < block; ++b) {
            runOnAll(*opened.model, opened.model->loadBlock({0, b}), states, context);
        }
        const auto model = changed(opened, candidates, matrix);
        std::vector<StreamState> other = states;
        runOnAll(*opened.model, opened.model->loadBlock({0, block}), states, context);
        runOnAll(*model, model->loadBlock({0, block}), other, context);
        double error = 0;
        double square = 0;
        for (std::size_t i = 0; i < states.size(); ++i) {
            error += (other[i].hidden - states[i].hidden).square().sum(at::kDouble).item<double>();
            square += states[i].hidden.square().sum(at::kDouble).item<double>();
        }
        return error / square;
    }

    std::unique_ptr<EngineFixture> m_fixture;
};

BITPRISM_TEST(TstInteractions);
#include "tst_interactions.moc"
