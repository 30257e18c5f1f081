// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/kernels/weight_error.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"
#include "core/quant/weight_quantizer.h"
#include "tests/quant/random_matrix.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::randomMatrix;

namespace {

/// Statistics of correlated inputs: X = Z M.
LayerStatistics correlatedInputs(std::int64_t cols, std::uint64_t seed)
{
    const at::Tensor Z = randomMatrix(4 * cols, cols, seed);
    const at::Tensor M = randomMatrix(cols, cols, seed + 1) / std::sqrt(static_cast<double>(cols));
    const at::Tensor X = Z.matmul(M); // [tokens, cols]
    LayerStatistics statistics;
    statistics.cols = cols;
    statistics.tokens = X.size(0);
    statistics.outerSum = X.t().matmul(X);
    return statistics;
}

double outputError(const at::Tensor &W, const QuantizedWeight &quantized,
                   const LayerStatistics &statistics)
{
    const at::Tensor Q = dequantized(quantized);
    const at::Tensor H = statistics.hessian().contiguous();
    return relativeOutputError(matrixView(W), matrixView(Q), matrixView(H));
}

LayerInfo layerOf(const at::Tensor &W)
{
    LayerInfo layer;
    layer.name = "layer";
    layer.tensor = "layer.weight";
    layer.rows = W.size(0);
    layer.cols = W.size(1);
    return layer;
}

} // namespace

class TstWeightQuantizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void gptqLosesLessThanRtnOnCorrelatedInputs();
    void gptqRoundsToNearestWithoutInputs();
    void oneBlockGivesWhatItsLayersGive();
    void predictsStorageExactly_data();
    void predictsStorageExactly();
    void clipSearchNeverLosesInItsOwnMeasure();
    void widthOfTheTaskBeatsTheParameter();
    void refusesARatio();
    void checksParametersTogether_data();
    void checksParametersTogether();

private:
    static QuantizedLayer quantize(const char *id, const Json &params, const at::Tensor &W,
                                   int bits, const LayerStatistics *statistics = nullptr)
    {
        static const LayerInfo layer; // the quantizers read its name only in errors
        JobContext context;
        return create<WeightQuantizer>(id, params, "test")
            ->quantize({&layer, W, bits, {}, statistics}, context);
    }
};

/// GPTQ is greedy: better on the aggregate, no guarantee for an instance.
void TstWeightQuantizers::gptqLosesLessThanRtnOnCorrelatedInputs()
{
    double gptq = 0;
    double rtn = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const at::Tensor W = randomMatrix(8, 64, 100 + seed);
        const LayerStatistics inputs = correlatedInputs(64, 200 + 2 * seed);
        const Json params = {{"group_size", 0}, {"scale_type", "f32"}};
        gptq += outputError(W, *quantize("gptq", params, W, 3, &inputs).weight, inputs);
        rtn += outputError(W, *quantize("rtn", params, W, 3).weight, inputs);
    }
    QVERIFY2(gptq < 0.7 * rtn, qPrintable(QString::number(gptq / rtn)));
}

void TstWeightQuantizers::gptqRoundsToNearestWithoutInputs()
{
    const at::Tensor W = randomMatrix(6, 48, 3);
    const auto gptq = quantize("gptq", {{"group_size", 16}}, W, 4);
    const auto rtn = quantize("rtn", {{"group_size", 16}}, W, 4);
    QVERIFY(at::equal(dequantized(*gptq.weight), dequantized(*rtn.weight)));
}

void TstWeightQuantizers::oneBlockGivesWhatItsLayersGive()
{
    const at::Tensor first = randomMatrix(8, 32, 1);
    const at::Tensor second = randomMatrix(4, 32, 2);
    const LayerStatistics inputs = correlatedInputs(32, 5);
    const auto gptq = create<WeightQuantizer>("gptq", Json{{"act_order", true}}, "test");
    const LayerInfo layer;
    JobContext context;
    BlockTask task;
    task.layers = {{&layer, first, 3, {}, &inputs}, {&layer, second, 4, {}, &inputs}};
    const std::vector<QuantizedLayer> block = gptq->quantizeBlock(task, context).layers;
    QCOMPARE(block.size(), std::size_t(2));
    for (std::size_t i = 0; i < 2; ++i) {
        const QuantizedLayer alone = gptq->quantize(task.layers[i], context);
        QVERIFY(at::equal(dequantized(*block[i].weight), dequantized(*alone.weight)));
    }
}

