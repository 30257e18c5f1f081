// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/awq_search.h"
#include "tests/quant/toy_block.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::ToyBlock;
using test::ToyLlama;

namespace {

GridOptions gridOf(int bits)
{
    GridOptions options;
    options.bits = bits;
    options.rule = RangeRule::AwqAsym;
    options.groupSize = 16;
    return options;
}

} // namespace

class TstAwq : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void scalesKeepTheFunction_data();
    void scalesKeepTheFunction();
    void neverChoosesWorseThanNoScale();
    void leavesGroupedQueriesAlone();
    void leavesHalfAGroupAlone();
    void errorsAreMeasuredInTheLayersOwnBasis();
    void scalesHelpOnOutlierChannels();
    void switchedOffIsPlainRounding();
    void foldsWithoutCostIntoStoredTypes();
    void stopsOnRequest();
    void refusesBadParameters_data();
    void refusesBadParameters();
};

void TstAwq::scalesKeepTheFunction_data()
{
    QTest::addColumn<QString>("modelType");
    QTest::addColumn<bool>("biases");
    QTest::newRow("llama") << "llama" << false;
    QTest::newRow("llama with biases") << "llama" << true;
    QTest::newRow("qwen2") << "qwen2" << false;
    QTest::newRow("qwen3") << "qwen3" << false;
    for (const test::NamedSubject &subject : test::familySubjects()) {
        if (!QString(subject.name).startsWith("clip, ResNet")) { // no norm before its layers
            QTest::addRow("subject %s", subject.name) << subject.name << false;
        }
    }
}

/// Property 10: with quantization left out, the block gives what it gave.
void TstAwq::scalesKeepTheFunction()
{
    QFETCH(QString, modelType);
    QFETCH(bool, biases);
    constexpr double tolerance = 1e-10; // squared: 1e-5 relative, in single precision
    ToyLlama options = test::learnableToy();
    options.modelType = modelType.toStdString();
    options.attentionBias = biases;
    options.mlpBias = biases;
    const bool isSubject = QString(QTest::currentDataTag()).startsWith("subject ");
    ToyBlock toy = isSubject ? ToyBlock(test::subjectNamed(modelType)) : ToyBlock(options);
    JobContext context;
    AwqSearch search(toy.task, toy.statistics(), gridOf);
    const AwqScales scales = search.run(20, context);
    TensorEdits tensors = scales.edits(toy.task);
    int scaled = 0;
    for (const LayerTask &layer : toy.task.layers) {
        at::Tensor W = layer.weight;
        const at::Tensor columns = scales.columnsOf(*layer.layer);
        const at::Tensor rows = scales.rowsOf(*layer.layer);
        W = columns.defined() ? W * columns : W;
        W = rows.defined() ? W / rows.unsqueeze(1) : W;
        tensors[layer.layer->tensor] = W;
        scaled += columns.defined() && !at::allclose(columns, at::ones_like(columns)) ? 1 : 0;
    }
    QVERIFY(scaled > 0);
    const double error = toy.outputError(tensors);
    QVERIFY2(error < tolerance, qPrintable(QString::number(error)));
}

void TstAwq::neverChoosesWorseThanNoScale()
{
    ToyBlock toy(test::learnableToy(), 2);
    JobContext context;
    AwqSearch search(toy.task, toy.statistics(), gridOf);
    search.run(20, context);
    QCOMPARE(search.errors().size(), std::size_t(4)); // every group of a block
    for (const auto &[group, errors] : search.errors()) {
        QCOMPARE(errors.size(), std::size_t(20));
        QVERIFY(*std::min_element(errors.begin(), errors.end()) <= errors.front());
        QVERIFY(errors.front() > 0);
    }
}

/// Values are repeated for several query heads: their rows cannot take up the scales.
void TstAwq::leavesGroupedQueriesAlone()
{
    ToyLlama options = test::learnableToy();
    options.keyValueHeads = options.heads / 2;
    ToyBlock toy(options);
    JobContext context;
    AwqSearch search(toy.task, toy.statistics(), gridOf);
    search.run(5, context);
    QCOMPARE(search.errors().size(), std::size_t(3));
    QVERIFY(!search.errors().contains("attention_output"));
}

/// A norm also feeds what is not quantized here: its gain must stay.
void TstAwq::leavesHalfAGroupAlone()
{
    ToyBlock toy(test::learnableToy());
    std::erase_if(toy.task.layers, [](const LayerTask &layer) {
        return layer.layer->kind == "mlp_gate" || layer.layer->kind == "attention_value";
    });
    JobContext context;
    AwqSearch search(toy.task, toy.statistics(), gridOf);
    search.run(5, context);
    QCOMPARE(search.errors().size(), std::size_t(1)); // the input of down, folded into up
    QVERIFY(search.errors().contains("mlp_hidden"));
}

