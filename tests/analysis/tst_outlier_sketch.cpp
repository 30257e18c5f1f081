// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/analysis/toy_input.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace bitprism;
using test::sketchOf;
using test::ToyInput;
using test::toyInput;

namespace {

constexpr double roundingOfSums = 1e-10; // relative; sums of some thousand doubles
constexpr double binHalf = 1.0 / 32; // a map's value is the middle of a bin of 1/16 at most
constexpr MapLimits pooled{8, 16, 128};

/// By definition, over all entries.
double directKurtosis(const ToyInput &input)
{
    const auto count = static_cast<double>(input.values.size());
    const double mean = std::accumulate(input.values.begin(), input.values.end(), 0.0) / count;
    double second = 0;
    double fourth = 0;
    for (const float value : input.values) {
        const double d = value - mean;
        second += d * d / count;
        fourth += d * d * d * d / count;
    }
    return fourth / (second * second);
}

} // namespace

class TstOutlierSketch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rangesAndMomentsAreThoseOfTheData();
    void namesTheTokensThatExciteAChannel();
    void quantilesOfAChannelAreWithinABin();
    void cellsHoldTheLargestMagnitude_data();
    void cellsHoldTheLargestMagnitude();
    void aMapStaysWithinItsLimits();
    void largestChannelsKeepEveryToken();
    void aChannelThatGrowsLateSaysSinceWhen();
    void mergedShardsEqualOnePass();
    void keepsTheExtremeTokensWhole();
    void fewTokensAreAllKept();
    void nothingHasNoOutliers();
    void valuesOfTheSameBinHaveOneCode();
};

void TstOutlierSketch::rangesAndMomentsAreThoseOfTheData()
{
    const ToyInput input = toyInput(200, 30, 1);
    const OutlierSketch sketch = sketchOf(input);
    QCOMPARE(sketch.tokens(), std::int64_t(200));
    const InputSamples samples = sketch.samples();
    for (std::int64_t j = 0; j < input.channels; ++j) {
        float low = input.at(0, j);
        float high = low;
        double cubes = 0;
        for (std::int64_t t = 0; t < input.tokens; ++t) {
            low = std::min(low, input.at(t, j));
            high = std::max(high, input.at(t, j));
            cubes += std::pow(static_cast<double>(input.at(t, j)), 3);
        }
        const auto channel = static_cast<std::size_t>(j);
        QCOMPARE(samples.low[channel], low);
        QCOMPARE(samples.high[channel], high);
        QVERIFY(std::fabs(samples.powerSums[2 * 30 + channel] - cubes)
                <= roundingOfSums * std::max(1.0, std::fabs(cubes)));
    }
    const double expected = directKurtosis(input);
    QVERIFY(std::fabs(sketch.kurtosis() - expected) < roundingOfSums * expected);
}

void TstOutlierSketch::namesTheTokensThatExciteAChannel()
{
    ToyInput input = toyInput(100, 10, 2);
    for (const auto &[token, value] :
         {std::pair{90, -50.0F}, {3, 60.0F}, {20, 50.0F}, {40, 41.0F}, {7, 45.0F}, {8, -40.0F}}) {
        input.values[static_cast<std::size_t>(token) * 10 + 4] = value;
    }
    const std::vector<TokenValue> top = sketchOf(input).perChannel().top(4);
    QCOMPARE(top.size(), std::size_t(5));
    const std::vector<std::pair<std::int64_t, float>> expected{
        {3, 60.0F}, {20, 50.0F}, {90, -50.0F}, {7, 45.0F}, {40, 41.0F}}; // 20 before 90
    for (std::size_t i = 0; i < top.size(); ++i) {
        QCOMPARE(top[i].token, expected[i].first);
        QCOMPARE(top[i].value, expected[i].second);
    }
}

void TstOutlierSketch::quantilesOfAChannelAreWithinABin()
{
    constexpr double bin = 1.0 / 16 + 1e-6; // half of the widest one, 1/8
    const ToyInput input = toyInput(1001, 6, 3);
    const OutlierSketch sketch = sketchOf(input);
    for (const double probability : {0.5, 0.99}) {
        const std::vector<float> found = sketch.perChannel().quantile(probability);
        for (std::int64_t j = 0; j < input.channels; ++j) {
            std::vector<float> magnitudes;
            for (std::int64_t t = 0; t < input.tokens; ++t) {
                magnitudes.push_back(std::fabs(input.at(t, j)));
            }
            std::sort(magnitudes.begin(), magnitudes.end());
            const double exact
                = magnitudes[static_cast<std::size_t>(
                                 std::ceil(probability * static_cast<double>(magnitudes.size())))
                             - 1];
            QVERIFY(std::fabs(found[static_cast<std::size_t>(j)] - exact) <= bin * exact);
        }
    }
}

