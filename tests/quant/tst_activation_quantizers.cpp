// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/activation_quantizer.h"
#include "core/quant/kv_cache_quantizer.h"
#include "core/quant/range_search.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <ATen/CPUGeneratorImpl.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

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
    statistics.channelMin = {-maxAbs / 2, 0};
    statistics.channelMax = {0, maxAbs};
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
    void constantInputsAreRounded_data();
    void constantInputsAreRounded();
    void hooksTouchNamedLayersOnly();
    void asymmetricGridsKeepZeroAndReachBothEnds_data();
    void asymmetricGridsKeepZeroAndReachBothEnds();
    void channelsCanHaveGridsOfTheirOwn_data();
    void channelsCanHaveGridsOfTheirOwn();
    void channelsAreFittedAsTensorsOfTheirOwn_data();
    void channelsAreFittedAsTensorsOfTheirOwn();
    void tokensAreRoundedAsTheySayThemselves();
    void aTokensSearchIsNeverWorseThanItsExtremes_data();
    void aTokensSearchIsNeverWorseThanItsExtremes();
    void countsThatAreNotFiniteAreRefused();
    void magnitudeCountsMerge();
    void percentileLeavesOutTheFewLargest();
    void searchIsNeverWorseThanTheWholeRange_data();
    void searchIsNeverWorseThanTheWholeRange();
    void predictedErrorIsTheMeasuredOne();
    void cacheGridsBelongToHeadsAndTokens();
    void cacheGridsTakeTheirBits();
    void cacheGroupsOfTokensFillBeforeTheyAreRounded();
};

namespace {

/// A bulk of width one and a few values a hundred times larger.
at::Tensor withOutliers(std::uint64_t seed)
{
    at::Tensor x = at::randn({2048, 32}, at::make_generator<at::CPUGeneratorImpl>(seed));
    x.select(1, 5) *= 100;
    return x;
}

LayerStatistics collected(const at::Tensor &x)
{
    StatisticsNeeds needs;
    needs.channels = true;
    needs.magnitudes = true;
    needs.channelMagnitudes = true;
    StatisticsCollector collector(needs);
    const LayerInfo layer = layerNamed("a");
    collector.beforeLayer(layer, x);
    return *collector.find(layer);
}

double meanSquare(const at::Tensor &x) { return x.to(at::kDouble).pow(2).mean().item<double>(); }

} // namespace

void TstActivationQuantizers::asymmetricGridsKeepZeroAndReachBothEnds_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"per-token-dynamic", "static-minmax"}) {
        QTest::addRow("%s", id) << QString(id);
    }
}

void TstActivationQuantizers::asymmetricGridsKeepZeroAndReachBothEnds()
{
    QFETCH(QString, id);
    // Step 1 from -3 to 252: zero is code 3, and every whole number in between is on the grid.
    const at::Tensor x = at::tensor({-3.0F, 0.0F, 0.4F, 252.0F, 7.5F}).view({1, 5});
    const auto quantizer = make(id.toUtf8().constData(), {{"symmetric", false}, {"bits", 8}});
    if (quantizer->needs().any()) {
        quantizer->fit(layerNamed("a"), collected(x));
    }
    const at::Tensor q = quantizer->quantize(x, layerNamed("a"));
    QVERIFY(
        at::allclose(q, at::tensor({-3.0F, 0.0F, 0.0F, 252.0F, 8.0F}).view({1, 5}), 1e-5, 1e-5));
    QCOMPARE(quantizer->bits(), 8);
}

void TstActivationQuantizers::channelsCanHaveGridsOfTheirOwn_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"static-minmax", "percentile", "mse-search"}) {
        QTest::addRow("%s", id) << QString(id);
    }
}

void TstActivationQuantizers::channelsCanHaveGridsOfTheirOwn()
{
    QFETCH(QString, id);
    const at::Tensor x = withOutliers(1);
    const auto error = [&](const char *granularity) {
        const QByteArray name = id.toUtf8();
        const Json params{{"granularity", granularity}, {"bits", 4}};
        const auto quantizer = make(name.constData(), params);
        quantizer->fit(layerNamed("a"), collected(x));
        const auto again = make(name.constData(), params);
        again->restore(quantizer->state());
        return meanSquare((again->quantize(x, layerNamed("a")) - x).slice(1, 0, 5));
    };
    QVERIFY(error("channel") < 0.1 * error("tensor"));
}

