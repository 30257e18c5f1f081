// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/io/safetensors.h"
#include "core/kernels/channel_migration.h"
#include "core/quant/layer_input.h"
#include "core/quant/outlier_plus_search.h"
#include "core/quant/signed_grid.h"
#include "tests/support/bound_transform.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 forward passes of one function, the weights edited in FP64 and rounded once.
constexpr double plusTolerance = 1e-5;
/// Objectives are squares of differences of nearly equal FP32 values: of their seven digits three
/// are lost in the difference, and each side adds in another order.
constexpr double sumTolerance = 1e-4;
/// The middle of a channel's extremes is a few units of the last place of the extremes off, which
/// the largest of a channel, a hundred times its middle, shows as this share.
constexpr double centreTolerance = 1e-3;
/// Below these an FP32 value of a toy is rounding.
constexpr double centreFloor = 1e-4;
constexpr double scaleFloor = 1e-5;
/// A forward pass with padding adds in blocks of another size; a threshold may move by a step.
constexpr double paddingTolerance = 1e-3;

const Json coarse{{"weight_bits", 4}, {"activation_bits", 4}, {"lowest", 0.3}};

/// Nothing to search, so shifts alone: for toys of thousands of positions.
const Json shiftsAlone{{"lowest", 1000}};

const Json &paramsFor(const Subject &made)
{
    return made.model->info().featureKind.empty() ? coarse : shiftsAlone;
}

/// Keeps what enters each layer.
class Inputs final : public BlockHooks
{
public:
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        byLayer[layer.name] = input.clone();
        return input;
    }
    std::map<std::string, at::Tensor> byLayer;
};

std::vector<FoundChange> searchedScales(const Subject &made, const OutlierPlusOptions &options)
{
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const Block block = model.loadBlock({0, 0});
    const std::vector<StreamState> states{model.begin(0, made.batch)};
    JobContext context;
    return OutlierPlusSearch(graph, model, block, states, options).run(context);
}

OutlierPlusOptions inFullPrecision()
{
    OutlierPlusOptions options;
    options.weightBits = 4;
    options.activationBits = 4;
    options.hasRoundedPrefix = false;
    options.lowest = 0.3;
    return options;
}

} // namespace

class TstOutlierSuppressionPlus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void keepsTheFunction_data();
    void keepsTheFunction();
    void shiftedChannelsAreCentred();
    void shiftNeedsBiases();
    void thresholdsGoDownToTheLowest();
    void smallInputsAreNotSearched();
    void objectiveIsTheErrorOfTheReadersOutput();
    void objectiveOfAttentionIsTakenBehindIt();
    void objectiveOfAGatedMlpIsTakenBehindTheProduct_data();
    void objectiveOfAGatedMlpIsTakenBehindTheProduct();
    void theChosenIsNeverWorseThanNoScale();
    void anOutlierChannelIsDivided();
    void paddingChangesNothing();
    void theWorkIsForeseen();
    void threadsChangeNothing();
};

void TstOutlierSuppressionPlus::keepsTheFunction_data()
{
    QTest::addColumn<QString>("subject");
    for (const NamedSubject &subject : familySubjects()) {
        QTest::addRow("%s", subject.name) << QString(subject.name);
    }
}

void TstOutlierSuppressionPlus::keepsTheFunction()
{
    QFETCH(QString, subject);
    const Subject made = subjectNamed(subject);
    const ModelGraph graph(made.model->info());
    const auto transform = makeTransform("outlier-suppression-plus", paramsFor(made));
    const LearnedTensors learned = learnedOn(*transform, *made.model, made.batch, graph);
    QCOMPARE(transform->findings(learned).size(), 1U);
    const auto changed = made.model->withTransform(transform->bind(graph, 3, learned));
    const double difference
        = relativeDifference(outputsOf(*changed, made.batch), outputsOf(*made.model, made.batch));
    QVERIFY2(difference <= plusTolerance, qPrintable(QString::number(difference)));
}