void TstOutlierSketch::cellsHoldTheLargestMagnitude_data()
{
    QTest::addColumn<qlonglong>("channelPool");
    QTest::addColumn<qlonglong>("tokenPool");
    QTest::addColumn<qlonglong>("mostChannels");
    QTest::addColumn<qlonglong>("mostTokens");
    QTest::newRow("whole") << 1LL << 1LL << 30LL << 100LL;
    QTest::newRow("tokens joined") << 1LL << 4LL << 30LL << 25LL;
    QTest::newRow("both joined") << 4LL << 8LL << 8LL << 16LL;
}

void TstOutlierSketch::cellsHoldTheLargestMagnitude()
{
    QFETCH(qlonglong, channelPool);
    QFETCH(qlonglong, tokenPool);
    QFETCH(qlonglong, mostChannels);
    QFETCH(qlonglong, mostTokens);
    const ToyInput input = toyInput(99, 30, 4);
    const OutlierMap map = sketchOf(input, {mostChannels, mostTokens, 1 << 20}).map();
    QCOMPARE(map.channelPool, std::int64_t(channelPool));
    QCOMPARE(map.tokenPool, std::int64_t(tokenPool));
    QCOMPARE(static_cast<std::int64_t>(map.codes.size()), map.mapChannels() * map.mapTokens());
    std::vector<float> largest(map.codes.size());
    for (std::int64_t t = 0; t < input.tokens; ++t) {
        for (std::int64_t j = 0; j < input.channels; ++j) {
            float &cell = largest[static_cast<std::size_t>(j / channelPool * map.mapTokens()
                                                           + t / tokenPool)];
            cell = std::max(cell, std::fabs(input.at(t, j)));
        }
    }
    for (std::size_t i = 0; i < largest.size(); ++i) {
        QVERIFY(std::fabs(map.scale.magnitude(map.codes[i]) - largest[i])
                <= binHalf * static_cast<double>(largest[i]));
    }
}

void TstOutlierSketch::aMapStaysWithinItsLimits()
{
    const OutlierMap map = sketchOf(toyInput(1000, 100, 5), pooled).map();
    QVERIFY(static_cast<std::int64_t>(map.codes.size()) <= pooled.cells);
    QVERIFY(map.mapChannels() <= pooled.channels);
    QVERIFY(map.mapTokens() <= pooled.tokens);
    QCOMPARE(map.tokens, std::int64_t(1000));
    QCOMPARE(map.rows.size(), TopChannelRows::kept);
    QCOMPARE(*std::max_element(map.codes.begin(), map.codes.end()), std::uint8_t(255));
}

void TstOutlierSketch::largestChannelsKeepEveryToken()
{
    ToyInput input = toyInput(400, 100, 6);
    for (std::int64_t t = 0; t < input.tokens; ++t) {
        input.values[static_cast<std::size_t>(t * 100 + 37)] *= 40;
    }
    const OutlierMap map = sketchOf(input, pooled).map();
    QCOMPARE(map.rows.front().channel, std::int64_t(37));
    QCOMPARE(map.rows.front().firstToken, std::int64_t(0));
    QCOMPARE(map.rows.front().codes.size(), std::size_t(400));
    for (std::int64_t t = 0; t < input.tokens; ++t) {
        const double value = std::fabs(input.at(t, 37));
        const double shown
            = map.scale.magnitude(map.rows.front().codes[static_cast<std::size_t>(t)]);
        QVERIFY(std::fabs(shown - value) <= binHalf * value);
    }
}

void TstOutlierSketch::aChannelThatGrowsLateSaysSinceWhen()
{
    ToyInput input = toyInput(200, 100, 7);
    for (std::int64_t t = 0; t < input.tokens; ++t) { // small at first
        input.values[static_cast<std::size_t>(t * 100 + 50)] = t < 100 ? 1e-3F : 500.0F;
    }
    OutlierSketch sketch(input.channels, pooled);
    sketch.add(input.rows(0, 100));
    sketch.add(input.rows(100, 100));
    const OutlierMap map = sketch.map();
    QCOMPARE(map.rows.front().channel, std::int64_t(50));
    QCOMPARE(map.rows.front().firstToken, std::int64_t(100));
    const float before = map.scale.magnitude(map.rows.front().codes[0]);
    QVERIFY(before > 1e-3F); // of the cell that it shares
    QCOMPARE(map.rows.front().codes[150], std::uint8_t(255));
}