void TstWeightQuantizers::predictsStorageExactly_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("params");
    QTest::addColumn<int>("bits");
    for (const int bits : {2, 3, 4, 8}) {
        QTest::addRow("rtn %d", bits) << "rtn"
                                      << R"({"group_size": 16})" << bits;
        QTest::addRow("rtn %d, ragged", bits) << "rtn"
                                              << R"({"group_size": 20})" << bits;
        QTest::addRow("rtn %d, rows", bits) << "rtn"
                                            << R"({"group_size": 0})" << bits;
        QTest::addRow("rtn %d, symmetric", bits) << "rtn"
                                                 << R"({"symmetric": true})" << bits;
        QTest::addRow("rtn %d, wide zero points", bits)
            << "rtn"
            << R"({"range_rule": "omni-asym", "scale_type": "f32"})" << bits;
        QTest::addRow("gptq %d", bits) << "gptq"
                                       << R"({"group_size": 16})" << bits;
        QTest::addRow("gptq %d, act order", bits)
            << "gptq"
            << R"({"group_size": 16, "act_order": true})" << bits;
        QTest::addRow("gptq %d, act order, rows", bits)
            << "gptq"
            << R"({"group_size": 0, "act_order": true})" << bits;
        QTest::addRow("gptq %d, static groups", bits)
            << "gptq"
            << R"({"group_size": 16, "act_order": true, "static_groups": true})" << bits;
    }
}

void TstWeightQuantizers::predictsStorageExactly()
{
    QFETCH(QString, id);
    QFETCH(QString, params);
    QFETCH(int, bits);
    const at::Tensor W = randomMatrix(10, 48, 4);
    const LayerStatistics inputs = correlatedInputs(48, 9);
    const Json parsed = Json::parse(params.toStdString());
    const auto made = quantize(id.toUtf8().constData(), parsed, W, bits, &inputs);
    const auto quantizer = create<WeightQuantizer>(id.toStdString(), parsed, "test");
    const std::int64_t predicted = quantizer->storageBits(layerOf(W), bits, {});
    QCOMPARE(predicted, made.weight->storage().total());
    // What lies in the run's file, less what the layout says of itself; each array ends in a byte.
    std::int64_t stored = 0;
    std::int64_t padding = 0;
    for (const auto &[name, array] : made.weight->write()) {
        if (name == "codes" || name == "scales" || name == "zero_points"
            || name == "group_of_column") {
            stored += static_cast<std::int64_t>(array.bytes.size()) * 8;
            padding += 7;
        }
    }
    QVERIFY2(stored >= predicted && stored <= predicted + padding,
             qPrintable(QString("%1 stored, %2 predicted").arg(stored).arg(predicted)));
    QCOMPARE(made.weight->bits(), bits);
}

void TstWeightQuantizers::clipSearchNeverLosesInItsOwnMeasure()
{
    const at::Tensor W = randomMatrix(8, 64, 6).pow(3); // heavy tails, which clipping helps
    const LayerStatistics inputs = correlatedInputs(64, 11);
    const auto plain = quantize("rtn", {{"group_size", 0}}, W, 3);
    const auto norm = quantize("rtn", {{"group_size", 0}, {"clip_search", "power-norm"}}, W, 3);
    const auto loss = [&](const QuantizedLayer &layer) {
        return (dequantized(*layer.weight) - W).abs().pow(2.4).sum().item<double>();
    };
    QVERIFY(loss(norm) < loss(plain));
    const Json byHessian = {{"group_size", 0}, {"clip_search", "hessian"}};
    QVERIFY(create<WeightQuantizer>("rtn", byHessian, "test")->needs().statistics.hessian);
    const auto hessian = quantize("rtn", byHessian, W, 3, &inputs);
    QVERIFY(outputError(W, *hessian.weight, inputs) <= outputError(W, *plain.weight, inputs));
}

void TstWeightQuantizers::widthOfTheTaskBeatsTheParameter()
{
    const at::Tensor W = randomMatrix(4, 16, 7);
    QCOMPARE(quantize("rtn", {{"bits", 8}}, W, 2).weight->bits(), 2);
    QCOMPARE(create<WeightQuantizer>("gptq", Json{{"bits", 5}}, "test")->defaultBits(), 5);
}

void TstWeightQuantizers::refusesARatio()
{
    const LayerInfo layer = layerOf(randomMatrix(4, 16, 8));
    JobContext context;
    for (const char *id : {"rtn", "gptq"}) {
        const auto complaint = test::complaintOf([&] {
            create<WeightQuantizer>(id, Json::object(), "test")
                ->quantize({&layer, randomMatrix(4, 16, 8), 4, 0.1, nullptr}, context);
        });
        QVERIFY2(complaint.isBadInputNaming("ratio"), complaint.text.c_str());
    }
}

void TstWeightQuantizers::checksParametersTogether_data()
{
    QTest::addColumn<QString>("params");
    QTest::addColumn<QString>("text");
    QTest::newRow("symmetric") << R"({"symmetric": true, "range_rule": "awq-asym"})"
                               << "symmetric";
    QTest::newRow("one bit") << R"({"bits": 1, "range_rule": "quarot-sym"})"
                             << "bits";
    QTest::newRow("unknown rule") << R"({"range_rule": "best"})"
                                  << "range_rule";
}

void TstWeightQuantizers::checksParametersTogether()
{
    QFETCH(QString, params);
    QFETCH(QString, text);
    for (const char *id : {"rtn", "gptq"}) {
        const auto complaint = test::complaintOf(
            [&] { create<WeightQuantizer>(id, Json::parse(params.toStdString()), "test"); });
        QVERIFY2(complaint.isBadInputNaming(text.toStdString()), complaint.text.c_str());
    }
}

BITPRISM_TEST(TstWeightQuantizers);
#include "tst_weight_quantizers.moc"