void TstOutlierSuppressionPlus::shiftedChannelsAreCentred()
{
    for (const char *name : {"bert", "opt", "gpt2", "albert"}) {
        const Subject made = subjectNamed(name);
        const Model &model = *made.model;
        const ModelGraph graph(model.info());
        Json params = coarse;
        params["x_source"] = "fp";
        const auto transform = makeTransform("outlier-suppression-plus", params);
        const LearnedTensors learned = learnedOn(*transform, model, made.batch, graph);
        const auto changed = model.withTransform(transform->bind(graph, 3, learned));
        Inputs inputs;
        static_cast<void>(outputsOf(*changed, made.batch, &inputs));
        int centred = 0;
        for (const NormInfo &norm : model.info().norms) {
            for (const LayerInfo *layer : graph.readersOf(norm)) {
                if (!learned.contains(norm.gain)) {
                    continue;
                }
                const at::Tensor &x = inputs.byLayer.at(layer->name);
                const at::Tensor high = x.amax({0, 1});
                const at::Tensor low = x.amin({0, 1});
                QVERIFY2(at::allclose(high, -low, centreTolerance, centreFloor),
                         layer->name.c_str());
                ++centred;
            }
        }
        QVERIFY(centred > 0);
    }
}

void TstOutlierSuppressionPlus::shiftNeedsBiases()
{
    const auto shifts = [](const char *name, const char *norm) {
        const Subject made = subjectNamed(name);
        const ModelGraph graph(made.model->info());
        const auto transform = makeTransform("outlier-suppression-plus", paramsFor(made));
        const LearnedTensors learned = learnedOn(*transform, *made.model, made.batch, graph);
        return std::count_if(learned.begin(), learned.end(), [norm](const auto &entry) {
            return entry.first.find(norm) != std::string::npos && entry.first.ends_with("@shift");
        });
    };
    QCOMPARE(shifts("llama", ""), 0); // RMS norms have none
    QVERIFY(shifts("bert", "output.LayerNorm") > 0);
    QCOMPARE(shifts("whisper", "self_attn_layer_norm"), 0); // its keys have none
    QVERIFY(shifts("whisper", "final_layer_norm") > 0);
}

void TstOutlierSuppressionPlus::thresholdsGoDownToTheLowest()
{
    const at::Tensor high = at::tensor({60.7, 3.0, 0.5}, at::kDouble);
    const at::Tensor low = at::tensor({-1.0, -8.0, -0.5}, at::kDouble);
    std::vector<double> thresholds;
    const ThresholdChoice choice
        = searchThreshold(high, low, 1, [&](const at::Tensor &scale, double threshold) {
              thresholds.push_back(threshold);
              const at::Tensor expected
                  = at::tensor({std::max(1.0, 60.7 / threshold), std::max(1.0, 8 / threshold), 1.0},
                               at::kDouble);
              return at::allclose(scale, expected, 1e-12) ? std::abs(threshold - 5) : 1e9;
          });
    // As predictions from statistics have them.
    for (std::int64_t j = 0; j < high.numel(); ++j) {
        QCOMPARE(scalesFor(high, low, 5)[j].item<double>(),
                 suppressionScale(low[j].item<double>(), high[j].item<double>(), 5));
    }
    QCOMPARE(thresholds.size(), 122U); // floor(60.7 / 0.5) + 1
    QCOMPARE(choice.objectives.size(), thresholds.size());
    QCOMPARE(thresholds.front(), 60.7);
    QVERIFY(std::abs(thresholds.back() - 1) < 1e-9);
    QVERIFY(std::abs(choice.threshold - 5) < 60.0 / 121);
    QVERIFY(std::abs(choice.scale[0].item<double>() - 60.7 / choice.threshold) < 1e-9);
    // Of equal ones the first.
    const ThresholdChoice flat
        = searchThreshold(high, low, 1, [](const at::Tensor &, double) { return 1.0; });
    QVERIFY(at::equal(flat.scale, at::ones_like(high)));
}

