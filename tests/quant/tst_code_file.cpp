// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/registry.h"
#include "core/quant/code_file.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/weight_quantizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;

class TstCodeFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void codesSurviveTheFile();
    void keepsLayersWhoseNamesBeginAlike();
    void editsSurviveTheFile();
    void overlayServesEditsBehindCodes();
    void overlayRefusesForeignEdits_data();
    void overlayRefusesForeignEdits();
    void blockKnowsWhatWasReplaced();
    void editsCostWhatTheirTypeCannotHold();
    void overlayServesTheDequantizedWeights();
    void overlayRefusesAnotherShape();
    void refusesDamage_data();
    void refusesDamage();

private:
    static QuantizedWeightPtr quantized(int bits, std::int64_t rows, std::int64_t cols)
    {
        JobContext context;
        const LayerInfo layer;
        at::manual_seed(static_cast<std::uint64_t>(bits));
        return create<WeightQuantizer>("gptq", Json{{"group_size", 8}, {"act_order", true}}, "test")
            ->quantize({&layer, at::randn({rows, cols}), bits, {}, nullptr}, context)
            .weight;
    }
    std::string path(const char *name) const { return m_folder.filePath(name).toStdString(); }

    QTemporaryDir m_folder;
};

void TstCodeFile::initTestCase() { registerEngineComponents(); }

void TstCodeFile::codesSurviveTheFile()
{
    std::vector<NamedWeight> layers;
    for (const int bits : {2, 3, 4, 8}) {
        layers.emplace_back("z.layer" + std::to_string(10 - bits), quantized(bits, 5, 24));
    }
    writeCodeFile(path("codes"), layers);
    const std::vector<NamedWeight> read = readCodeFile(path("codes")).layers;
    QCOMPARE(read.size(), layers.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
        QCOMPARE(read[i].first, layers[i].first); // in the order written
        QVERIFY(at::equal(dequantized(*read[i].second), dequantized(*layers[i].second)));
        Sha256 before;
        Sha256 after;
        hashWeight(before, layers[i].first, *layers[i].second);
        hashWeight(after, read[i].first, *read[i].second);
        QCOMPARE(after.hex(), before.hex());
    }
}

void TstCodeFile::keepsLayersWhoseNamesBeginAlike()
{
    const std::vector<NamedWeight> layers{
        {"a", quantized(2, 3, 16)}, {"a.b", quantized(4, 2, 8)}, {"a.b.c", quantized(8, 4, 8)}};
    writeCodeFile(path("alike"), layers);
    const std::vector<NamedWeight> read = readCodeFile(path("alike")).layers;
    QCOMPARE(read.size(), std::size_t(3));
    for (std::size_t i = 0; i < 3; ++i) {
        QVERIFY(at::equal(dequantized(*read[i].second), dequantized(*layers[i].second)));
    }
}

void TstCodeFile::editsSurviveTheFile()
{
    const TensorEdits edits{{"block.norm.weight", at::randn({24})},
                            {"a.bias", at::randn({5})}, // begins like an array of layer a
                            {"a.weight", at::randn({5, 24})}};
    const std::vector<NamedWeight> layers{{"a", quantized(3, 5, 24)}};
    writeCodeFile(path("edits"), layers, edits);
    const CodeFile read = readCodeFile(path("edits"));
    QCOMPARE(read.layers.size(), std::size_t(1));
    QCOMPARE(read.edits.size(), edits.size());
    for (const auto &[name, tensor] : edits) {
        QVERIFY(at::equal(read.edits.at(name), tensor));
    }
    const auto hashOf = [](const TensorEdits &hashed) {
        Sha256 hash;
        hashEdits(hash, hashed);
        return hash.hex();
    };
    QCOMPARE(hashOf(read.edits), hashOf(edits));
    TensorEdits other = read.edits;
    other["a.bias"] = other["a.bias"] + 1;
    QVERIFY(hashOf(other) != hashOf(edits));
    QCOMPARE(hashOf({}), Sha256().hex()); // runs without edits keep their hashes
}

void TstCodeFile::overlayServesEditsBehindCodes()
{
    const test::ToyModel toy;
    const LayerInfo &layer = *toy->info().findLayer("model.layers.0.self_attn.v_proj");
    const std::string norm = "model.layers.0.input_layernorm.weight";
    const at::Tensor gain = at::full({toy->info().hiddenSize}, 0.5);
    const auto overlay = std::make_shared<QuantizedOverlay>();
    overlay->edit(*toy, {{norm, gain}, {layer.tensor, at::zeros({layer.rows, layer.cols})}},
                  "test");
    const auto edited = toy->withOverlay(overlay);
    QVERIFY(at::equal(edited->loadBlock({0, 0}).tensor(norm), gain));
    QVERIFY(at::equal(edited->loadTensor(layer.tensor), at::zeros({layer.rows, layer.cols})));
    const QuantizedWeightPtr weight = quantized(4, layer.rows, layer.cols);
    overlay->add(layer, weight);
    QVERIFY(at::equal(edited->loadTensor(layer.tensor), dequantized(*weight)));
}

