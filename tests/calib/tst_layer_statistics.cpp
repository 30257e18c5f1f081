// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/layer_statistics.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <limits>
#include <numeric>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 sums of at most a hundred products.
constexpr double sumTolerance = 1e-5;

constexpr StatisticsNeeds everything{.hessian = true, .hessianInDouble = false, .channels = true};

LayerInfo layerNamed(const std::string &name, const std::string &group, std::int64_t cols)
{
    LayerInfo layer;
    layer.name = name;
    layer.inputGroup = group;
    layer.block = 0;
    layer.cols = cols;
    return layer;
}

at::Tensor gaussian(at::IntArrayRef shape, std::uint64_t seed)
{
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

LayerStatistics collect(const std::vector<at::Tensor> &inputs,
                        const StatisticsNeeds &needs = everything)
{
    StatisticsCollector collector(needs);
    const LayerInfo layer = layerNamed("q", "attention_input", inputs.front().size(-1));
    for (const at::Tensor &input : inputs) {
        collector.beforeLayer(layer, input);
    }
    return *collector.find(layer);
}

std::int64_t counted(const Histogram &histogram)
{
    return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::int64_t{0});
}

} // namespace

class TstLayerStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sumsEqualTheirDefinitions_data()
    {
        QTest::addColumn<bool>("isDouble");
        QTest::newRow("FP32") << false;
        QTest::newRow("FP64") << true;
    }

    void sumsEqualTheirDefinitions()
    {
        QFETCH(bool, isDouble);
        const at::Tensor input = gaussian({3, 11, 6}, 1) + 0.5;
        StatisticsNeeds needs = everything;
        needs.hessianInDouble = isDouble;
        const LayerStatistics statistics = collect({input}, needs);
        const at::Tensor x = input.flatten(0, 1).to(at::kDouble);
        QCOMPARE(statistics.tokens, 33);
        QCOMPARE(statistics.cols, 6);
        QCOMPARE(statistics.outerSum.scalar_type(), isDouble ? at::kDouble : at::kFloat);
        QVERIFY(relativeDifference(statistics.outerSum, at::mm(x.t(), x)) < sumTolerance);
        QVERIFY(statistics.outerSum.equal(statistics.outerSum.t()));
        QVERIFY(relativeDifference(statistics.hessian(), at::mm(x.t(), x) * (2.0 / 33))
                < sumTolerance);
        QCOMPARE(statistics.maxAbs(), x.abs().max().item<double>());
        for (std::int64_t channel = 0; channel < 6; ++channel) {
            const auto place = static_cast<std::size_t>(channel);
            const at::Tensor column = x.select(1, channel);
            const auto isNear = [](double value, const at::Tensor &expected) {
                return std::abs(value - expected.item<double>()) < 1e-9;
            };
            QVERIFY(isNear(statistics.channelSum[place], column.sum()));
            QVERIFY(isNear(statistics.channelAbsSum[place], column.abs().sum()));
            QVERIFY(isNear(statistics.channelSquareSum[place], column.square().sum()));
            QCOMPARE(static_cast<double>(statistics.channelMaxAbs[place]),
                     column.abs().max().item<double>());
        }
    }

    void shardsAddUp()
    {
        const std::vector<at::Tensor> inputs{gaussian({2, 5, 4}, 3), gaussian({1, 9, 4}, 4) * 1000,
                                             gaussian({1, 3, 4}, 5) * 0.01};
        const LayerStatistics whole = collect(inputs);
        LayerStatistics merged;
        for (const at::Tensor &input : inputs) {
            merged.merge(collect({input}));
        }
        QCOMPARE(merged.tokens, whole.tokens);
        QVERIFY(relativeDifference(merged.outerSum, whole.outerSum) < sumTolerance);
        QCOMPARE(merged.channelMaxAbs, whole.channelMaxAbs);
        QCOMPARE(merged.channelMin, whole.channelMin);
        QCOMPARE(merged.channelMax, whole.channelMax);
    }

    void aGroupIsCountedOnce()
    {
        StatisticsCollector collector(everything);
        const LayerInfo query = layerNamed("q", "attention_input", 4);
        const LayerInfo key = layerNamed("k", "attention_input", 4);
        const LayerInfo alone = layerNamed("o", "", 4);
        for (int sample = 0; sample < 3; ++sample) {
            const at::Tensor x = gaussian({1, 5, 4}, 6);
            QVERIFY(collector.beforeLayer(query, x).is_same(x));
            collector.beforeLayer(key, x);
            collector.beforeLayer(alone, x);
        }
        QCOMPARE(collector.find(query), collector.find(key));
        QCOMPARE(collector.find(query)->tokens, 15);
        QVERIFY(collector.find(alone) != collector.find(query));
        QVERIFY(collector.find(layerNamed("up", "mlp_input", 4)) == nullptr);
        collector.clear();
        QVERIFY(collector.find(query) == nullptr);
    }

    void maskedTokensDoNotCount()
    {
        StatisticsCollector collector(everything);
        const LayerInfo layer = layerNamed("q", "", 4);
        at::Tensor x = gaussian({2, 3, 4}, 7);
        collector.beforeLayer(layer, x);
        const LayerStatistics expected = *collector.find(layer);
        StatisticsCollector masked(everything);
        masked.setMask(at::cat({at::ones({2, 3}, at::kBool), at::zeros({2, 2}, at::kBool)}, 1));
        masked.beforeLayer(layer, at::cat({x, at::full({2, 2, 4}, 1e6)}, 1));
        QCOMPARE(masked.find(layer)->tokens, 6);
        QVERIFY(masked.find(layer)->outerSum.equal(expected.outerSum));
        QCOMPARE(masked.find(layer)->channelSum, expected.channelSum);
    }

    void restrictedCollectorsIgnoreOtherLayers()
    {
        StatisticsCollector collector(everything);
        collector.restrictTo({"o"});
        collector.beforeLayer(layerNamed("q", "in", 4), at::ones({1, 2, 4}));
        collector.beforeLayer(layerNamed("o", "out", 4), at::ones({1, 2, 4}));
        QVERIFY(collector.find(layerNamed("q", "in", 4)) == nullptr);
        QCOMPARE(collector.find(layerNamed("o", "out", 4))->tokens, 2);
    }

    void readingInBetweenDoesNotDisturbTheSums()
    {
        StatisticsCollector collector(everything);
        const LayerInfo layer = layerNamed("q", "", 5);
        const at::Tensor a = gaussian({1, 7, 5}, 8);
        const at::Tensor b = gaussian({1, 7, 5}, 9);
        collector.beforeLayer(layer, a);
        QVERIFY(collector.find(layer) != nullptr);
        collector.beforeLayer(layer, b);
        QVERIFY(relativeDifference(collector.find(layer)->outerSum, collect({a, b}).outerSum)
                < sumTolerance);
    }

    void histogramsHoldEveryValueInItsBin_data()
    {
        QTest::addColumn<double>("scale");
        for (const double scale : {1e-6, 0.7, 1.0, 64.0, 1e5}) {
            QTest::addRow("scale %g", scale) << scale;
        }
    }

    void histogramsHoldEveryValueInItsBin()
    {
        QFETCH(double, scale);
        const at::Tensor values = gaussian({1000}, 10) * scale;
        Histogram histogram;
        addToHistogram(histogram, values);
        QCOMPARE(counted(histogram), 1000);
        QCOMPARE(histogram.low, -histogram.high);
        const double largest = values.abs().max().item<double>();
        QVERIFY(largest < histogram.high && histogram.high <= 2 * largest);
        const double width
            = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
        std::vector<std::int64_t> expected(histogram.counts.size(), 0);
        for (std::int64_t i = 0; i < 1000; ++i) {
            const double place = (values[i].item<double>() - histogram.low) / width;
            ++expected[static_cast<std::size_t>(place)];
        }
        QCOMPARE(histogram.counts, expected);
    }

    void histogramsOfZerosAndOfNothingAreFine()
    {
        Histogram histogram;
        addToHistogram(histogram, at::empty({0}));
        QVERIFY(histogram.counts.empty());
        addToHistogram(histogram, at::zeros({7}));
        addToHistogram(histogram, at::full({3}, -2.0));
        QCOMPARE(counted(histogram), 10);
        QCOMPARE(histogram.high, 4.0);
        QCOMPARE(histogram.counts[histogram.counts.size() / 2], 7);
        QCOMPARE(histogram.counts[histogram.counts.size() / 4], 3);
    }

    void sumsThatAreNotFiniteAreRefused_data()
    {
        QTest::addColumn<double>("value");
        QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity();
        QTest::newRow("too large to be squared in FP32") << 1e30;
    }
    void sumsThatAreNotFiniteAreRefused()
    {
        QFETCH(double, value);
        at::Tensor input = gaussian({1, 5, 4}, 3);
        input[0][2][1] = value;
        const auto complaint = complaintOf([&] { collect({input}); });
        QVERIFY2(complaint.isBadInputNaming("q"), complaint.text.c_str());
    }

    void oneRunOfABlockFeedsAllGroups()
    {
        const ToyModel toy;
        StatisticsCollector collector(everything);
        logitsOf(*toy, randomTokens(2, 9, 64, 11), &collector);
        std::set<const LayerStatistics *> groups;
        for (const LayerInfo &layer : toy->info().layers) {
            if (layer.kind != "embedding") {
                const LayerStatistics *statistics = collector.find(layer);
                QVERIFY(statistics != nullptr);
                QCOMPARE(statistics->tokens, 18);
                QCOMPARE(statistics->cols, layer.cols);
                groups.insert(statistics);
            }
        }
        QCOMPARE(groups.size(), std::size_t{2 * 4 + 1});
    }
};

BITPRISM_TEST(TstLayerStatistics);
#include "tst_layer_statistics.moc"
