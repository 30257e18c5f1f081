// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/activation_search.h"
#include "core/quant/learned_grid.h"
#include "core/quant/token_extrema.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

using namespace bitprism;

namespace {

at::Tensor normal(std::vector<std::int64_t> shape, std::uint64_t seed)
{
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed));
}

LayerInfo onlyLayer()
{
    LayerInfo layer;
    layer.name = "linear";
    layer.cols = 16;
    return layer;
}

/// A linear layer and what follows it: bounded as behind a norm, or read out as it is.
class SmallNetwork final : public ActivationSearch
{
public:
    SmallNetwork(std::vector<at::Tensor> inputs, bool isBounded)
        : m_inputs(std::move(inputs))
        , m_isBounded(isBounded)
        , m_weight(normal({8, 16}, 11) / 8)
    {
    }

    std::size_t samples() const override { return m_inputs.size(); }
    std::int64_t length() const override { return m_inputs.front().size(0); }
    OutputDistance fittingDistance() const override { return OutputDistance::SquaredError; }
    void observe(const std::function<void(const SeenInput &)> &look) override
    {
        ++runs;
        for (std::size_t i = 0; i < m_inputs.size(); ++i) {
            look({m_layer, i, m_inputs[i], hasTokens});
        }
    }
    std::vector<Distance> distances(const ActivationQuantizer &quantizer, OutputDistance) override
    {
        ++runs;
        std::vector<Distance> all;
        for (const at::Tensor &input : m_inputs) {
            const at::Tensor error = output(quantizer.quantize(input, m_layer)) - output(input);
            all.push_back({error.square().sum(at::kDouble).item<double>(),
                           static_cast<double>(error.numel())});
        }
        return all;
    }
    double backward(const ActivationQuantizer &quantizer, OutputDistance, std::size_t first,
                    std::size_t count) override
    {
        // Forward, forward again by block, and two products for each on the way back.
        constexpr double runsOfGradient = 4;
        runs += runsOfGradient * static_cast<double>(count) / static_cast<double>(samples());
        const c10::AutoGradMode gradients(true);
        at::Tensor loss = at::zeros({});
        double numbers = 0;
        for (std::size_t i = first; i < first + count; ++i) {
            const at::Tensor error
                = output(quantizer.quantize(m_inputs[i], m_layer)) - output(m_inputs[i]);
            loss = loss + error.square().sum();
            numbers += static_cast<double>(error.numel());
        }
        loss = loss / numbers;
        loss.backward();
        return loss.item<double>();
    }
    JobContext &context() override { return m_context; }

    bool hasTokens = true;
    double runs = 0; ///< of all samples through the network, so far

private:
    at::Tensor output(const at::Tensor &input) const
    {
        const at::Tensor linear = at::linear(input, m_weight);
        return m_isBounded ? at::tanh(linear) : linear;
    }

    std::vector<at::Tensor> m_inputs;
    bool m_isBounded;
    at::Tensor m_weight;
    LayerInfo m_layer = onlyLayer();
    JobContext m_context;
};

/// 500 tokens, one of them a hundred times larger (outlier-suppression.md 11.8).
std::vector<at::Tensor> withLoudToken()
{
    at::Tensor x = normal({500, 16}, 7);
    x[123] *= 100;
    return {x};
}

std::unique_ptr<ActivationQuantizer> clipping(Json params)
{
    params.emplace("bits", 6);
    params.emplace("epochs", 0);
    return create<ActivationQuantizer>("token-wise-clipping", params, "test");
}

Json searched(const Json &params, SmallNetwork &network)
{
    const auto quantizer = clipping(params);
    quantizer->search(network);
    return quantizer->state();
}

double lowOf(const Json &state) { return state["grids"]["linear"]["low"][0].get<double>(); }
double highOf(const Json &state) { return state["grids"]["linear"]["high"][0].get<double>(); }
double firstDistance(const Json &state) { return state["curve"][0][1].get<double>(); }
double leastDistance(const Json &state)
{
    double least = firstDistance(state);
    for (const Json &point : state["curve"]) {
        least = std::min(least, point[1].get<double>());
    }
    return least;
}

