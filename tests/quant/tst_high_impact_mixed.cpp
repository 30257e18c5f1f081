// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/kernels/mixed_grids.h"
#include "core/quant/block_training.h"
#include "core/quant/channel_scores.h"
#include "core/quant/code_file.h"
#include "core/quant/hybrid_training.h"
#include "tests/quant/toy_block.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace bitprism;
using test::ToyBlock;

namespace {

constexpr double sameFisher = 1e-6; // property 12
constexpr double sameWeights = 1e-6; // property 14: inside the clip range

/// Scores that favour some channels of each layer.
void addScores(BlockTask &task)
{
    for (LayerTask &layer : task.layers) {
        at::manual_seed(static_cast<std::uint64_t>(layer.weight.size(1)));
        layer.scores = at::rand({layer.weight.size(1)});
    }
}

QuantizedBlock mixedBlock(Json params, const ToyBlock &toy, std::uint64_t seed = 0)
{
    JobContext context(seed);
    params["bits"] = 2;
    params["high_bits"] = 4;
    return create<WeightQuantizer>("high-impact-mixed", params, "test")
        ->quantizeBlock(toy.task, context);
}

std::string codesOf(const QuantizedBlock &block)
{
    Sha256 hash;
    for (const QuantizedLayer &layer : block.layers) {
        hashWeight(hash, layer.layer->name, *layer.weight);
    }
    return hash.hex();
}

} // namespace

