// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/kernels/uniform_affine.h"
#include "core/quant/block_training.h"
#include "core/quant/learned_clip.h"
#include "tests/quant/toy_block.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::ToyBlock;

namespace {

GridOptions omniGrid(int bits, std::int64_t groupSize, bool isSymmetric = false)
{
    GridOptions options;
    options.bits = bits;
    options.groupSize = groupSize;
    options.rule = isSymmetric ? RangeRule::OmniSym : RangeRule::OmniAsym;
    return options;
}

at::Tensor fakeQuantized(const at::Tensor &weights, const GridSet &grids)
{
    const at::Tensor W = cpuFloat(weights);
    const at::Tensor result = at::empty_like(W);
    fakeQuantize(matrixView(W), grids, matrixView(result));
    return result;
}

QuantizedBlock quantizedBlock(const char *id, const Json &params, const ToyBlock &toy,
                              std::uint64_t seed = 0)
{
    JobContext context(seed);
    return create<WeightQuantizer>(id, params, "test")->quantizeBlock(toy.task, context);
}

} // namespace

class TstLearningQuantizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void openClipIsTheWholeRange_data();
    void openClipIsTheWholeRange();
    void firstClipShrinksBothEnds();
    void clippedWeightsAreWhatIsStored_data();
    void clippedWeightsAreWhatIsStored();
    void gradientFollowsTheLoss();
    void clipNeverEndsAboveItsStart_data();
    void clipNeverEndsAboveItsStart();
    void clipOfALayerAloneGains();
    void roundingNeverEndsAboveNearest_data();
    void roundingNeverEndsAboveNearest();
    void samplesComeOneByOne();
    void equalSeedsGiveEqualCodes_data();
    void equalSeedsGiveEqualCodes();
    void stopsWithinAStep_data();
    void stopsWithinAStep();
    void statesItsMemory_data();
    void statesItsMemory();
    void refusesBadParameters_data();
    void refusesBadParameters();
};

void TstLearningQuantizers::openClipIsTheWholeRange_data()
{
    QTest::addColumn<int>("groupSize");
    QTest::addColumn<bool>("isSymmetric");
    QTest::newRow("groups") << 16 << false;
    QTest::newRow("ragged") << 20 << false;
    QTest::newRow("rows") << 0 << false;
    QTest::newRow("symmetric") << 16 << true;
}

/// Property 13: logits without bound give OmniQuant's min-max grid.
void TstLearningQuantizers::openClipIsTheWholeRange()
{
    QFETCH(int, groupSize);
    QFETCH(bool, isSymmetric);
    at::manual_seed(1);
    const at::Tensor W = at::randn({7, 48});
    const GridOptions options = omniGrid(3, groupSize, isSymmetric);
    LearnedClip clip(W, options);
    clip.open();
    const GridSet expected = fitGrids(matrixView(W), options);
    QVERIFY(clip.grids() == expected);
    QVERIFY(at::equal(clip.weights(), fakeQuantized(W, expected)));
}

void TstLearningQuantizers::firstClipShrinksBothEnds()
{
    constexpr float factor = 0.98201F; // sigmoid(4)
    at::manual_seed(2);
    const at::Tensor W = at::randn({5, 32});
    GridOptions options = omniGrid(4, 0);
    options.scaleType = ScaleType::F32;
    const GridSet grids = LearnedClip(W, options).grids();
    for (std::int64_t i = 0; i < 5; ++i) {
        const float range = W[i].max().item<float>() - W[i].min().item<float>();
        QVERIFY(std::fabs(grids.scales[static_cast<std::size_t>(i)] * 15 / range - factor) < 1e-5F);
    }
}

void TstLearningQuantizers::clippedWeightsAreWhatIsStored_data()
{
    QTest::addColumn<QString>("scaleType");
    QTest::newRow("f16") << "f16";
    QTest::newRow("bf16") << "bf16";
    QTest::newRow("f32") << "f32";
}