void TstOutlierSuppressionPlus::smallInputsAreNotSearched()
{
    const at::Tensor high = at::tensor({0.9, 0.2}, at::kDouble);
    int tried = 0;
    const ThresholdChoice choice
        = searchThreshold(high, -high, 0.9, [&](const at::Tensor &, double) {
              ++tried;
              return 0.0;
          });
    QCOMPARE(tried, 0);
    QVERIFY(at::equal(choice.scale, at::ones_like(high)));
}

void TstOutlierSuppressionPlus::objectiveIsTheErrorOfTheReadersOutput()
{
    const Subject made = subjectNamed("bert");
    const Model &model = *made.model;
    const std::vector<FoundChange> found = searchedScales(made, inFullPrecision());
    QCOMPARE(found.size(), 2U);
    // The norm before the MLP has one reader (outlier-suppression.md, equation 10), here at s = 1.
    const std::string name = "bert.encoder.layer.0.intermediate.dense";
    const Block block = model.loadBlock({0, 0});
    const LayerInfo &layer = *model.info().findLayer(name);
    const at::Tensor x
        = inputOf(model, block, layer, model.begin(0, made.batch)).reshape({-1, layer.cols});
    const at::Tensor W = block.tensor(name + ".weight");
    const at::Tensor z = (x.amax(0) + x.amin(0)) / 2;
    const at::Tensor shifted = x - z;
    const at::Tensor rounded = fakeQuantizeRange(shifted, shifted.min(), shifted.max(), 4);
    const at::Tensor weight = fakeQuantizeSigned(W, W.abs().amax(1, true), 4);
    const at::Tensor error = at::mm(rounded, weight.t()) + at::mv(W, z) - at::mm(x, W.t());
    const double expected = error.square().sum().item<double>() / static_cast<double>(x.size(0));
    QVERIFY(std::abs(found[1].objectives.front() / expected - 1) < sumTolerance);
    QVERIFY(at::allclose(found[1].change.shift, z, 1e-5, 1e-6));
}

void TstOutlierSuppressionPlus::objectiveOfAttentionIsTakenBehindIt()
{
    const Subject made = subjectNamed("bert");
    const Model &model = *made.model;
    const std::vector<FoundChange> found = searchedScales(made, inFullPrecision());
    const std::string prefix = "bert.encoder.layer.0.attention.self.";
    const Block block = model.loadBlock({0, 0});
    const StreamState state = model.begin(0, made.batch);
    const at::Tensor x = state.hidden; // [samples, length, 16]: the norm before the first block
    const at::Tensor z = (x.amax({0, 1}) + x.amin({0, 1})) / 2;
    const at::Tensor shifted = x - z;
    const at::Tensor rounded = fakeQuantizeRange(shifted, shifted.min(), shifted.max(), 4);
    const auto project = [&](const char *part, bool isRounded) {
        const at::Tensor W = block.tensor(prefix + part + ".weight");
        const at::Tensor b = block.tensor(prefix + part + ".bias");
        const at::Tensor y = isRounded
            ? at::matmul(rounded, fakeQuantizeSigned(W, W.abs().amax(1, true), 4).t())
                + at::mv(W, z) + b
            : at::matmul(x, W.t()) + b;
        return y.view({y.size(0), y.size(1), 2, 8}).transpose(1, 2); // two heads
    };
    const auto attended = [&](bool isRounded) {
        const at::Tensor scores
            = at::matmul(project("query", isRounded), project("key", isRounded).transpose(2, 3))
            / std::sqrt(8.0);
        return at::matmul(at::softmax(scores, -1), project("value", isRounded));
    };
    const double tokens = static_cast<double>(x.size(0) * x.size(1));
    const double expected
        = (attended(true) - attended(false)).square().sum().item<double>() / tokens;
    QVERIFY(std::abs(found[0].objectives.front() / expected - 1) < sumTolerance);
}