class TstHighImpactMixed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }

    void fisherIsTheMeanOfSquaredGradients() // property 12, on an MLP of two layers
    {
        at::manual_seed(3);
        const c10::AutoGradMode gradients(true);
        const at::Tensor first = at::randn({6, 4}).requires_grad_(true);
        const at::Tensor second = at::randn({5, 6}).requires_grad_(true);
        FisherDiagonal fisher;
        at::Tensor expected = at::zeros({6, 4});
        const std::vector<std::int64_t> lengths{3, 7, 2};
        for (const std::int64_t length : lengths) {
            const at::Tensor x = at::randn({length, 4});
            const at::Tensor targets = at::randint(0, 5, {length}, at::kLong);
            const auto loss = [&] {
                const at::Tensor logits = at::tanh(x.matmul(first.t())).matmul(second.t());
                return at::nll_loss(at::log_softmax(logits, 1), targets);
            };
            loss().backward(); // the mean over the sequence's tokens
            expected = expected
                + static_cast<double>(length) * first.grad().square()
                    / static_cast<double>(lengths.size());
            fisher.add(first.grad() * static_cast<double>(length), length);
            first.mutable_grad() = at::Tensor();
            second.mutable_grad() = at::Tensor();
        }
        const double difference
            = ((fisher.value() - expected).abs().max() / expected.max()).item<double>();
        QVERIFY(difference < sameFisher);
    }

    void learningStartsAtTheWeights() // property 14
    {
        at::manual_seed(1);
        const at::Tensor W = at::randn({6, 24});
        const at::Tensor scores = at::rand({24});
        const ChannelSplit split
            = splitByScore({scores.data_ptr<float>(), 24}, 1.0, ChannelAxis::Columns);
        GridOptions wide;
        wide.bits = 4;
        wide.groupSize = 8;
        HybridLayer layer(W, split, {wide, wide}, {});
        const GridSet &grids = layer.rounded()->high()->grids();
        at::Tensor inRange = W.clone(); // zero points are whole: an end may lie half a step out
        for (std::int64_t i = 0; i < W.size(0); ++i) {
            for (std::int64_t j = 0; j < W.size(1); ++j) {
                const Grid grid = grids.grid(i, grids.group(j));
                const float least = -grid.scale * static_cast<float>(grid.zeroPoint);
                const float most = least + grid.scale * static_cast<float>(grids.maxCode());
                float &weight = inRange.data_ptr<float>()[i * W.size(1) + j];
                weight = std::clamp(weight, least, most);
            }
        }
        layer.beginStep();
        QVERIFY((layer.weights() - inRange).abs().max().item<double>() < sameWeights);
        const auto hard = layer.hardened();
        QCOMPARE(hard->high()->codes(), layer.rounded()->high()->codes());
    }

    void clippingStartsAtTheSearchedGrids()
    {
        at::manual_seed(1);
        const at::Tensor W = at::randn({6, 24}) + 0.3;
        const at::Tensor scores = at::rand({24});
        const ChannelSplit split
            = splitByScore({scores.data_ptr<float>(), 24}, 0.25, ChannelAxis::Columns);
        GridOptions low;
        low.bits = 2;
        low.groupSize = 8;
        low.clip = ClipSearch::PowerNorm;
        GridOptions high = low;
        high.bits = 4;
        const HybridLayer layer(W, split, {high, low}, {});
        const auto hard = layer.hardened();
        int equal = 0;
        const std::vector<std::uint8_t> found = hard->low()->codes();
        const std::vector<std::uint8_t> expected = layer.rounded()->low()->codes();
        for (std::size_t i = 0; i < found.size(); ++i) {
            equal += found[i] == expected[i] ? 1 : 0;
        }
        // Scales go through a logit and back in FP32: a code may sit on an edge.
        QVERIFY(equal * 100 >= 99 * static_cast<int>(found.size()));
        QCOMPARE(hard->storage().total(), layer.rounded()->storage().total());
    }

    void plansWhatItStores_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("axis");
        QTest::newRow("rtn") << "rtn"
                             << "columns";
        QTest::newRow("rtn rows") << "rtn"
                                  << "rows";
        QTest::newRow("gptq") << "gptq"
                              << "columns";
        QTest::newRow("gptq rows") << "gptq"
                                   << "rows";
        QTest::newRow("hybrid") << "hybrid"
                                << "columns";
        QTest::newRow("hybrid rows") << "hybrid"
                                     << "rows";
    }

    void plansWhatItStores()
    {
        QFETCH(QString, method);
        QFETCH(QString, axis);
        ToyBlock toy(test::learnableToy(), 2);
        const Json params = {{"method", method.toStdString()},
                             {"axis", axis.toStdString()},
                             {"group_size", 8},
                             {"bits", 2},
                             {"high_bits", 4},
                             {"steps", 3},
                             {"scores", "activation"}};
        const auto quantizer = create<WeightQuantizer>("high-impact-mixed", params, "test");
        double ratio = 0;
        for (LayerTask &layer : toy.task.layers) {
            layer.ratio = ratio;
            ratio = ratio < 0.9 ? ratio + 0.15 : 1;
        }
        JobContext context;
        const QuantizedBlock block = quantizer->quantizeBlock(toy.task, context);
        QTemporaryDir folder;
        std::vector<NamedWeight> named;
        for (std::size_t i = 0; i < block.layers.size(); ++i) {
            const LayerTask &layer = toy.task.layers[i];
            QCOMPARE(block.layers[i].weight->storage().total(),
                     quantizer->storageBits(*layer.layer, 2, layer.ratio));
            named.emplace_back(layer.layer->name, block.layers[i].weight);
        }
        const std::filesystem::path file = folder.filePath("codes.safetensors").toStdString();
        writeCodeFile(file, named, {});
        const CodeFile back = readCodeFile(file);
        for (std::size_t i = 0; i < named.size(); ++i) {
            QVERIFY(at::equal(dequantized(*back.layers[i].second), dequantized(*named[i].second)));
        }
    }

    void scoresPickTheChannels()
    {
        ToyBlock toy(test::learnableToy(), 2);
        addScores(toy.task);
        toy.task.layers[0].ratio = 0.25;
        const QuantizedBlock block = mixedBlock({{"method", "rtn"}}, toy);
        const auto *mixed = dynamic_cast<const MixedGridWeight *>(block.layers[0].weight.get());
        QVERIFY(mixed != nullptr);
        const at::Tensor best
            = std::get<1>(toy.task.layers[0].scores.topk(std::ssize(mixed->split().high)));
        const at::Tensor sorted = std::get<0>(best.sort());
        for (std::size_t i = 0; i < mixed->split().high.size(); ++i) {
            QCOMPARE(mixed->split().high[i], sorted[static_cast<std::int64_t>(i)].item<int64_t>());
        }
    }

    void scoresSumWhatTheChannelLoses()
    {
        at::manual_seed(4);
        LayerInfo info;
        LayerTask task;
        task.layer = &info;
        task.weight = at::randn({5, 16});
        task.bits = 2;
        const at::Tensor fisher = at::rand({5, 16});
        JobContext context;
        const auto of = [&](const char *scores, const char *axis) {
            return create<WeightQuantizer>("high-impact-mixed",
                                           {{"scores", scores}, {"axis", axis}, {"group_size", 8}},
                                           "test")
                ->channelScores(task, fisher, context);
        };
        QVERIFY(at::allclose(of("fisher", "columns"), fisher.sum(0)));
        QVERIFY(at::allclose(of("fisher", "rows"), fisher.sum(1)));
        const auto rtn = create<WeightQuantizer>(
            "rtn", {{"bits", 2}, {"group_size", 8}, {"clip_search", "power-norm"}}, "test");
        const at::Tensor change = dequantized(*rtn->quantize(task, context).weight) - task.weight;
        QVERIFY(at::allclose(of("fisher-error", "columns"), (fisher * change.square()).sum(0)));
    }

    void hybridNeverEndsAboveRounding_data()
    {
        QTest::addColumn<double>("roundingRate");
        QTest::newRow("gentle") << 0.01;
        QTest::newRow("wild") << 1.0;
    }

    void hybridNeverEndsAboveRounding() // property 15
    {
        QFETCH(double, roundingRate);
        ToyBlock toy(test::learnableToy(), 2);
        addScores(toy.task);
        for (LayerTask &layer : toy.task.layers) {
            layer.ratio = 0.2;
        }
        const Json shared = {{"group_size", 8}, {"steps", 60}, {"rounding_rate", roundingRate}};
        Json rounding = shared;
        rounding["method"] = "rtn";
        Json hybrid = shared;
        hybrid["method"] = "hybrid";
        const double rounded = toy.outputError(ToyBlock::tensorsOf(mixedBlock(rounding, toy)));
        const double learned = toy.outputError(ToyBlock::tensorsOf(mixedBlock(hybrid, toy)));
        QVERIFY(learned <= rounded * (1 + 1e-9));
        QVERIFY(roundingRate > 0.1 || learned < rounded);
    }

    void hybridOfALayerAloneGains()
    {
        ToyBlock toy(test::learnableToy(), 2);
        addScores(toy.task);
        JobContext context;
        const auto errorOf = [&](const char *method) {
            const auto quantizer = create<WeightQuantizer>(
                "high-impact-mixed",
                {{"method", method},
                 {"group_size", 8},
                 {"ratio", 0.5}, // 0.05 leaves two channels that learn their rounding
                 {"steps", 100},
                 {"rounding_rate", 0.02}},
                "test");
            const LayerTask &task = toy.task.layers.front();
            const at::Tensor change
                = dequantized(*quantizer->quantize(task, context).weight) - task.weight;
            return (change.matmul(task.statistics->hessian()) * change).sum().item<double>();
        };
        QVERIFY(errorOf("hybrid") < errorOf("rtn"));
    }

    void equalSeedsGiveEqualCodes()
    {
        ToyBlock toy(test::learnableToy(), 2);
        addScores(toy.task);
        for (const char *method : {"rtn", "gptq", "hybrid"}) {
            const Json params = {{"method", method}, {"steps", 5}, {"group_size", 8}};
            QCOMPARE(codesOf(mixedBlock(params, toy, 7)), codesOf(mixedBlock(params, toy, 7)));
        }
    }

    void sharedScoresAreSums()
    {
        ToyBlock toy(test::learnableToy(), 2);
        const auto quantizer = create<WeightQuantizer>(
            "high-impact-mixed", {{"share_scores", true}, {"scores", "fisher"}}, "test");
        std::vector<ScoredLayer> layers;
        std::map<std::string, at::Tensor> gradients;
        for (const LayerTask &layer : toy.task.layers) {
            layers.push_back({layer.layer, quantizer.get(), 2});
            gradients[layer.layer->name] = at::rand(layer.weight.sizes());
        }
        ChannelScorer scorer(layers);
        JobContext context;
        scorer.visit(*toy.task.block, 0, 4, gradients);
        scorer.leave(*toy.task.block, context);
        std::map<std::string, at::Tensor> sums;
        for (const LayerTask &layer : toy.task.layers) {
            at::Tensor &sum = sums[layer.layer->inputGroup];
            const at::Tensor own = gradients[layer.layer->name].square().sum(0) / 4;
            sum = sum.defined() ? sum + own : own;
        }
        for (const LayerTask &layer : toy.task.layers) {
            QVERIFY(
                at::allclose(scorer.scores().at(layer.layer->name), sums[layer.layer->inputGroup]));
        }
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("scores.safetensors").toStdString();
        writeScores(file, scorer.scores());
        for (const auto &[name, scores] : readScores(file)) {
            QVERIFY(at::equal(scores, scorer.scores().at(name)));
        }
    }

    void refusesBadParameters_data()
    {
        QTest::addColumn<QString>("params");
        QTest::addColumn<QString>("word");
        QTest::newRow("widths") << R"({"bits": 4, "high_bits": 4})"
                                << "high_bits";
        QTest::newRow("shared rows") << R"({"share_scores": true, "axis": "rows"})"
                                     << "share_scores";
        QTest::newRow("ratio") << R"({"ratio": 1.5})"
                               << "ratio";
        QTest::newRow("method") << R"({"method": "magic"})"
                                << "magic";
    }

    void refusesBadParameters()
    {
        QFETCH(QString, params);
        QFETCH(QString, word);
        const auto complaint = test::complaintOf([&] {
            (void)create<WeightQuantizer>("high-impact-mixed", Json::parse(params.toStdString()),
                                          "test");
        });
        QVERIFY2(complaint.isBadInputNaming(word.toStdString()), complaint.text.c_str());
    }

    void lowBitsIsAnotherNameOfBits()
    {
        QCOMPARE(
            create<WeightQuantizer>("high-impact-mixed", {{"low_bits", 3}}, "test")->defaultBits(),
            3);
    }
};

BITPRISM_TEST(TstHighImpactMixed);
#include "tst_high_impact_mixed.moc"