/// The coarse stage word by word: quantiles of the magnitudes, and the extremes of the clipped
/// input.
std::pair<double, double> literalRange(const at::Tensor &x, double kept)
{
    const at::Tensor high = x.amax(1).to(at::kDouble);
    const at::Tensor low = x.amin(1).to(at::kDouble);
    const double most = high.abs().quantile(kept).item<double>();
    const double least = -low.abs().quantile(kept).item<double>();
    const double clipHigh = high.masked_select(high.le(most)).max().item<double>();
    const double clipLow = low.masked_select(low.ge(least)).min().item<double>();
    const at::Tensor clipped = x.to(at::kDouble).clamp(clipLow, clipHigh);
    return {clipped.min().item<double>(), clipped.max().item<double>()};
}

} // namespace

class TstTokenWiseClipping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void wholeShareGivesAveragedExtremes();
    void rangesAreNested();
    void cachedExtremaGiveTheLiteralRanges();
    void aLoudTokenIsClippedWhereTheOutputIsBounded();
    void aLinearReadOutKeepsTheLoudToken();
    void stepFollowsTheTokensOfABatch_data();
    void stepFollowsTheTokensOfABatch();
    void rowsThatAreNoTokensKeepTheirRange();
    void gradientsAreThoseOfTheFormulas_data();
    void gradientsAreThoseOfTheFormulas();
    void aLearnedGridStartsAsTheGridOfItsRange();
    void fineStageNeverEndsWorse();
    void stateSurvivesJson();
    void damagedStatesAreRefused_data();
    void damagedStatesAreRefused();
    void theWorkIsForeseen();
    void symmetricGridsDivideAsTheirNamesSay();
};

void TstTokenWiseClipping::wholeShareGivesAveragedExtremes()
{
    const std::vector<at::Tensor> inputs{normal({40, 16}, 1), normal({40, 16}, 2) * 3,
                                         normal({40, 16}, 3)};
    SmallNetwork network(inputs, true);
    const Json state = searched({{"search", false}, {"batch", 1}}, network);
    double low = 0;
    double high = 0;
    for (const at::Tensor &x : inputs) {
        low += x.min().item<float>();
        high += x.max().item<float>();
    }
    QCOMPARE(lowOf(state), low / 3);
    QCOMPARE(highOf(state), high / 3);
    // One batch of all of them: the extremes themselves.
    const Json together = searched({{"search", false}}, network);
    QCOMPARE(highOf(together), double(inputs[1].max().item<float>()));
}

void TstTokenWiseClipping::rangesAreNested()
{
    TokenExtrema extrema;
    extrema.add(normal({300, 16}, 4) - 0.5);
    extrema.add(normal({200, 16}, 5) * 2);
    QCOMPARE(extrema.tokens(), 500U);
    ActivationRange before = extrema.range(0.05);
    for (double kept = 0.1; kept <= 1.0; kept += 0.05) {
        const ActivationRange range = extrema.range(kept);
        QVERIFY(range.low <= before.low && range.high >= before.high);
        before = range;
    }
}

void TstTokenWiseClipping::cachedExtremaGiveTheLiteralRanges()
{
    for (const double shift : {0.0, 3.0, -40.0}) { // of both signs, and all of one
        at::Tensor x = normal({257, 16}, 6) + shift;
        x[5] *= 30;
        TokenExtrema extrema;
        extrema.add(x.slice(0, 0, 100));
        extrema.add(x.slice(0, 100));
        for (const double kept : {1.0, 0.997, 0.99, 0.9, 0.5, 0.1}) {
            const auto [low, high] = literalRange(x, kept);
            const ActivationRange range = extrema.range(kept);
            QCOMPARE(range.low, low);
            QCOMPARE(range.high, high);
        }
    }
}