void TstCodeFile::overlayRefusesForeignEdits_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("unknown") << "model.layers.9.input_layernorm.weight";
    QTest::newRow("shape") << "model.layers.0.self_attn.v_proj.weight";
}

void TstCodeFile::overlayRefusesForeignEdits()
{
    QFETCH(QString, name);
    const test::ToyModel toy;
    QuantizedOverlay overlay;
    const auto complaint = test::complaintOf([&] {
        overlay.edit(*toy, {{name.toStdString(), at::zeros({3})}}, "codes-0000");
    });
    QVERIFY2(complaint.isBadInputNaming(name.toStdString()), complaint.text.c_str());
    QVERIFY(overlay.edits().empty());
}

void TstCodeFile::blockKnowsWhatWasReplaced()
{
    const test::ToyModel toy;
    Block block = toy->loadBlock({0, 0});
    QVERIFY(block.replaced().empty());
    block.setTensor("model.layers.0.input_layernorm.weight", at::ones({32}));
    block.setTensor("model.layers.0.mlp.up_proj.weight", at::ones({48, 32}));
    const TensorEdits edits = editsOf(block, {"model.layers.0.mlp.up_proj.weight"});
    QCOMPARE(edits.size(), std::size_t(1));
    QVERIFY(at::equal(edits.at("model.layers.0.input_layernorm.weight"), at::ones({32})));
}

void TstCodeFile::editsCostWhatTheirTypeCannotHold()
{
    test::ToyLlama options;
    options.dtype = io::Dtype::BF16;
    const test::ToyModel toy(options);
    const std::string norm = "model.layers.0.input_layernorm.weight";
    const at::Tensor fine = at::full({32}, 1.0009765625F); // 1 + 2^-10: F16, but not BF16
    QCOMPARE(extraBytes(*toy, {{norm, fine}}), std::int64_t(32 * 4 - 32 * 2));
    const at::Tensor rounded = roundToStored(*toy, norm, fine);
    QVERIFY(at::equal(rounded, at::ones({32})));
    QCOMPARE(extraBytes(*toy, {{norm, rounded}}), std::int64_t(0));
}

void TstCodeFile::overlayServesTheDequantizedWeights()
{
    LayerInfo layer;
    layer.name = "layer";
    layer.tensor = "layer.weight";
    layer.rows = 5;
    layer.cols = 24;
    QuantizedOverlay overlay;
    QVERIFY(!overlay.tensor("layer.weight"));
    const QuantizedWeightPtr weight = quantized(3, 5, 24);
    overlay.add(layer, weight);
    QVERIFY(at::equal(*overlay.tensor("layer.weight"), dequantized(*weight)));
    QVERIFY(!overlay.tensor("layer"));
    QCOMPARE(overlay.find("layer.weight"), weight.get());
    overlay.add(layer, quantized(8, 5, 24)); // the later one wins
    QCOMPARE(overlay.find("layer.weight")->bits(), 8);
}

void TstCodeFile::overlayRefusesAnotherShape()
{
    LayerInfo layer;
    layer.rows = 24;
    layer.cols = 5;
    QuantizedOverlay overlay;
    const auto complaint = test::complaintOf([&] { overlay.add(layer, quantized(3, 5, 24)); });
    QVERIFY(complaint.code == ErrorCode::Internal);
}

void TstCodeFile::refusesDamage_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("no list") << QByteArray("bitprism_layers") << QByteArray("bitprism_lawyers");
    QTest::newRow("encoding") << QByteArray("uniform-affine") << QByteArray("uniform-sphere");
    QTest::newRow("layer") << QByteArray("\\\"layer\\\"") << QByteArray("\\\"lawer\\\"");
    QTest::newRow("array") << QByteArray("layer.codes") << QByteArray("layer.crows");
}

void TstCodeFile::refusesDamage()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    writeCodeFile(path("damaged"), {{"layer", quantized(3, 5, 24)}});
    QFile file(m_folder.filePath("damaged"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray bytes = file.readAll();
    file.close();
    QVERIFY(bytes.contains(from));
    bytes.replace(from, to);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    const auto complaint = test::complaintOf([&] { readCodeFile(path("damaged")); });
    QVERIFY2(complaint.isBadInputNaming("damaged"), complaint.text.c_str());
}

BITPRISM_TEST(TstCodeFile);
#include "tst_code_file.moc"