void TstActivationQuantizers::channelsAreFittedAsTensorsOfTheirOwn_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<bool>("isSymmetric");
    for (const char *id : {"percentile", "mse-search"}) {
        QTest::addRow("%s", id) << QString(id) << false;
        QTest::addRow("%s, symmetric", id) << QString(id) << true;
    }
}

/// Up to the width of a bin: a channel's are four times as wide as a tensor's.
void TstActivationQuantizers::channelsAreFittedAsTensorsOfTheirOwn()
{
    QFETCH(QString, id);
    QFETCH(bool, isSymmetric);
    const QByteArray name = id.toUtf8();
    at::Tensor x = withOutliers(5).slice(1, 4, 7).contiguous();
    x.select(1, 0).abs_(); // a channel without negative values, one a hundred times larger
    Json params{{"granularity", "channel"}, {"bits", 4}, {"symmetric", isSymmetric}};
    if (id == "percentile") {
        params["kept"] = 0.99;
    }
    const auto together = make(name.constData(), params);
    together->fit(layerNamed("a"), collected(x));
    params["granularity"] = "tensor";
    for (std::int64_t channel = 0; channel < x.size(1); ++channel) {
        const at::Tensor alone = x.narrow(1, channel, 1).contiguous();
        const auto single = make(name.constData(), params);
        single->fit(layerNamed("a"), collected(alone));
        for (const char *end : {"low", "high"}) {
            const double expected = single->state()["a"][end][0].get<double>();
            const double fitted
                = together->state()["a"][end][static_cast<std::size_t>(channel)].get<double>();
            constexpr double binAndStep = 1.3; // a search's candidates are 2^(1/8) to 2^(1/4) apart
            QVERIFY(std::fabs(fitted) <= binAndStep * std::fabs(expected) + 1e-12);
            QVERIFY(std::fabs(expected) <= binAndStep * std::fabs(fitted) + 1e-12);
        }
    }
}

void TstActivationQuantizers::tokensAreRoundedAsTheySayThemselves()
{
    // Three of four magnitudes are kept: the bound is 2, the codes of 3 bits are multiples of 2/3.
    const at::Tensor x
        = at::tensor({-100.0F, 2.0F, 0.7F, -1.4F, 0.02F, 0.007F, -0.014F, 1.0F}).view({1, 2, 4});
    const auto percentile = make(
        "percentile",
        {{"granularity", "token"}, {"kept", 0.75}, {"bits", 3}, {"symmetric_grid", "narrow"}});
    QVERIFY(!percentile->needs().any()); // nothing to fit
    percentile->fit(layerNamed("a"), collected(x)); // a run's collector serves all quantizers
    QVERIFY(percentile->state().empty());
    make("percentile", {{"granularity", "token"}})->restore(percentile->state());
    const at::Tensor q = percentile->quantize(x, layerNamed("never fitted"));
    const at::Tensor expected
        = at::tensor({-2.0F, 2.0F, 2 / 3.0F, -4 / 3.0F, 0.02F, 0.02F / 3, -0.04F / 3, 0.02F})
              .view({1, 2, 4});
    QVERIFY(at::allclose(q, expected, 1e-5, 1e-7));
    const auto whole = make("percentile", {{"granularity", "token"}, {"kept", 1.0}});
    QVERIFY(at::equal(whole->quantize(x, layerNamed("a")),
                      make("per-token-dynamic")->quantize(x, layerNamed("a"))));
}

void TstActivationQuantizers::aTokensSearchIsNeverWorseThanItsExtremes_data()
{
    QTest::addColumn<bool>("isSymmetric");
    QTest::addRow("asymmetric") << false;
    QTest::addRow("symmetric") << true;
}

void TstActivationQuantizers::aTokensSearchIsNeverWorseThanItsExtremes()
{
    QFETCH(bool, isSymmetric);
    const at::Tensor x = at::randn({300, 64}, at::make_generator<at::CPUGeneratorImpl>(8));
    const auto errors = [&](const char *id, Json params) {
        params["bits"] = 3;
        params["symmetric"] = isSymmetric;
        const at::Tensor q = make(id, params)->quantize(x, layerNamed("a"));
        return (q - x).to(at::kDouble).square().sum(-1);
    };
    const at::Tensor searched = errors("mse-search", {{"granularity", "token"}});
    const at::Tensor whole = errors("per-token-dynamic", Json::object());
    QVERIFY((searched <= whole * (1 + 1e-5)).all().item<bool>()); // sums are in FP32
    QVERIFY(searched.sum().item<double>() < 0.9 * whole.sum().item<double>());
}