void TstTokenWiseClipping::aLoudTokenIsClippedWhereTheOutputIsBounded()
{
    SmallNetwork network(withLoudToken(), true);
    const Json state = searched(Json::object(), network);
    QVERIFY(state["kept"].get<double>() < 1);
    QVERIFY(leastDistance(state) < 0.05 * firstDistance(state));
    QVERIFY(highOf(state) < 10);
    // The first minimum: no earlier candidate is as good.
    for (const Json &point : state["curve"]) {
        QVERIFY(point[0].get<double>() <= state["kept"].get<double>()
                || point[1].get<double>() > leastDistance(state));
    }
}

void TstTokenWiseClipping::aLinearReadOutKeepsTheLoudToken()
{
    SmallNetwork network(withLoudToken(), false);
    QCOMPARE(searched(Json::object(), network)["kept"].get<double>(), 1.0);
}

void TstTokenWiseClipping::stepFollowsTheTokensOfABatch_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("bits");
    QTest::addColumn<double>("step");
    QTest::addColumn<int>("candidates");
    // The published settings (outlier-suppression.md 5), batches of 32.
    for (const auto &[bits, glue, squad] :
         std::vector<std::tuple<int, int, int>>{{8, 10, 30}, {6, 30, 90}, {4, 90, 272}}) {
        QTest::addRow("GLUE, %d bits", bits) << 128 << bits << 0.01 << glue;
        QTest::addRow("SQuAD, %d bits", bits) << 384 << bits << 0.0033 << squad;
    }
}

void TstTokenWiseClipping::stepFollowsTheTokensOfABatch()
{
    QFETCH(int, length);
    QFETCH(int, bits);
    QFETCH(double, step);
    QFETCH(int, candidates);
    std::vector<at::Tensor> inputs;
    for (int i = 0; i < 32; ++i) {
        inputs.push_back(normal({length, 16}, 100 + i));
    }
    SmallNetwork network(inputs, true);
    const Json state = searched({{"bits", bits}}, network);
    QCOMPARE(static_cast<int>(state["curve"].size()), candidates);
    const double first = state["curve"][1][0].get<double>();
    QVERIFY(std::fabs(1 - first - step) < 1e-9);
}

void TstTokenWiseClipping::rowsThatAreNoTokensKeepTheirRange()
{
    SmallNetwork network(withLoudToken(), true);
    network.hasTokens = false;
    const Json state = searched({{"search", false}, {"kept", 0.6}}, network);
    QCOMPARE(highOf(state), withLoudToken().front().max().item<double>());
}

void TstTokenWiseClipping::gradientsAreThoseOfTheFormulas_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<double>("byInput");
    QTest::addColumn<double>("byScale");
    QTest::addColumn<double>("byZero");
    // Scale 0.5, zero point 20, codes 0 .. 63: the table of outlier-suppression.md 6.
    QTest::newRow("inside") << 3.3 << 1.0 << (7.0 - 6.6) << 0.0;
    QTest::newRow("inside, negative") << -1.9 << 1.0 << (-4.0 + 3.8) << 0.0;
    QTest::newRow("below") << -11.0 << 0.0 << -20.0 << -0.5;
    QTest::newRow("above") << 100.0 << 0.0 << 43.0 << -0.5;
}

