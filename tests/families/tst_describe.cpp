// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/describe.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

class TstDescribe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void listsLayersByBlockThenPart()
    {
        test::writeToyLlama(folder());
        const ModelInfo info = describeModel(folder());
        const std::vector<std::string> parts{
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
            "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};
        std::vector<std::string> expected{"model.embed_tokens"};
        for (const char *block : {"0", "1"}) {
            for (const std::string &part : parts) {
                expected.push_back(std::string("model.layers.") + block + "." + part);
            }
        }
        expected.emplace_back("lm_head");
        std::vector<std::string> names;
        for (const LayerInfo &layer : info.layers) {
            names.push_back(layer.name);
            QCOMPARE(layer.tensor, layer.name + ".weight");
            QCOMPARE(layer.dtype, std::string("F32"));
            QCOMPARE(layer.bits, 32.0);
        }
        QVERIFY(names == expected);
        QVERIFY(info.runnable && info.problem.empty());
        QCOMPARE(info.family, std::string("llama"));
        QCOMPARE(info.blocks, 2);
        QCOMPARE(info.bytes, info.parameters * 4);
        QVERIFY(fs::path(info.path).is_absolute());
    }

    void layersKnowKindGroupAndProducer_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("producer");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("cols");
        const QString norm = "input_layernorm.weight";
        const QString mlpNorm = "post_attention_layernorm.weight";
        QTest::newRow("query") << "self_attn.q_proj"
                               << "attention_query"
                               << "attention_input" << norm << 32 << 32;
        QTest::newRow("key") << "self_attn.k_proj"
                             << "attention_key"
                             << "attention_input" << norm << 16 << 32;
        QTest::newRow("value") << "self_attn.v_proj"
                               << "attention_value"
                               << "attention_input" << norm << 16 << 32;
        QTest::newRow("out") << "self_attn.o_proj"
                             << "attention_out"
                             << "attention_output"
                             << "self_attn.v_proj.weight" << 32 << 32;
        QTest::newRow("gate") << "mlp.gate_proj"
                              << "mlp_gate"
                              << "mlp_input" << mlpNorm << 48 << 32;
        QTest::newRow("up") << "mlp.up_proj"
                            << "mlp_up"
                            << "mlp_input" << mlpNorm << 48 << 32;
        QTest::newRow("down") << "mlp.down_proj"
                              << "mlp_down"
                              << "mlp_hidden"
                              << "mlp.up_proj.weight" << 32 << 48;
    }

    void layersKnowKindGroupAndProducer()
    {
        QFETCH(QString, part);
        QFETCH(QString, kind);
        QFETCH(QString, group);
        QFETCH(QString, producer);
        QFETCH(int, rows);
        QFETCH(int, cols);
        test::writeToyLlama(folder());
        const ModelInfo info = describeModel(folder());
        const LayerInfo *layer = info.findLayer("model.layers.1." + part.toStdString());
        QVERIFY(layer != nullptr);
        QCOMPARE(layer->kind, kind.toStdString());
        QCOMPARE(layer->inputGroup, group.toStdString());
        QCOMPARE(layer->producer, "model.layers.1." + producer.toStdString());
        QCOMPARE(layer->block, 1);
        QCOMPARE(int(layer->rows), rows);
        QCOMPARE(int(layer->cols), cols);
    }

    void everyVariantOpens_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("tied");
        QTest::addColumn<bool>("bias");
        for (const char *type : {"llama", "mistral", "qwen2", "qwen3"}) {
            QTest::newRow(type) << type << false << false;
            QTest::addRow("%s tied", type) << type << true << false;
        }
        QTest::newRow("llama with biases") << "llama" << false << true;
    }

    void everyVariantOpens()
    {
        QFETCH(QString, type);
        QFETCH(bool, tied);
        QFETCH(bool, bias);
        test::writeToyLlama(folder(),
                            {.modelType = type.toStdString(),
                             .tiedHead = tied,
                             .attentionBias = bias,
                             .mlpBias = bias,
                             .dtype = io::Dtype::BF16});
        const ModelInfo info = describeModel(folder());
        QVERIFY2(info.runnable, info.problem.c_str());
        QCOMPARE(info.modelType, type.toStdString());
        QCOMPARE(info.hasTiedHead, tied);
        QCOMPARE(info.findLayer("lm_head") == nullptr, tied);
        QCOMPARE(info.dtype, std::string("BF16"));
        QCOMPARE(info.bosToken, std::int64_t{0});
    }

    void aMissingTensorIsNamedAndTheRestStillOpens()
    {
        test::writeToyLlama(folder(), {.blocks = 1});
        setConfig("num_hidden_layers", 2);
        const ModelInfo info = describeModel(folder());
        QVERIFY(!info.runnable);
        QVERIFY2(info.problem.find("model.layers.1.input_layernorm.weight") != std::string::npos,
                 info.problem.c_str());
        QCOMPARE(info.layers.size(), std::size_t{1 + 7 + 1});
    }

    void aShapeThatContradictsTheConfigIsBadInput()
    {
        test::writeToyLlama(folder());
        setConfig("intermediate_size", 52);
        const Complaint complaint = complaintOf([&] { describeModel(folder()); });
        QVERIFY2(complaint.isBadInputNaming("mlp.gate_proj.weight\" has the shape [48, 32]"),
                 complaint.text.c_str());
    }

    void anUnknownFamilyOpensForWeightAnalysis()
    {
        test::writeToyLlama(folder());
        setConfig("model_type", "novel");
        const ModelInfo info = describeModel(folder());
        QVERIFY(!info.runnable);
        QVERIFY(info.problem.find("\"novel\"") != std::string::npos);
        QCOMPARE(info.family, std::string("novel"));
        QCOMPARE(info.blocks, 2);
        QCOMPARE(info.layers.size(), std::size_t{16});
        QCOMPARE(info.findLayer("model.embed_tokens")->kind, std::string("embedding"));
        QCOMPARE(info.findLayer("model.layers.1.mlp.up_proj")->block, 1);
    }

    void blocksOfAnUnknownFamilyAreThoseThatAreThere()
    {
        std::filesystem::create_directories(folder());
        io::writeFileAtomically(folder() / "config.json", R"({"model_type": "novel"})");
        std::vector<io::TensorDeclaration> tensors;
        for (const char *name : {"features.7.proj.weight", "features.3.proj.weight",
                                 "patch_embed.weight", "stem.mixer", "classifier.weight"}) {
            tensors.push_back({name, io::Dtype::F32, {4, 6}});
        }
        io::SafetensorsWriter writer(folder() / "model.safetensors", tensors);
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            writer.writeFloats(std::vector<float>(24, 0.5F));
        }
        writer.commit();
        const ModelInfo info = describeModel(folder());
        QCOMPARE(info.blocks, 3); // two numbered ones, and one of the rest
        QCOMPARE(info.findLayer("features.3.proj")->block, 0);
        QCOMPARE(info.findLayer("features.7.proj")->block, 1);
        QCOMPARE(info.findLayer("stem.mixer")->block, 2);
        QCOMPARE(info.findLayer("classifier")->kind, std::string("head"));
        QCOMPARE(info.findLayer("classifier")->block, -1);
        QCOMPARE(info.findLayer("patch_embed")->kind, std::string("embedding"));
    }

    void aHugeModelIsDescribedFromItsHeaders()
    {
        test::writeSparse7B(folder());
        const ModelInfo info = describeModel(folder());
        QVERIFY2(info.runnable, info.problem.c_str());
        QCOMPARE(info.parameters, std::int64_t{6'738'415'616});
        QCOMPARE(info.bytes, 2 * info.parameters);
        QCOMPARE(info.layers.size(), std::size_t{1 + 32 * 7 + 1});
    }

    void realModelsOpen_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("runnable");
        QTest::addColumn<qint64>("parameters");
        QTest::newRow("llama") << "stories260k" << true << qint64{260032};
        QTest::newRow("another family") << "rxnmapper-albert" << true << qint64{-1};
        QTest::newRow("convolutions") << "whisper-tiny-en-no-token-embedding" << true << qint64{-1};
    }

    void realModelsOpen()
    {
        QFETCH(QString, name);
        QFETCH(bool, runnable);
        QFETCH(qint64, parameters);
        const std::string path = test::sharedData(name.toStdString());
        if (path.empty()) {
            QSKIP("real data are absent");
        }
        const ModelInfo info = describeModel(fs::path(path));
        QCOMPARE(info.runnable, runnable);
        QVERIFY(parameters < 0 || info.parameters == parameters);
        QVERIFY(!info.layers.empty());
    }

private:
    fs::path folder() const { return fs::path(m_folder->path().toStdString()) / "model"; }

    void setConfig(const char *key, const Json &value) const
    {
        const fs::path path = folder() / "config.json";
        Json config = Json::parse(io::readWholeFile(path, 1 << 20));
        config[key] = value;
        io::writeFileAtomically(path, config.dump());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstDescribe);
#include "tst_describe.moc"