void TstActivationQuantizers::countsThatAreNotFiniteAreRefused()
{
    for (const bool byChannel : {false, true}) {
        StatisticsNeeds needs;
        needs.magnitudes = !byChannel;
        needs.channelMagnitudes = byChannel;
        for (const float bad :
             {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
              std::numeric_limits<float>::quiet_NaN()}) {
            StatisticsCollector collector(needs);
            at::Tensor x = at::ones({3, 4});
            collector.beforeLayer(layerNamed("a"), x);
            QVERIFY(collector.find(layerNamed("a")) != nullptr);
            x[1][2] = bad;
            collector.beforeLayer(layerNamed("a"), x);
            const auto complaint = test::complaintOf([&] { collector.find(layerNamed("a")); });
            QVERIFY(complaint.code == ErrorCode::BadInput);
        }
    }
}

void TstActivationQuantizers::magnitudeCountsMerge()
{
    const at::Tensor x = withOutliers(2);
    MagnitudeCounts whole;
    whole.add(x);
    MagnitudeCounts parts;
    parts.add(x.slice(0, 40));
    MagnitudeCounts other;
    other.add(x.slice(0, 0, 40));
    parts.merge(other);
    std::vector<std::array<double, 3>> a;
    std::vector<std::array<double, 3>> b;
    whole.forEach([&](double l, double h, std::int64_t n) { a.push_back({l, h, double(n)}); });
    parts.forEach([&](double l, double h, std::int64_t n) { b.push_back({l, h, double(n)}); });
    QVERIFY(a == b);
    QCOMPARE(whole.total(), x.numel());
    double last = -std::numeric_limits<double>::infinity();
    for (const auto &[low, high, count] : a) {
        QVERIFY(low >= last && high > low);
        QVERIFY(low * high >= 0); // no bin holds both signs
        last = high;
    }
}

void TstActivationQuantizers::percentileLeavesOutTheFewLargest()
{
    at::Tensor x = at::linspace(0, 1, 1000).view({10, 100}).clone();
    x[9][99] = 500;
    MagnitudeCounts counts;
    counts.add(x);
    QVERIFY(percentileRange(counts, 1.0).high >= 500);
    const ActivationRange cut = percentileRange(counts, 0.99);
    QVERIFY(cut.high >= 0.97 && cut.high <= 1.02); // within a bin of the quantile
    QCOMPARE(cut.low, 0.0);
}

void TstActivationQuantizers::searchIsNeverWorseThanTheWholeRange_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<bool>("symmetric");
    for (const int bits : {4, 6, 8}) {
        for (const bool symmetric : {true, false}) {
            QTest::addRow("%d bits, %s", bits, symmetric ? "symmetric" : "asymmetric")
                << bits << symmetric;
        }
    }
}

void TstActivationQuantizers::searchIsNeverWorseThanTheWholeRange()
{
    QFETCH(int, bits);
    QFETCH(bool, symmetric);
    at::Tensor x = withOutliers(3).abs() - 0.5;
    MagnitudeCounts counts;
    counts.add(x);
    const double whole = roundingError(counts, wholeRange(counts), bits, symmetric);
    const double searched
        = roundingError(counts, searchedRange(counts, bits, symmetric), bits, symmetric);
    QVERIFY(searched <= whole);
    const Json params{{"bits", bits}, {"symmetric", symmetric}};
    const auto errorOf = [&](const char *id) {
        const auto quantizer = make(id, params);
        quantizer->fit(layerNamed("a"), collected(x));
        return meanSquare(quantizer->quantize(x, layerNamed("a")) - x);
    };
    constexpr double binSlack = 1.05; // the search sees bins, not values
    QVERIFY(errorOf("mse-search") <= binSlack * errorOf("static-minmax"));
}

void TstActivationQuantizers::predictedErrorIsTheMeasuredOne()
{
    const at::Tensor x = at::randn({400, 100}, at::make_generator<at::CPUGeneratorImpl>(4));
    MagnitudeCounts counts;
    counts.add(x);
    const ActivationRange range{-2, 2}; // clips some
    const double predicted = roundingError(counts, range, 4, true);
    const auto quantizer = make("static-minmax", {{"bits", 4}});
    quantizer->restore({{"a", 2.0}}); // as runs of version 0.1 keep it
    const double measured = meanSquare(quantizer->quantize(x, layerNamed("a")) - x);
    QVERIFY(std::fabs(predicted / measured - 1) < 0.02); // sampling of 40,000 values
}