void TstTokenWiseClipping::gradientsAreThoseOfTheFormulas()
{
    QFETCH(double, value);
    QFETCH(double, byInput);
    QFETCH(double, byScale);
    QFETCH(double, byZero);
    constexpr double tolerance = 1e-3;
    const c10::AutoGradMode gradients(true);
    LearnedGrid grid({-10, 21.5}, 6, false, symmetricCodes(6));
    QCOMPARE(grid.scale().item<float>(), 0.5F);
    QCOMPARE(grid.zeroPoint().item<float>(), 20.0F);
    grid.beginStep(1.0 / 63); // a factor of one
    const at::Tensor x = at::full({1}, value, at::kFloat).requires_grad_(true);
    grid.quantize(x).sum().backward();
    QVERIFY(std::fabs(x.grad().item<double>() - byInput) < tolerance);
    QVERIFY(std::fabs(grid.scale().grad().item<double>() - byScale) < tolerance * 20);
    QVERIFY(std::fabs(grid.zeroPoint().grad().item<double>() - byZero) < tolerance);
    if (byInput == 0) { // saturated, so smooth in the scale: the central difference
        constexpr double width = 1e-2;
        const auto roundedAt = [&](double scale) {
            const LearnedGrid near({-20 * scale, 43 * scale}, 6, false, symmetricCodes(6));
            return near.quantize(x).item<double>();
        };
        const double slope = (roundedAt(0.5 + width) - roundedAt(0.5 - width)) / (2 * width);
        QVERIFY(std::fabs(slope / byScale - 1) < tolerance);
    }
    LearnedGrid throttled({-10, 21.5}, 6, false, symmetricCodes(6));
    throttled.beginStep(400);
    const at::Tensor y = at::full({1}, value, at::kFloat);
    throttled.quantize(y).sum().backward();
    QVERIFY(std::fabs(throttled.scale().grad().item<double>() - byScale / std::sqrt(400 * 63.0))
            < tolerance);
}

void TstTokenWiseClipping::aLearnedGridStartsAsTheGridOfItsRange()
{
    const at::Tensor x = normal({200, 16}, 9) * 4;
    for (const bool isSymmetric : {false, true}) {
        const ActivationRange range{-3.7, 9.1};
        const LearnedGrid grid(range, 6, isSymmetric, symmetricCodes(6));
        const at::Tensor expected = isSymmetric
            ? fakeQuantizeSigned(x, at::full({}, 9.1), 6)
            : fakeQuantizeRange(x, at::full({}, -3.7), at::full({}, 9.1), 6);
        QVERIFY(at::allclose(grid.quantize(x), expected, 1e-5, 1e-5));
        const ActivationRange again = grid.range();
        const LearnedGrid second(again, 6, isSymmetric, symmetricCodes(6));
        QCOMPARE(second.scale().item<float>(), grid.scale().item<float>());
        QCOMPARE(second.zeroPoint().item<float>(), grid.zeroPoint().item<float>());
    }
}

void TstTokenWiseClipping::fineStageNeverEndsWorse()
{
    std::vector<at::Tensor> inputs;
    for (int i = 0; i < 6; ++i) {
        inputs.push_back(normal({60, 16}, 200 + i));
        inputs.back()[i] *= 20;
    }
    for (const double rate : {1e-5, 3e-3, 1.0}) { // as published, useful here, far too large
        SmallNetwork network(inputs, true);
        const auto quantizer = clipping({{"epochs", 20}, {"rate", rate}, {"batch", 2}});
        quantizer->search(network);
        const Json state = quantizer->state();
        const std::vector<double> fine = state["fine"];
        QCOMPARE(fine.size(), 21U);
        QCOMPARE(fine.front(), leastDistance(state));
        double end = 0;
        for (std::size_t first = 0; first < inputs.size(); first += 2) {
            const auto parts = network.distances(*quantizer, OutputDistance::SquaredError);
            end += (parts[first].sum + parts[first + 1].sum)
                / (parts[first].count + parts[first + 1].count) / 3;
        }
        QVERIFY(end <= fine.front());
        QVERIFY(rate != 3e-3 || end < fine.front());
    }
}