void TstOutlierSuppressionPlus::objectiveOfAGatedMlpIsTakenBehindTheProduct_data()
{
    QTest::addColumn<QString>("mlp");
    QTest::addColumn<QString>("gate");
    QTest::addColumn<QString>("up");
    QTest::addColumn<QString>("down");
    QTest::newRow("llama") << "model.layers.0.mlp."
                           << "gate_proj"
                           << "up_proj"
                           << "down_proj";
    QTest::newRow("llada") << "model.transformer.blocks.0."
                           << "ff_proj"
                           << "up_proj"
                           << "ff_out";
}

void TstOutlierSuppressionPlus::objectiveOfAGatedMlpIsTakenBehindTheProduct()
{
    QFETCH(QString, mlp);
    QFETCH(QString, gate);
    QFETCH(QString, up);
    QFETCH(QString, down);
    const Subject made = subjectNamed(QTest::currentDataTag());
    const Model &model = *made.model;
    const std::vector<FoundChange> found = searchedScales(made, inFullPrecision());
    QCOMPARE(found.size(), 2U);
    const Block block = model.loadBlock({0, 0});
    const StreamState state = model.begin(0, made.batch);
    const auto enters = [&](const QString &layer) {
        const LayerInfo &info = *model.info().findLayer((mlp + layer).toStdString());
        return inputOf(model, block, info, state).reshape({-1, info.cols});
    };
    const at::Tensor x = enters(gate); // here at s = 1
    const at::Tensor rounded = fakeQuantizeRange(x, x.min().clamp_max(0), x.max().clamp_min(0), 4);
    const auto project = [&](const QString &layer) {
        const at::Tensor W = block.tensor((mlp + layer + ".weight").toStdString());
        return at::mm(rounded, fakeQuantizeSigned(W, W.abs().amax(1, true), 4).t());
    };
    const at::Tensor gated = project(gate);
    const at::Tensor product = gated / (1 + (-gated).exp()) * project(up);
    // The whole block, attention first, gives the target.
    const double expected
        = (product - enters(down)).square().sum().item<double>() / static_cast<double>(x.size(0));
    QVERIFY(std::abs(found[1].objectives.front() / expected - 1) < sumTolerance);
}

void TstOutlierSuppressionPlus::theChosenIsNeverWorseThanNoScale()
{
    for (const NamedSubject &subject : familySubjects()) {
        const Subject made = subject.make();
        if (made.model->info().stacks.front().readsFeatures) {
            continue; // whose first stack is not one of texts
        }
        for (const FoundChange &found : searchedScales(made, inFullPrecision())) {
            QVERIFY(found.objectives.empty() || found.objectives.size() >= 101);
            const double least = found.objectives.empty()
                ? 0
                : *std::min_element(found.objectives.begin(), found.objectives.end());
            QVERIFY(found.objectives.empty() || least <= found.objectives.front());
            QVERIFY(found.change.scale.ge(1).all().item<bool>());
        }
    }
}

void TstOutlierSuppressionPlus::anOutlierChannelIsDivided()
{
    /// A channel of the first norm that is large, and the weights behind it small.
    class LoudChannel final : public ModelTransform
    {
    public:
        void edit(Block &block) const override
        {
            const std::string norm = "model.layers.0.input_layernorm.weight";
            if (block.id() == BlockId{0, 0}) {
                at::Tensor gain = block.tensor(norm).clone();
                gain[3] *= 50;
                block.setTensor(norm, gain);
                for (const char *name : {"q_proj", "k_proj", "v_proj"}) {
                    const std::string weight
                        = std::string("model.layers.0.self_attn.") + name + ".weight";
                    at::Tensor W = block.tensor(weight).clone();
                    W.select(1, 3) /= 50;
                    block.setTensor(weight, W);
                }
            }
        }
    };
    const Subject made = subjectNamed("llama");
    const auto loud = std::make_shared<LoudChannel>();
    const auto model = made.model->withTransform(loud);
    const ModelGraph graph(made.model->info());
    const auto transform
        = makeTransform("outlier-suppression-plus", {{"weight_bits", 8}, {"activation_bits", 6}});
    const LearnedTensors learned = learnedOn(*transform, *model, made.batch, graph);
    const at::Tensor scale = learned.at("model.layers.0.input_layernorm.weight");
    QCOMPARE(scale.argmax().item<std::int64_t>(), 3);
    QVERIFY(scale.max().item<double>() > 5);
}