void TstActivationQuantizers::cacheGridsBelongToHeadsAndTokens()
{
    const auto cache = create<KvCacheQuantizer>("dynamic", {{"bits", 4}}, "test");
    at::Tensor keys = at::randn({2, 3, 5, 8}, at::make_generator<at::CPUGeneratorImpl>(5));
    const at::Tensor before = cache->quantizeKeys(keys);
    keys[1][2][4] *= 1000; // one head's key of one token
    const at::Tensor after = cache->quantizeKeys(keys);
    QVERIFY(at::equal(before.select(1, 0), after.select(1, 0)));
    QVERIFY(at::equal(before[1][2].slice(0, 0, 4), after[1][2].slice(0, 0, 4)));
    QVERIFY(!at::equal(before[1][2][4], after[1][2][4]));
    const at::Tensor step
        = (before.amax(-1) - before.amin(-1)) / 15; // 4 bits from the smallest to the largest
    QVERIFY(
        ((before - cache->quantizeKeys(before)).abs().amax(-1) <= 0.01 * step).all().item<bool>());
    QCOMPARE(cache->keyBits(), 4);
}

void TstActivationQuantizers::cacheGridsTakeTheirBits()
{
    const auto stored = [](const Json &parameters) {
        const auto cache = create<KvCacheQuantizer>("dynamic", parameters, "test");
        return std::pair(cache->storedKeyBits(32, 10), cache->storedValueBits(32, 10));
    };
    // A scale of 16 bits and a zero point of 4 for the 32 values of a head.
    QCOMPARE(stored({{"bits", 4}}).first, 4 + 20.0 / 32);
    QCOMPARE(stored({{"bits", 4}, {"symmetric", true}}).second, 4 + 16.0 / 32);
    // Two whole groups of four tokens; the two tokens after them keep 16 bits.
    const auto [keys, values] = stored({{"bits", 4}, {"keys", "channel"}, {"group_size", 4}});
    QCOMPARE(keys, (8 * (4 + 20.0 / 4) + 2 * 16) / 10);
    QCOMPARE(values, 4 + 20.0 / 32);
    const auto full = create<KvCacheQuantizer>("full", Json::object(), "test");
    QCOMPARE(full->storedKeyBits(32, 10), 16.0);
}

void TstActivationQuantizers::cacheGroupsOfTokensFillBeforeTheyAreRounded()
{
    const auto cache = create<KvCacheQuantizer>(
        "dynamic", {{"bits", 2}, {"keys", "channel"}, {"group_size", 4}}, "test");
    const at::Tensor keys = at::randn({1, 2, 10, 8}, at::make_generator<at::CPUGeneratorImpl>(6));
    const at::Tensor rounded = cache->quantizeKeys(keys);
    QVERIFY(at::equal(rounded.slice(2, 8), keys.slice(2, 8)));
    QVERIFY(!at::equal(rounded.slice(2, 0, 8), keys.slice(2, 0, 8)));
    // Token by token, with the cache handed over whole, the end is the same.
    at::Tensor held;
    for (std::int64_t token = 0; token < 10; ++token) {
        const at::Tensor fresh = cache->quantizeKeys(keys.narrow(2, token, 1));
        held = cache->quantizeKeys(held.defined() ? at::cat({held, fresh}, 2) : fresh);
    }
    QVERIFY(at::allclose(held, rounded, 1e-5, 1e-5));
}

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

void TstActivationQuantizers::constantInputsAreRounded_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<bool>("isSymmetric");
    for (const char *id : {"per-token-dynamic", "static-minmax", "percentile", "mse-search"}) {
        QTest::addRow("%s", id) << QString(id) << false;
        QTest::addRow("%s, symmetric", id) << QString(id) << true;
    }
}

/// outlier-suppression.md, invariant 13.
void TstActivationQuantizers::constantInputsAreRounded()
{
    QFETCH(QString, id);
    QFETCH(bool, isSymmetric);
    constexpr double halfStep = 3.0 / 127;
    for (const float value : {3.0F, -3.0F, 0.0F}) {
        const at::Tensor x = at::full({4, 8}, value, at::kFloat);
        const auto quantizer = make(id.toUtf8().constData(), {{"symmetric", isSymmetric}});
        if (quantizer->needs().any()) {
            quantizer->fit(layerNamed("a"), collected(x));
        }
        const at::Tensor q = quantizer->quantize(x, layerNamed("a"));
        QVERIFY((q - x).abs().max().item<double>() <= halfStep);
        QVERIFY(value != 0 || at::equal(q, x));
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