void TstLearningQuantizers::clippedWeightsAreWhatIsStored()
{
    QFETCH(QString, scaleType);
    at::manual_seed(3);
    const at::Tensor W = at::randn({9, 40});
    GridOptions options = omniGrid(2, 16);
    options.scaleType = scaleTypeFromName(scaleType.toStdString());
    LearnedClip clip(W, options);
    for (int step = 0; step < 5; ++step) {
        clip.beginStep();
        {
            const c10::AutoGradMode gradients(true);
            (clip.weights() - W).square().sum().backward();
        }
        clip.endStep(0.1);
    }
    QVERIFY(at::equal(clip.weights(), fakeQuantized(W, clip.grids())));
}

/// Straight through the rounding, not through the zero point: worked out for one weight.
void TstLearningQuantizers::gradientFollowsTheLoss()
{
    // Range [-1, 3], 2 bits: at logits u, l the scale is (3 sig(u) + sig(l)) / 3 and z stays.
    const at::Tensor W = at::tensor({-1.0F, 0.4F, 1.1F, 3.0F}).view({1, 4});
    GridOptions options = omniGrid(2, 0);
    options.scaleType = ScaleType::F32;
    LearnedClip clip(W, options);
    const double sig = 1 / (1 + std::exp(-4.0));
    const double slope = sig * (1 - sig);
    const double scale = 4 * sig / 3;
    const double zero = std::nearbyint(sig / scale);
    double expected = 0; // of the sum of weights, with respect to u: ds/du times sum of dw/ds
    for (const double w : {-1.0, 0.4, 1.1, 3.0}) {
        const double level = std::nearbyint(w / scale) + zero;
        const double code = std::clamp(level, 0.0, 3.0);
        const bool isInside = level >= 0 && level <= 3;
        expected += (code - zero - (isInside ? w / scale : 0)) * slope * 3 / 3;
    }
    clip.beginStep();
    {
        const c10::AutoGradMode gradients(true);
        clip.weights().sum().backward();
    }
    const double measured = clip.logits().grad().flatten()[0].item<double>();
    QVERIFY2(std::fabs(measured - expected) < 1e-5,
             qPrintable(QString::number(measured) + " " + QString::number(expected)));
}

void TstLearningQuantizers::clipNeverEndsAboveItsStart_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<bool>("augmented");
    QTest::addColumn<double>("rate");
    QTest::newRow("3 bits") << 3 << false << 0.01;
    QTest::newRow("2 bits, second target") << 2 << true << 0.01;
    QTest::newRow("wild") << 2 << false << 1.0;
}

void TstLearningQuantizers::clipNeverEndsAboveItsStart()
{
    QFETCH(int, bits);
    QFETCH(bool, augmented);
    QFETCH(double, rate);
    const ToyBlock toy(test::learnableToy(), bits);
    Json params = {{"group_size", 16}, {"epochs", 0}, {"learning_rate", rate}};
    params["aug_loss"] = augmented;
    const double before
        = toy.outputError(ToyBlock::tensorsOf(quantizedBlock("omniquant-clip", params, toy)));
    params["epochs"] = 8;
    const double after
        = toy.outputError(ToyBlock::tensorsOf(quantizedBlock("omniquant-clip", params, toy)));
    QVERIFY2(after <= before * (1 + 1e-5), qPrintable(QString::number(after / before)));
    QVERIFY2(rate > 0.5 || after < 0.99 * before, qPrintable(QString::number(after / before)));
}