void TstOutlierSketch::mergedShardsEqualOnePass()
{
    const ToyInput input = toyInput(300, 40, 8);
    for (const MapLimits &limits : {MapLimits{}, pooled}) {
        OutlierSketch whole(input.channels, limits);
        OutlierSketch first(input.channels, limits);
        OutlierSketch second(input.channels, limits, 70);
        OutlierSketch third(input.channels, limits, 190);
        whole.add(input.all());
        first.add(input.rows(0, 70));
        second.add(input.rows(70, 120));
        third.add(input.rows(190, 110));
        third.merge(first); // in another order
        third.merge(second);
        const OutlierMap one = whole.map();
        const OutlierMap merged = third.map();
        QCOMPARE(merged.tokens, one.tokens);
        QCOMPARE(merged.tokenPool, one.tokenPool);
        QVERIFY(merged.codes == one.codes);
        QVERIFY(merged.tokenLow == one.tokenLow && merged.tokenHigh == one.tokenHigh);
        QVERIFY(merged.channelMedian == one.channelMedian && merged.channel99 == one.channel99);
        QCOMPARE(merged.rows.front().channel, one.rows.front().channel);
        QVERIFY(merged.rows.front().codes == one.rows.front().codes);
        const InputSamples a = whole.samples();
        const InputSamples b = third.samples();
        QVERIFY(a.low == b.low && a.high == b.high);
        QVERIFY(a.sampleTokens == b.sampleTokens && a.sample == b.sample);
        QCOMPARE(b.extremes, a.extremes);
        for (std::size_t i = 0; i < a.powerSums.size(); ++i) {
            QVERIFY(std::fabs(a.powerSums[i] - b.powerSums[i])
                    <= roundingOfSums * std::max(1.0, std::fabs(a.powerSums[i])));
        }
        for (std::int64_t channel = 0; channel < input.channels; ++channel) {
            const auto x = whole.perChannel().top(channel);
            const auto y = third.perChannel().top(channel);
            QCOMPARE(x.size(), y.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                QCOMPARE(x[i].token, y[i].token);
                QCOMPARE(x[i].value, y[i].value);
            }
        }
    }
}

void TstOutlierSketch::keepsTheExtremeTokensWhole()
{
    ToyInput input = toyInput(2000, 50, 9);
    for (std::int64_t j = 0; j < 50; ++j) { // the longest token has no large value
        input.values[static_cast<std::size_t>(1234 * 50 + j)] = 12.0F;
    }
    input.values[777 * 50 + 3] = 40.0F;
    const InputSamples samples = sketchOf(input).samples();
    QVERIFY(samples.extremes >= 4 && samples.extremes <= 8);
    QCOMPARE(samples.sampleTokens.front(), std::int64_t(777));
    const auto end = samples.sampleTokens.begin() + samples.extremes;
    QVERIFY(std::find(samples.sampleTokens.begin(), end, 1234) != end);
    QVERIFY(samples.sampled() <= 256 + 8 && samples.sampled() >= 256);
    for (std::size_t i = 0; i < samples.sampleTokens.size(); ++i) {
        for (std::int64_t j = 0; j < 50; ++j) {
            QCOMPARE(samples.sample[i * 50 + static_cast<std::size_t>(j)],
                     input.at(samples.sampleTokens[i], j));
        }
    }
}

void TstOutlierSketch::fewTokensAreAllKept()
{
    std::vector<std::int64_t> tokens = sketchOf(toyInput(60, 20, 10)).samples().sampleTokens;
    std::sort(tokens.begin(), tokens.end());
    QCOMPARE(tokens.size(), std::size_t(60));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        QCOMPARE(tokens[i], static_cast<std::int64_t>(i));
    }
    QCOMPARE(drawnRows(100, 1 << 20, sampleCells).size(), std::size_t(16));
    QCOMPARE(drawnRows(10, 20, sampleCells).size(), std::size_t(10));
}

void TstOutlierSketch::nothingHasNoOutliers()
{
    const OutlierSketch sketch(8, {});
    QCOMPARE(sketch.kurtosis(), 0.0);
    const OutlierMap map = sketch.map();
    QCOMPARE(map.tokens, std::int64_t(0));
    QVERIFY(map.codes.empty());
    QVERIFY(map.channelMaxAbs == std::vector<float>(8, 0));
}

void TstOutlierSketch::valuesOfTheSameBinHaveOneCode()
{
    const MagnitudeScale scale{magnitudeBin(1000)};
    QCOMPARE(MagnitudeMap::code(scale, magnitudeBin(-1000)), std::uint8_t(255));
    QCOMPARE(MagnitudeMap::code(scale, magnitudeBin(0)), std::uint8_t(0));
    QCOMPARE(scale.magnitude(0), 0.0F);
    QVERIFY(scale.magnitude(255) > 1000 * (1 - binHalf)
            && scale.magnitude(255) < 1000 * (1 + binHalf));
    float last = 0;
    for (int value = 1; value < 256; ++value) {
        const float next = scale.magnitude(static_cast<std::uint8_t>(value));
        QVERIFY(next > last);
        last = next;
    }
    constexpr float octaves = 60'000; // 15.9 octaves below the largest something is left
    QVERIFY(MagnitudeMap::code(scale, magnitudeBin(1000 / octaves)) > 0);
    QCOMPARE(MagnitudeMap::code(scale, magnitudeBin(1000 / (2 * octaves))), std::uint8_t(0));
}

BITPRISM_TEST(TstOutlierSketch);
#include "tst_outlier_sketch.moc"
