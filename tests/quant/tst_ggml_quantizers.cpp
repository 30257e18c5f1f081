// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/jobs/registry.h"
#include "core/kernels/ggml_blocks.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/weight_quantizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::complaintOf;

namespace {

at::Tensor randomWeights(std::int64_t rows, std::int64_t cols)
{
    Random random(7, "weights");
    at::Tensor weights = at::empty({rows, cols}, at::kFloat);
    for (std::int64_t i = 0; i < weights.numel(); ++i) {
        weights.data_ptr<float>()[i] = static_cast<float>(random.normal());
    }
    return weights;
}

LayerInfo layerOf(std::int64_t rows, std::int64_t cols)
{
    LayerInfo layer;
    layer.name = "blocks.3.up";
    layer.tensor = "blocks.3.up.weight";
    layer.rows = rows;
    layer.cols = cols;
    return layer;
}

/// Channels whose inputs differ widely in size.
LayerStatistics unequalInputs(std::int64_t cols)
{
    Random random(8, "inputs");
    LayerStatistics statistics;
    statistics.cols = cols;
    statistics.tokens = 100;
    for (std::int64_t j = 0; j < cols; ++j) {
        statistics.channelSquareSum.push_back(100 * std::exp(3 * random.normal()));
    }
    return statistics;
}

double outputError(const at::Tensor &W, const QuantizedWeight &quantized,
                   const LayerStatistics &inputs)
{
    const at::Tensor squares
        = at::tensor(inputs.channelSquareSum, at::kDouble) / static_cast<double>(inputs.tokens);
    return (dequantized(quantized).to(at::kDouble) - W.to(at::kDouble))
        .square()
        .mul(squares)
        .sum()
        .item<double>();
}

} // namespace

class TstGgmlQuantizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void writesItsOwnBlocks_data();
    void writesItsOwnBlocks();
    void importanceLowersTheOutputError();
    void fallsBackWhereRowsDemand();
    void refusesWhatItCannotDo();

private:
    static QuantizedLayer quantize(const char *id, const Json &params, const LayerInfo &layer,
                                   const at::Tensor &W, int bits,
                                   const LayerStatistics *statistics = nullptr)
    {
        LayerTask task;
        task.layer = &layer;
        task.weight = W;
        task.bits = bits;
        task.statistics = statistics;
        JobContext context;
        return create<WeightQuantizer>(id, params, "test")->quantize(task, context);
    }
};

void TstGgmlQuantizers::writesItsOwnBlocks_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("bits");
    QTest::addColumn<double>("average");
    const auto add = [](const char *id, const char *type, int bits, double average) {
        QTest::newRow(id) << id << type << bits << average;
    };
    add("ggml-q8-0", "q8_0", 8, 8.5);
    add("ggml-q4-0", "q4_0", 4, 4.5);
    add("ggml-q4-k", "q4_k", 4, 4.5);
    add("ggml-q5-k", "q5_k", 5, 5.5);
    add("ggml-q6-k", "q6_k", 6, 6.5625);
    add("ggml-q3-k", "q3_k", 3, 3.4375);
    add("ggml-q2-k", "q2_k", 2, 2.625);
    add("ggml-iq4-nl", "iq4_nl", 4, 4.5);
}

void TstGgmlQuantizers::writesItsOwnBlocks()
{
    QFETCH(QString, id);
    QFETCH(QString, type);
    QFETCH(int, bits);
    QFETCH(double, average);
    const at::Tensor W = randomWeights(6, 512);
    const LayerInfo layer = layerOf(6, 512);
    const std::string name = id.toStdString();
    const auto quantizer = create<WeightQuantizer>(name, Json::object(), "test");
    QCOMPARE(quantizer->defaultBits(), bits);
    QVERIFY(!quantizer->needs().statistics.any());
    const QuantizedLayer result = quantize(name.c_str(), Json::object(), layer, W, bits);
    const auto weight = std::dynamic_pointer_cast<const GgmlWeight>(result.weight);
    QVERIFY(weight);
    QCOMPARE(ggmlTypeInfo(weight->type()).name, std::string_view(type.toStdString()));
    QCOMPARE(weight->storage().total(), quantizer->storageBits(layer, bits, {}));
    QCOMPARE(static_cast<double>(weight->storage().total()) / (6 * 512), average);
    const double error = (dequantized(*weight) - W).square().mean().item<double>();
    QVERIFY(error < std::pow(4.0, 1 - bits)); // of unit variance
}