void TstLearningQuantizers::clipOfALayerAloneGains()
{
    const ToyBlock toy(test::learnableToy(), 2);
    JobContext context;
    const LayerTask &layer = toy.task.layers.front();
    const auto errorOf = [&](const QuantizedLayer &quantized) {
        const at::Tensor change = dequantized(*quantized.weight) - layer.weight;
        return (change.matmul(layer.statistics->hessian()) * change).sum().item<double>();
    };
    const Json none = {{"group_size", 16}, {"epochs", 0}};
    const Json some = {{"group_size", 16}, {"epochs", 10}};
    const double before = errorOf(
        create<WeightQuantizer>("omniquant-clip", none, "test")->quantize(layer, context));
    const double after = errorOf(
        create<WeightQuantizer>("omniquant-clip", some, "test")->quantize(layer, context));
    QVERIFY2(after < before, qPrintable(QString::number(after / before)));
}

void TstLearningQuantizers::roundingNeverEndsAboveNearest_data()
{
    QTest::addColumn<QString>("objective");
    QTest::addColumn<double>("gain");
    QTest::newRow("hessian") << "hessian" << 0.9;
    QTest::newRow("layer") << "layer" << 0.95;
    QTest::newRow("block") << "block" << 0.95;
}

void TstLearningQuantizers::roundingNeverEndsAboveNearest()
{
    QFETCH(QString, objective);
    QFETCH(double, gain);
    const ToyBlock toy(test::learnableToy(), 3);
    const Json grid = {{"group_size", 16}, {"clip_search", "power-norm"}};
    Json params = grid;
    params["objective"] = objective.toStdString();
    params["steps"] = 300;
    params["learning_rate"] = 0.05;
    params["lambda"] = 1e-4;
    const QuantizedBlock nearest = quantizedBlock("rtn", grid, toy);
    const QuantizedBlock learned = quantizedBlock("adaround", params, toy);
    const double ratio = objective == "block" ? toy.outputError(ToyBlock::tensorsOf(learned))
            / toy.outputError(ToyBlock::tensorsOf(nearest))
                                              : toy.layerError(learned) / toy.layerError(nearest);
    QVERIFY2(ratio < gain, qPrintable(QString::number(ratio)));
    for (std::size_t i = 0; i < learned.layers.size(); ++i) { // the same grids, one code apart
        const auto &a = dynamic_cast<const UniformAffineWeight &>(*learned.layers[i].weight);
        const auto &b = dynamic_cast<const UniformAffineWeight &>(*nearest.layers[i].weight);
        QVERIFY(a.grids() == b.grids());
        const auto codes = a.codes();
        const auto others = b.codes();
        for (std::size_t k = 0; k < codes.size(); ++k) {
            QVERIFY(std::abs(codes[k] - others[k]) <= 1);
        }
    }
}

void TstLearningQuantizers::samplesComeOneByOne()
{
    const ToyBlock toy(test::learnableToy());
    JobContext context;
    const std::vector<TrainingSample> samples = trainingSamples(toy.task, true, context);
    QCOMPARE(samples.size(), std::size_t(6)); // two states of three
    double worst = 0;
    for (const TrainingSample &sample : samples) {
        QCOMPARE(sample.input.hidden.size(0), std::int64_t(1));
        // Both streams are the same here, so both targets are.
        worst = std::max(worst, test::relativeDifference(sample.sameInputTarget, sample.target));
        worst = std::max(worst, blockLoss(toy.task, {}, sample, context).item<double>());
    }
    QVERIFY2(worst < 1e-5, qPrintable(QString::number(worst)));
}

void TstLearningQuantizers::equalSeedsGiveEqualCodes_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("params");
    QTest::newRow("omniquant-clip") << "omniquant-clip"
                                    << R"({"group_size": 16, "epochs": 3})";
    QTest::newRow("adaround") << "adaround"
                              << R"({"group_size": 16, "steps": 20})";
    QTest::newRow("adaround, layer") << "adaround"
                                     << R"({"group_size": 16, "steps": 20, "objective": "layer"})";
    QTest::newRow("adaround, block") << "adaround"
                                     << R"({"group_size": 16, "steps": 20, "objective": "block"})";
}