void TstTokenWiseClipping::stateSurvivesJson()
{
    SmallNetwork network(withLoudToken(), true);
    const auto quantizer = clipping({{"epochs", 2}});
    quantizer->search(network);
    QCOMPARE(quantizer->findings().size(), 1U);
    QVERIFY(quantizer->findings().front().find(" before the fine stage, ") != std::string::npos);
    const auto again = clipping({{"epochs", 2}});
    again->restore(Json::parse(quantizer->state().dump()));
    const at::Tensor x = withLoudToken().front();
    QVERIFY(at::equal(again->quantize(x, onlyLayer()), quantizer->quantize(x, onlyLayer())));
    QVERIFY(again->findings() == quantizer->findings());
    QVERIFY(at::equal(quantizer->quantize(at::zeros({3}), onlyLayer()), at::zeros({3})));
    const Json before
        = clipping(Json::object())->state(); // as a journal holds it before the search
    clipping(Json::object())->restore(before);
}

void TstTokenWiseClipping::damagedStatesAreRefused_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("words");
    QTest::newRow("no object") << "[]"
                               << "\"grids\" is missing";
    QTest::newRow("grids") << R"({"grids": 1})"
                           << "\"grids\" is 1";
    QTest::newRow("share") << R"({"grids": {}, "kept": "all"})"
                           << "\"kept\" is";
    QTest::newRow("no curve") << R"({"grids": {}, "kept": 1})"
                              << "\"curve\" is missing";
    QTest::newRow("curve") << R"({"grids": {}, "kept": 1, "curve": [[1]], "fine": []})"
                           << "\"curve\" is [[1]]";
    QTest::newRow("fine") << R"({"grids": {}, "kept": 1, "curve": [], "fine": ["a"]})"
                          << "\"fine\" is";
}

void TstTokenWiseClipping::damagedStatesAreRefused()
{
    QFETCH(QString, state);
    QFETCH(QString, words);
    const auto quantizer = create<ActivationQuantizer>("token-wise-clipping", Json::object(), "t");
    const Json json = Json::parse(state.toStdString());
    const test::Complaint complaint = test::complaintOf([&] { quantizer->restore(json); });
    QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
}

void TstTokenWiseClipping::theWorkIsForeseen()
{
    constexpr double mostOff = 1.3;
    for (const Json &params :
         {Json{{"epochs", 0}}, Json{{"epochs", 3}}, Json{{"epochs", 20}, {"batch", 2}},
          Json{{"epochs", 5}, {"search", false}, {"kept", 0.9}}}) {
        std::vector<at::Tensor> inputs;
        for (std::uint64_t i = 0; i < 4; ++i) {
            inputs.push_back(normal({50, 16}, i));
        }
        SmallNetwork network(inputs, true);
        const auto quantizer = clipping(params);
        quantizer->search(network);
        const double plain = 1; // the output to compare with, which the network made before
        const double foreseen = quantizer->searchRuns(4, 50);
        QVERIFY2(foreseen < mostOff * (network.runs + plain)
                     && mostOff * foreseen > network.runs + plain,
                 params.dump().c_str());
    }
}

void TstTokenWiseClipping::symmetricGridsDivideAsTheirNamesSay()
{
    // 6 bits, largest magnitude 31: a step of 1, of 31 / 31.5, and codes from -32 or from -31.
    const at::Tensor x = at::tensor({31.0F, -40.0F, 1.0F, 0.0F});
    const auto rounded = [&](const char *grid) {
        const auto quantizer = create<ActivationQuantizer>(
            "static-minmax", {{"bits", 6}, {"symmetric_grid", grid}}, "test");
        quantizer->restore({{"a", 31.0}});
        LayerInfo layer;
        layer.name = "a";
        return quantizer->quantize(x, layer);
    };
    const float step = 31.0F / 31.5F;
    QVERIFY(at::allclose(rounded("positive"), at::tensor({31.0F, -32.0F, 1.0F, 0.0F})));
    QVERIFY(at::allclose(rounded("narrow"), at::tensor({31.0F, -31.0F, 1.0F, 0.0F})));
    QVERIFY(at::allclose(rounded("span"), at::tensor({31 * step, -32 * step, step, 0.0F})));
}

BITPRISM_TEST(TstTokenWiseClipping);
#include "tst_token_wise_clipping.moc"
