// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/activation_quantizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

LayerInfo layerNamed(const std::string &name)
{
    LayerInfo layer;
    layer.name = name;
    return layer;
}

LayerStatistics reaching(float maxAbs)
{
    LayerStatistics statistics;
    statistics.cols = 2;
    statistics.tokens = 1;
    statistics.channelMaxAbs = {maxAbs / 2, maxAbs};
    return statistics;
}

std::unique_ptr<ActivationQuantizer> make(const char *id, const Json &params = Json::object())
{
    return create<ActivationQuantizer>(id, params, "test");
}

} // namespace

class TstActivationQuantizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void noneChangesNothing();
    void everyTokenHasItsOwnGrid();
    void roundsHalvesToEven();
    void aClipRatioSaturates();
    void errorStaysWithinHalfAStep_data();
    void errorStaysWithinHalfAStep();
    void aStaticGridClipsWhatItNeverSaw();
    void anOutlierChannelRuinsAStaticGridOnly();
    void fittedStateSurvivesJson();
    void hooksTouchNamedLayersOnly();
};

void TstActivationQuantizers::noneChangesNothing()
{
    const at::Tensor x = at::randn({2, 3, 4});
    const auto none = make("none");
    QVERIFY(none->isIdentity());
    QVERIFY(at::equal(none->quantize(x, layerNamed("a")), x));
    QVERIFY(!none->needs().any());
}

void TstActivationQuantizers::everyTokenHasItsOwnGrid()
{
    // At 8 bits the largest magnitude of each token is code 127, whatever its size.
    const at::Tensor x = at::tensor({127.0F, 1.0F, 0.4F, 0.0127F, 0.0001F, 0.00004F}).view({2, 3});
    const at::Tensor q = make("per-token-dynamic")->quantize(x, layerNamed("a"));
    const at::Tensor expected
        = at::tensor({127.0F, 1.0F, 0.0F, 0.0127F, 0.0001F, 0.0F}).view({2, 3});
    QVERIFY(at::allclose(q, expected, 1e-6, 1e-9));
}

void TstActivationQuantizers::roundsHalvesToEven()
{
    const at::Tensor x = at::tensor({127.0F, 0.5F, 1.5F, -2.5F}).view({1, 4});
    const at::Tensor q = make("per-token-dynamic")->quantize(x, layerNamed("a"));
    QVERIFY(at::equal(q, at::tensor({127.0F, 0.0F, 2.0F, -2.0F}).view({1, 4})));
}

void TstActivationQuantizers::aClipRatioSaturates()
{
    const at::Tensor x = at::tensor({10.0F, -10.0F, 1.0F}).view({1, 3});
    const at::Tensor q
        = make("per-token-dynamic", {{"clip_ratio", 0.5}})->quantize(x, layerNamed("a"));
    QVERIFY(std::abs(q[0][0].item<float>() - 5.0F) < 1e-5F);
    // The grid has one code more below zero than above.
    QVERIFY(std::abs(q[0][1].item<float>() + 5.0F * 128 / 127) < 1e-5F);
}

void TstActivationQuantizers::errorStaysWithinHalfAStep_data()
{
    QTest::addColumn<int>("bits");
    for (const int bits : {2, 3, 4, 8}) {
        QTest::addRow("%d bits", bits) << bits;
    }
}

void TstActivationQuantizers::errorStaysWithinHalfAStep()
{
    QFETCH(int, bits);
    at::manual_seed(5);
    const at::Tensor x = at::randn({4, 6, 32});
    const at::Tensor q = make("per-token-dynamic", {{"bits", bits}})->quantize(x, layerNamed("a"));
    const at::Tensor step = x.abs().amax(-1, true) / ((1 << (bits - 1)) - 1);
    QVERIFY(((q - x).abs() <= step * 0.5001).all().item<bool>());
    const at::Tensor codes = q / step;
    QVERIFY(at::allclose(codes, codes.round(), 0, 1e-4));
}

void TstActivationQuantizers::aStaticGridClipsWhatItNeverSaw()
{
    const auto grid = make("static-minmax", {{"bits", 8}});
    QVERIFY(grid->needs().channels);
    const LayerInfo layer = layerNamed("a");
    grid->fit(layer, reaching(12.7F));
    const at::Tensor x = at::tensor({0.1F, 12.7F, 100.0F, 0.04F}).view({1, 4});
    const at::Tensor q = grid->quantize(x, layer);
    QVERIFY(at::allclose(q, at::tensor({0.1F, 12.7F, 12.7F, 0.0F}).view({1, 4}), 1e-5, 1e-6));
    const auto complaint
        = test::complaintOf([&] { grid->quantize(x, layerNamed("never fitted")); });
    QVERIFY(complaint.code == ErrorCode::Internal);
}

void TstActivationQuantizers::anOutlierChannelRuinsAStaticGridOnly()
{
    at::manual_seed(6);
    at::Tensor x = at::randn({64, 32});
    const auto errorOf = [&](const ActivationQuantizer &quantizer) {
        const at::Tensor difference = quantizer.quantize(x, layerNamed("a")) - x;
        return difference.narrow(1, 1, 31).pow(2).mean().item<double>(); // of the other channels
    };
    const auto grid = make("static-minmax");
    grid->fit(layerNamed("a"), reaching(x.abs().max().item<float>()));
    const double before = errorOf(*grid);
    x.select(1, 0).mul_(64); // one channel, as in the samples with injected outliers
    grid->fit(layerNamed("a"), reaching(x.abs().max().item<float>()));
    QVERIFY(errorOf(*grid) > 100 * before);
}

void TstActivationQuantizers::fittedStateSurvivesJson()
{
    const auto fitted = make("static-minmax");
    fitted->fit(layerNamed("a"), reaching(3.3F));
    fitted->fit(layerNamed("b"), reaching(0.1F));
    const auto restored = make("static-minmax");
    restored->restore(Json::parse(fitted->state().dump()));
    const at::Tensor x = at::randn({5, 7});
    for (const char *name : {"a", "b"}) {
        QVERIFY(at::equal(restored->quantize(x, layerNamed(name)),
                          fitted->quantize(x, layerNamed(name))));
    }
}

void TstActivationQuantizers::hooksTouchNamedLayersOnly()
{
    ActivationHooks hooks(make("per-token-dynamic", {{"bits", 2}}), {"a"});
    const at::Tensor x = at::randn({1, 3, 8});
    QVERIFY(at::equal(hooks.beforeLayer(layerNamed("b"), x), x));
    QVERIFY(!at::equal(hooks.beforeLayer(layerNamed("a"), x), x));
}

BITPRISM_TEST(TstActivationQuantizers);
#include "tst_activation_quantizers.moc"