void TstLearningQuantizers::equalSeedsGiveEqualCodes()
{
    QFETCH(QString, id);
    QFETCH(QString, params);
    const ToyBlock toy(test::learnableToy());
    const Json parsed = Json::parse(params.toStdString());
    const QuantizedBlock first = quantizedBlock(id.toUtf8().constData(), parsed, toy, 7);
    const QuantizedBlock second = quantizedBlock(id.toUtf8().constData(), parsed, toy, 7);
    for (std::size_t i = 0; i < first.layers.size(); ++i) {
        QVERIFY(
            at::equal(dequantized(*first.layers[i].weight), dequantized(*second.layers[i].weight)));
    }
}

void TstLearningQuantizers::stopsWithinAStep_data() { equalSeedsGiveEqualCodes_data(); }

void TstLearningQuantizers::stopsWithinAStep()
{
    QFETCH(QString, id);
    QFETCH(QString, params);
    const ToyBlock toy(test::learnableToy());
    /// Cancels at the first progress or stage it hears of.
    class Canceller final : public JobContext
    {
    public:
        explicit Canceller(std::stop_source source)
            : JobContext(0, source.get_token())
            , m_source(std::move(source))
        {
        }
        void stage(std::string_view) override { m_source.request_stop(); }

    private:
        std::stop_source m_source;
    };
    Canceller context{std::stop_source()};
    const auto complaint = test::complaintOf([&] {
        create<WeightQuantizer>(id.toStdString(), Json::parse(params.toStdString()), "test")
            ->quantizeBlock(toy.task, context);
    });
    QVERIFY2(complaint.code == ErrorCode::Cancelled, complaint.text.c_str());
}

void TstLearningQuantizers::statesItsMemory_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"awq", "omniquant-clip", "adaround"}) {
        QTest::newRow(id) << id;
    }
}

void TstLearningQuantizers::statesItsMemory()
{
    QFETCH(QString, id);
    const ToyBlock toy(test::learnableToy());
    QuantizerWork work;
    std::int64_t weights = 0;
    for (const LayerTask &layer : toy.task.layers) {
        work.layers.push_back(layer.layer);
        weights += layer.weight.numel() * 4;
    }
    work.blockBytes = weights;
    work.hiddenSize = 32;
    work.tokens = 144;
    work.sampleTokens = 24;
    const auto quantizer = create<WeightQuantizer>(id.toStdString(), Json::object(), "test");
    QVERIFY(quantizer->memoryNeed(work) >= weights);
}

void TstLearningQuantizers::refusesBadParameters_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("params");
    QTest::addColumn<QString>("key");
    QTest::newRow("epochs") << "omniquant-clip"
                            << R"({"epochs": -1})"
                            << "epochs";
    QTest::newRow("rate") << "omniquant-clip"
                          << R"({"learning_rate": 5})"
                          << "learning_rate";
    QTest::newRow("objective") << "adaround"
                               << R"({"objective": "best"})"
                               << "objective";
    QTest::newRow("steps") << "adaround"
                           << R"({"steps": 0})"
                           << "steps";
    QTest::newRow("exponents") << "adaround"
                               << R"({"beta_start": 3, "beta_end": 4})"
                               << "beta_end";
    QTest::newRow("tau") << "spqr"
                         << R"({"tau": -1})"
                         << "tau";
    QTest::newRow("scale bits") << "spqr"
                                << R"({"scale_bits": 1})"
                                << "scale_bits";
}

void TstLearningQuantizers::refusesBadParameters()
{
    QFETCH(QString, id);
    QFETCH(QString, params);
    QFETCH(QString, key);
    const auto complaint = test::complaintOf([&] {
        create<WeightQuantizer>(id.toStdString(), Json::parse(params.toStdString()), "test");
    });
    QVERIFY2(complaint.isBadInputNaming(key.toStdString()), complaint.text.c_str());
}

BITPRISM_TEST(TstLearningQuantizers);
#include "tst_learning_quantizers.moc"

#include <c10/core/GradMode.h>