void TstGgmlQuantizers::importanceLowersTheOutputError()
{
    const at::Tensor W = randomWeights(16, 512);
    const LayerInfo layer = layerOf(16, 512);
    const LayerStatistics inputs = unequalInputs(512);
    const Json weighted{{"importance", "mean-square"}};
    QVERIFY(create<WeightQuantizer>("ggml-q3-k", weighted, "test")->needs().statistics.channels);
    const auto plain = quantize("ggml-q3-k", Json::object(), layer, W, 3, &inputs);
    const auto better = quantize("ggml-q3-k", weighted, layer, W, 3, &inputs);
    QVERIFY(outputError(W, *better.weight, inputs) < outputError(W, *plain.weight, inputs));
    // Without inputs, as for an embedding, all columns count alike.
    const auto alike = quantize("ggml-q3-k", weighted, layer, W, 3);
    QVERIFY(alike.weight->write().at("blocks").bytes == plain.weight->write().at("blocks").bytes);
}

void TstGgmlQuantizers::fallsBackWhereRowsDemand()
{
    const auto quantizer = create<WeightQuantizer>("ggml-q4-k", Json::object(), "test");
    const LayerInfo layer = layerOf(4, 96);
    const auto result = quantize("ggml-q4-k", Json::object(), layer, randomWeights(4, 96), 4);
    QVERIFY(std::dynamic_pointer_cast<const GgmlWeight>(result.weight)->type() == GgmlType::Q5_0);
    QCOMPARE(result.weight->bits(), 5);
    QCOMPARE(result.weight->storage().total(), quantizer->storageBits(layer, 4, {}));
    QCOMPARE(quantizer->fallback(layer),
             std::string("stored as q5_0: blocks of 256 weights (q4_k) do not divide 96 columns"));
    QCOMPARE(quantizer->fallback(layerOf(4, 512)), std::string());
    // Bit operations count the codes that there are.
    QCOMPARE(quantizer->meanBits(layerOf(4, 512), 4, std::nullopt), 4.0);
    QCOMPARE(quantizer->meanBits(layerOf(4, 96), 4, std::nullopt),
             double(ggmlTypeInfo(ggmlTypeThatFits(GgmlType::Q4K, 96)).bits));
    QCOMPARE(quantizer->meanBits(layerOf(4, 50), 4, std::nullopt), 16.0);
    const LayerInfo odd = layerOf(4, 50);
    const auto halves = quantize("ggml-q4-k", Json::object(), odd, randomWeights(4, 50), 4);
    QCOMPARE(halves.weight->storage().total(), std::int64_t(4 * 50 * 16));
}

void TstGgmlQuantizers::refusesWhatItCannotDo()
{
    const LayerInfo layer = layerOf(4, 96);
    const Json strict{{"indivisible", "error"}};
    const auto quantizer = create<WeightQuantizer>("ggml-q4-k", strict, "test");
    const auto complaint = complaintOf([&] { quantizer->storageBits(layer, 4, {}); });
    QVERIFY2(complaint.isBadInputNaming("blocks.3.up") && complaint.isBadInputNaming("256"),
             complaint.text.c_str());
    QVERIFY(complaintOf([&] {
                quantize("ggml-q4-k", strict, layer, randomWeights(4, 96), 4);
            }).isBadInputNaming("96"));
    QVERIFY(complaintOf([&] {
                quantizer->storageBits(layerOf(4, 256), 3, {});
            }).isBadInputNaming("4 bits"));
    QVERIFY(complaintOf([&] {
                quantizer->storageBits(layerOf(4, 256), 4, 0.1);
            }).isBadInputNaming("ratio"));
}

BITPRISM_TEST(TstGgmlQuantizers);
#include "tst_ggml_quantizers.moc"