void TstAwq::errorsAreMeasuredInTheLayersOwnBasis()
{
    ToyBlock toy(test::learnableToy(), 8);
    JobContext context;
    const QuantizedBlock block
        = create<WeightQuantizer>("awq", Json{{"group_size", 16}, {"clip_search", false}}, "test")
              ->quantizeBlock(toy.task, context);
    for (std::size_t i = 0; i < block.layers.size(); ++i) {
        const QuantizedLayer &layer = block.layers[i];
        const at::Tensor after
            = layer.effective.defined() ? layer.effective : dequantized(*layer.weight);
        QVERIFY(test::relativeDifference(after, toy.task.layers[i].weight) < 0.02);
    }
    // Scales that helped no layer would cost at most as much again as rounding does.
    const QuantizedBlock rtn = create<WeightQuantizer>("rtn", Json{{"group_size", 16}}, "test")
                                   ->quantizeBlock(toy.task, context);
    const double ratio
        = toy.outputError(ToyBlock::tensorsOf(block)) / toy.outputError(ToyBlock::tensorsOf(rtn));
    QVERIFY2(ratio < 2, qPrintable(QString::number(ratio)));
}

/// What AWQ is for: a few input channels that are much larger than the rest.
void TstAwq::scalesHelpOnOutlierChannels()
{
    ToyBlock toy(test::learnableToy(), 3);
    const std::string norm = "model.layers.0.post_attention_layernorm.weight";
    at::Tensor gain = toy.task.block->tensor(norm).clone();
    gain.narrow(0, 3, 1).mul_(20);
    gain.narrow(0, 17, 1).mul_(30);
    Block block = *toy.task.block;
    block.setTensor(norm, gain);
    JobContext context;
    StatisticsCollector collected(StatisticsNeeds{.hessian = true, .channels = true});
    collectStatistics(toy.model(), block, *toy.task.fullInputs, collected, context);
    std::vector<at::Tensor> targets;
    for (StreamState state : *toy.task.fullInputs) {
        toy.model().runBlock(block, state);
        targets.push_back(state.hidden);
    }
    BlockTask task = toy.task;
    task.block = &block;
    task.targets = &targets;
    AwqSearch search(task, collected, gridOf);
    search.run(20, context);
    const std::vector<double> &errors = search.errors().at("mlp_input");
    const double least = *std::min_element(errors.begin(), errors.end());
    QVERIFY2(least < 0.7 * errors.front(), qPrintable(QString::number(least / errors.front())));
}

void TstAwq::switchedOffIsPlainRounding()
{
    ToyBlock toy(test::learnableToy());
    JobContext context;
    const Json off = {{"group_size", 16}, {"clip_search", false}, {"scale_search", false}};
    const QuantizedBlock awq
        = create<WeightQuantizer>("awq", off, "test")->quantizeBlock(toy.task, context);
    QVERIFY(awq.edits.empty());
    const Json rounding = {{"group_size", 16}, {"range_rule", "awq-asym"}};
    const QuantizedBlock rtn
        = create<WeightQuantizer>("rtn", rounding, "test")->quantizeBlock(toy.task, context);
    for (std::size_t i = 0; i < awq.layers.size(); ++i) {
        QVERIFY(at::equal(dequantized(*awq.layers[i].weight), dequantized(*rtn.layers[i].weight)));
    }
}

/// The gain is rounded to the checkpoint's type and the columns take up what rounding moved.
void TstAwq::foldsWithoutCostIntoStoredTypes()
{
    ToyLlama options = test::learnableToy();
    options.dtype = io::Dtype::BF16;
    ToyBlock toy(options);
    JobContext context;
    AwqSearch search(toy.task, toy.statistics(), gridOf);
    const AwqScales scales = search.run(20, context);
    const TensorEdits edits = scales.edits(toy.task);
    QVERIFY(!edits.empty());
    QCOMPARE(extraBytes(toy.model(), edits), std::int64_t(0));
    TensorEdits tensors = edits;
    for (const LayerTask &layer : toy.task.layers) {
        const at::Tensor columns = scales.columnsOf(*layer.layer);
        const at::Tensor rows = scales.rowsOf(*layer.layer);
        at::Tensor W = columns.defined() ? layer.weight * columns : layer.weight;
        tensors[layer.layer->tensor] = rows.defined() ? W / rows.unsqueeze(1) : W;
    }
    QVERIFY(toy.outputError(tensors) < 1e-10);
}

void TstAwq::stopsOnRequest()
{
    ToyBlock toy(test::learnableToy());
    std::stop_source source;
    source.request_stop();
    JobContext context(0, source.get_token());
    const auto complaint = test::complaintOf([&] {
        create<WeightQuantizer>("awq", Json::object(), "test")->quantizeBlock(toy.task, context);
    });
    QVERIFY(complaint.code == ErrorCode::Cancelled);
}

void TstAwq::refusesBadParameters_data()
{
    QTest::addColumn<QString>("params");
    QTest::addColumn<QString>("key");
    QTest::newRow("bits") << R"({"bits": 1})"
                          << "bits";
    QTest::newRow("ratios") << R"({"ratios": 0})"
                            << "ratios";
    QTest::newRow("rule") << R"({"range_rule": "gptq-asym"})"
                          << "range_rule";
}

void TstAwq::refusesBadParameters()
{
    QFETCH(QString, params);
    QFETCH(QString, key);
    const auto complaint = test::complaintOf(
        [&] { create<WeightQuantizer>("awq", Json::parse(params.toStdString()), "test"); });
    QVERIFY2(complaint.isBadInputNaming(key.toStdString()), complaint.text.c_str());
}

BITPRISM_TEST(TstAwq);
#include "tst_awq.moc"