void TstOutlierSuppressionPlus::paddingChangesNothing()
{
    Subject made = subjectNamed("bert");
    const std::vector<FoundChange> without = searchedScales(made, inFullPrecision());
    const std::int64_t padding = 7;
    const std::int64_t length = made.batch.tokens.size(1);
    made.batch.tokens = at::cat({made.batch.tokens, at::zeros({2, padding}, at::kLong)}, 1);
    made.batch.mask = at::ones({2, length + padding}, at::kBool);
    made.batch.mask.narrow(1, length, padding).fill_(false);
    const std::vector<FoundChange> with = searchedScales(made, inFullPrecision());
    QCOMPARE(with.size(), without.size());
    for (std::size_t i = 0; i < with.size(); ++i) {
        QVERIFY(at::allclose(with[i].change.scale, without[i].change.scale, paddingTolerance,
                             scaleFloor));
        QVERIFY(at::allclose(with[i].change.shift, without[i].change.shift, paddingTolerance,
                             scaleFloor));
    }
}

/// Thresholds grow in number with what a loud norm lets through, before anything passed it.
void TstOutlierSuppressionPlus::theWorkIsForeseen()
{
    const auto workOf = [](float gain) {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString() + "/toy";
        writeToyLlama(path);
        const std::filesystem::path file = path / "model.safetensors";
        for (const char *norm : {"input_layernorm", "post_attention_layernorm"}) {
            const io::SafetensorsFile source(file);
            const std::string name = std::string("model.layers.0.") + norm + ".weight";
            std::string bytes = io::readWholeFile(file, std::uint64_t{1} << 30);
            bytes.replace(8 + source.header().size() + source.find(name)->begin, sizeof gain,
                          reinterpret_cast<const char *>(&gain), sizeof gain);
            io::writeFileAtomically(file, bytes);
        }
        Subject made;
        made.model = Model::open(path);
        made.batch.tokens = randomTokens(8, made.model->info().contextLength,
                                         made.model->info().vocabularySize, 5);
        std::size_t tried = 0;
        for (const FoundChange &found : searchedScales(made, {.lowest = 0.1})) {
            tried += found.objectives.size();
        }
        const ModelGraph graph(made.model->info());
        return std::pair(OutlierPlusSearch::blockRuns(graph, *made.model, {0, 0}),
                         static_cast<double>(tried));
    };
    const auto [quietWork, quietTried] = workOf(1);
    const auto [loudWork, loudTried] = workOf(200);
    QVERIFY(loudTried > 3 * quietTried);
    const double ratio = loudWork / quietWork / (loudTried / quietTried);
    // The few states of a toy reach two gains, those of trained models about four.
    QVERIFY2(ratio > 0.5 && ratio < 2.5, qPrintable(QString::number(ratio)));
    // A candidate runs at most the block and its readers' weights again.
    QVERIFY(quietWork > 0.3 * quietTried && quietWork < 2 * quietTried);
}

void TstOutlierSuppressionPlus::threadsChangeNothing()
{
    const at::Tensor high = at::arange(1, 9, at::kFloat) * 10;
    const auto objective = [](const at::Tensor &scale, double threshold) {
        return std::abs(threshold - 33) + scale.sum().item<double>() * 1e-3;
    };
    const ThresholdChoice one = searchThreshold(high, -high, 1, objective, 1);
    const ThresholdChoice two = searchThreshold(high, -high, 1, objective, 2);
    QCOMPARE(two.objectives, one.objectives);
    QCOMPARE(two.threshold, one.threshold);
    QVERIFY(at::equal(two.scale, one.scale));
}

BITPRISM_TEST(TstOutlierSuppressionPlus);
#include "tst_outlier_suppression_plus.moc"
