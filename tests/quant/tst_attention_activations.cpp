// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/activation_quantizer.h"
#include "tests/support/test_main.h"

#include <ATen/CPUGeneratorImpl.h>
#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

constexpr AttentionOperand operands[] = {AttentionOperand::Query, AttentionOperand::Key,
                                         AttentionOperand::Value, AttentionOperand::Probabilities};

at::Tensor randomOperand(std::uint64_t seed, at::IntArrayRef shape)
{
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed));
}

std::shared_ptr<const ActivationQuantizer> fitted(const LayerStatistics &statistics,
                                                  const LayerInfo &site)
{
    std::shared_ptr<ActivationQuantizer> quantizer = create<ActivationQuantizer>(
        "static-minmax",
        {{"bits", 3}, {"symmetric", false}, {"attention", true}, {"granularity", "channel"}},
        "test");
    quantizer->fit(site, statistics);
    return quantizer;
}

} // namespace

/// What attention multiplies (outlier-suppression.md 4, sites of the activation quantizers).
class TstAttentionActivations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }

    void isLeftAloneUnlessAskedFor()
    {
        for (const char *id : {"per-token-dynamic", "static-minmax", "percentile", "mse-search",
                               "token-wise-clipping"}) {
            const auto make = [id](const Json &params) {
                return create<ActivationQuantizer>(id, params, "test");
            };
            QVERIFY2(!make(Json::object())->quantizesAttention(), id);
            QVERIFY2(make({{"attention", true}})->quantizesAttention(), id);
        }
        QVERIFY(!create<ActivationQuantizer>("none", Json::object(), "test")->quantizesAttention());
    }

    void theHooksRoundTheBlocksNamed()
    {
        std::shared_ptr<const ActivationQuantizer> quantizer = create<ActivationQuantizer>(
            "per-token-dynamic", {{"bits", 2}, {"attention", true}}, "test");
        ActivationHooks hooks(quantizer, {}, {}, {{0, 1}});
        const at::Tensor x = randomOperand(3, {1, 2, 5, 8});
        for (const AttentionOperand operand : operands) {
            QVERIFY(at::equal(hooks.attentionOperand({0, 0}, operand, x), x));
            QVERIFY(at::equal(hooks.attentionOperand({0, 1}, operand, x),
                              quantizer->quantize(x, attentionSite({0, 1}, operand))));
            QVERIFY(!at::equal(hooks.attentionOperand({0, 1}, operand, x), x));
        }
        // Rounded before they were kept.
        QVERIFY(at::equal(hooks.attentionOperand({0, 1}, AttentionOperand::CachedKey, x), x));
        QVERIFY(at::equal(hooks.attentionOperand({0, 1}, AttentionOperand::CachedValue, x), x));
    }

    void rangesAreThoseOfRealTokens()
    {
        StatisticsNeeds needs;
        needs.channels = true;
        needs.magnitudes = true;
        StatisticsCollector collector(needs);
        const at::Tensor mask = at::tensor({1, 1, 1, 0, 1, 1, 0, 0}).view({2, 4}).to(at::kBool);
        at::Tensor x = randomOperand(4, {2, 3, 4, 5}); // samples, heads, tokens, head size
        x.select(0, 0).select(1, 3).fill_(100); // padding
        x.select(0, 1).narrow(1, 2, 2).fill_(-100);
        collector.setMask(mask);
        collector.attentionOperand({0, 2}, AttentionOperand::Query, x);
        QVERIFY(collector.find(attentionSite({0, 2}, AttentionOperand::Query)) == nullptr);
        collector.watchOperands();
        collector.setMask(mask);
        collector.attentionOperand({0, 2}, AttentionOperand::Query, x);
        // Probabilities come in chunks of queries, here of one and of three.
        collector.attentionOperand({0, 2}, AttentionOperand::Probabilities, x.narrow(2, 0, 1));
        collector.attentionOperand({0, 2}, AttentionOperand::Probabilities, x.narrow(2, 1, 3));
        const at::Tensor real = at::cat({x.select(0, 0).narrow(1, 0, 3).reshape({-1}),
                                         x.select(0, 1).narrow(1, 0, 2).reshape({-1})});
        for (const AttentionOperand operand :
             {AttentionOperand::Query, AttentionOperand::Probabilities}) {
            const LayerInfo site = attentionSite({0, 2}, operand);
            const LayerStatistics *seen = collector.find(site);
            QVERIFY(seen != nullptr);
            QCOMPARE(seen->tokens, std::int64_t(5));
            QCOMPARE(seen->channelMin, std::vector{real.min().item<float>()});
            QCOMPARE(seen->channelMax, std::vector{real.max().item<float>()});
            QCOMPARE(seen->magnitudes.total(), real.numel());
            // One grid, also of a quantizer that has one per channel elsewhere.
            const at::Tensor rounded = fitted(*seen, site)->quantize(x, site);
            QVERIFY(rounded.max().item<float>() < 10);
            QVERIFY(std::get<0>(at::_unique(rounded)).numel() <= 8);
        }
    }
};

BITPRISM_TEST(TstAttentionActivations);
#include "tst_attention_activations.moc"
