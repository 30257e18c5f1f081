// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/kernels/row_codebooks.h"
#include "core/kernels/sparse_grids.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"
#include "core/quant/weight_quantizer.h"
#include "tests/quant/random_matrix.h"
#include "tests/quant/toy_block.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace bitprism;
using test::randomMatrix;
using test::ToyBlock;

namespace {

/// Places (row * cols + col) of what a layer keeps apart.
std::set<std::int64_t> keptOf(const QuantizedWeight &weight)
{
    const auto *grids = dynamic_cast<const SparseGridWeight *>(&weight);
    const auto *codebooks = dynamic_cast<const RowCodebookWeight *>(&weight);
    std::set<std::int64_t> places;
    for (const SparseValue &kept : grids != nullptr ? grids->kept() : codebooks->kept()) {
        places.insert(kept.row * weight.cols() + kept.col);
    }
    return places;
}

std::set<std::int64_t> highest(const at::Tensor &scores, std::int64_t count)
{
    const at::Tensor places = std::get<1>(scores.flatten().topk(count));
    std::set<std::int64_t> result;
    for (std::int64_t i = 0; i < count; ++i) {
        result.insert(places[i].item<std::int64_t>());
    }
    return result;
}

const Json noOutliers = {{"outlier_range", 0.0}, {"sensitive_share", 0.0}, {"value_type", "f32"}};

} // namespace

/// squeezellm and top-k: weights kept apart, one by one.
class TstKeptWeights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }

    /// base-methods.md 13.18, of the component.
    void enoughCentroidsLoseNothing()
    {
        const at::Tensor W = (randomMatrix(6, 64, 1) * 1.5).round().clamp(-3, 3); // 7 values
        const auto exact = quantize("squeezellm", noOutliers, W, 3);
        QVERIFY(at::equal(dequantized(*exact.weight), W));
        const auto coarse = quantize("squeezellm", noOutliers, W, 2);
        QVERIFY(!at::equal(dequantized(*coarse.weight), W));
    }

    void fisherWeighsTheClusters()
    {
        const at::Tensor W = randomMatrix(16, 128, 2);
        const at::Tensor F = randomMatrix(16, 128, 3).square().square();
        const auto loss = [&](const QuantizedLayer &layer) {
            return (F * (dequantized(*layer.weight) - W).square()).sum().item<double>();
        };
        QVERIFY(loss(quantize("squeezellm", noOutliers, W, 3, F))
                < 0.8 * loss(quantize("squeezellm", noOutliers, W, 3)));
        const auto quantizer = create<WeightQuantizer>("squeezellm", Json::object(), "test");
        QVERIFY(quantizer->needs().gradients && quantizer->needs().weightScores);
        const auto alike
            = create<WeightQuantizer>("squeezellm", Json{{"sensitivity", "none"}}, "test");
        QVERIFY(!alike->needs().gradients && !alike->needs().statistics.any());
    }

    void keepsTheSensitiveAndTheLarge()
    {
        at::Tensor W = randomMatrix(8, 100, 4);
        const at::Tensor F = randomMatrix(8, 100, 11).abs();
        const auto sensitive = quantize(
            "squeezellm", {{"sensitive_share", 0.0125}, {"outlier_range", 0.0}}, W, 3, F);
        QVERIFY(keptOf(*sensitive.weight) == highest(F, 10));
        W[2][7] = -40;
        W[5][9] = 41;
        const auto both = quantize("squeezellm",
                                   {{"sensitive_share", 0.0125}, {"outlier_range", 12.0}}, W, 3, F);
        std::set<std::int64_t> expected = highest(F, 10);
        expected.insert({207, 509});
        QVERIFY(keptOf(*both.weight) == expected);
        QCOMPARE(dequantized(*both.weight)[2][7].item<float>(), -40.0F);
    }

    /// base-methods.md 13.19, of the component.
    void ratioOneIsTheWeightAndRatioNoneIsRounding()
    {
        const at::Tensor W = randomMatrix(8, 48, 5);
        const Json params = {{"group_size", 16}, {"value_type", "f32"}};
        const auto all = quantize("top-k", params, W, 2, {}, 1.0);
        QVERIFY(at::equal(dequantized(*all.weight), W));
        const auto none = quantize("top-k", params, W, 2, {}, 0.0);
        const auto plain = quantize("rtn", {{"group_size", 16}}, W, 2);
        QVERIFY(none.weight->write().at("codes").bytes == plain.weight->write().at("codes").bytes);
        QCOMPARE(none.weight->encodingId(), plain.weight->encodingId());
        QVERIFY(at::equal(dequantized(*none.weight), dequantized(*plain.weight)));
    }

    void moreKeptLosesLess()
    {
        const at::Tensor W = randomMatrix(16, 64, 6).pow(3); // heavy tails
        double before = std::numeric_limits<double>::infinity();
        for (const double ratio : {0.0, 0.01, 0.05, 0.2, 0.6}) {
            const auto layer = quantize("top-k", {{"group_size", 16}}, W, 3, {}, ratio);
            const double error = (dequantized(*layer.weight) - W).square().sum().item<double>();
            QVERIFY2(error < before, qPrintable(QString::number(ratio)));
            before = error;
        }
    }

    void keepsTheHighestScores()
    {
        ToyBlock toy(test::learnableToy(), 3);
        LayerTask task = toy.task.layers[0];
        const at::Tensor W = task.weight;
        const at::Tensor F = randomMatrix(W.size(0), W.size(1), 12).abs();
        task.ratio = 0.1;
        const auto count
            = static_cast<std::int64_t>(std::llround(0.1 * static_cast<double>(W.numel())));
        const at::Tensor H = task.statistics->hessian().to(at::kDouble);
        const at::Tensor damped = H + 0.01 * H.diagonal().mean() * at::eye(H.size(0), at::kDouble);
        const at::Tensor rest
            = W - dequantized(*quantize("rtn", {{"group_size", 16}}, W, 3).weight);
        const std::map<std::string, at::Tensor> expected{
            {"magnitude", W.abs()},
            {"fisher", F},
            {"fisher-error", F * rest.square()},
            // ||x_j|| by the diagonal of sum x x^T, as the Hessian has it.
            {"activation", W.abs() * H.diagonal().sqrt()},
            {"hessian", W.square() / at::linalg_inv(damped).diagonal()}};
        for (const auto &[score, ranked] : expected) {
            const auto quantizer = create<WeightQuantizer>(
                "top-k", Json{{"score", score}, {"group_size", 16}}, "test");
            JobContext context;
            LayerTask own = task;
            if (quantizer->needs().gradients) {
                own.scores = quantizer->channelScores(task, F, context);
            }
            QVERIFY2(keptOf(*quantizer->quantize(own, context).weight) == highest(ranked, count),
                     score.c_str());
        }
    }

    void predictsStorageExactly()
    {
        const at::Tensor W = randomMatrix(10, 48, 8);
        LayerInfo layer;
        layer.rows = 10;
        layer.cols = 48;
        for (const int bits : {2, 4, 8}) {
            for (const double ratio : {0.0, 0.02, 1.0}) {
                const Json params = {{"group_size", 20}, {"value_type", "bf16"}};
                const auto made = quantize("top-k", params, W, bits, {}, ratio);
                QCOMPARE(create<WeightQuantizer>("top-k", params, "test")
                             ->storageBits(layer, bits, ratio),
                         made.weight->storage().total());
            }
            const auto made = quantize("squeezellm", noOutliers, W, bits);
            QCOMPARE(create<WeightQuantizer>("squeezellm", noOutliers, "test")
                         ->storageBits(layer, bits, {}),
                     made.weight->storage().total());
        }
    }

    void sameSeedSameCodes()
    {
        const at::Tensor W = randomMatrix(8, 64, 9);
        const auto hashOf = [&](std::uint64_t seed) {
            Sha256 hash;
            hashWeight(hash, "layer", *quantize("squeezellm", {}, W, 4, {}, {}, seed).weight);
            return hash.hex();
        };
        QCOMPARE(hashOf(1), hashOf(1));
        QVERIFY(hashOf(1) != hashOf(2));
    }

    void refusesWhatMakesNoSense()
    {
        const at::Tensor W = randomMatrix(4, 16, 10);
        const auto refused = [](const char *id, const Json &params, const char *words) {
            const auto complaint
                = test::complaintOf([&] { create<WeightQuantizer>(id, params, "test"); });
            return complaint.isBadInputNaming(words);
        };
        QVERIFY(refused("squeezellm", {{"bits", 9}}, "bits"));
        QVERIFY(refused("squeezellm", {{"sensitivity", "best"}}, "sensitivity"));
        QVERIFY(refused("squeezellm", {{"sensitive_share", 1.5}}, "sensitive_share"));
        QVERIFY(refused("squeezellm", {{"outlier_range", -1}}, "outlier_range"));
        QVERIFY(refused("squeezellm", {{"iterations", 0}}, "iterations"));
        QVERIFY(refused("top-k", {{"ratio", 2}}, "ratio"));
        QVERIFY(refused("top-k", {{"score", "luck"}}, "score"));
        QVERIFY(refused("top-k", {{"clip_search", "hessian"}}, "clip_search"));
        QVERIFY(refused("top-k", {{"symmetric", true}, {"range_rule", "awq-asym"}}, "symmetric"));
        QVERIFY(test::complaintOf([&] {
                    quantize("squeezellm", {}, W, 4, {}, 0.1);
                }).isBadInputNaming("ratio"));
        const at::Tensor bad = at::full({4, 16}, std::numeric_limits<double>::quiet_NaN());
        QVERIFY(test::complaintOf([&] {
                    quantize("top-k", {{"score", "fisher"}}, W, 4, bad, 0.1);
                }).isBadInputNaming("not finite"));
    }

private:
    static QuantizedLayer quantize(const char *id, const Json &params, const at::Tensor &W,
                                   int bits, const at::Tensor &scores = {},
                                   std::optional<double> ratio = {}, std::uint64_t seed = 0)
    {
        static const LayerInfo layer; // the quantizers read its name only
        JobContext context(seed);
        LayerTask task{&layer, W, bits, ratio, nullptr};
        task.scores = scores.defined() ? scores.to(at::kFloat) : scores;
        return create<WeightQuantizer>(id, params.is_null() ? Json::object() : params, "test")
            ->quantize(task, context);
    }
};

BITPRISM_TEST(TstKeptWeights);
#include "tst_kept_weights.moc"
