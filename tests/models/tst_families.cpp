// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/models/naive_families.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// What the project promises against an independent implementation.
constexpr double promisedTolerance = 1e-4;
constexpr int blocks = 2;

std::vector<std::int64_t> someTokens() { return {7, 3, 21, 64, 9, 9, 50, 0, 33}; }

std::vector<NaiveFamily::EncoderNames> bertNames(const std::string &top)
{
    std::vector<NaiveFamily::EncoderNames> names;
    for (int i = 0; i < blocks; ++i) {
        const std::string block = top + "encoder.layer." + std::to_string(i) + ".";
        const std::string self = block + "attention.self.";
        names.push_back({self + "query", self + "key", self + "value",
                         block + "attention.output.dense", block + "attention.output.LayerNorm",
                         block + "intermediate.dense", block + "output.dense",
                         block + "output.LayerNorm"});
    }
    return names;
}

std::vector<NaiveFamily::EncoderNames> albertNames(int count)
{
    const std::string layer = "albert.encoder.albert_layer_groups.0.albert_layers.0.";
    const NaiveFamily::EncoderNames names{
        layer + "attention.query", layer + "attention.key",        layer + "attention.value",
        layer + "attention.dense", layer + "attention.LayerNorm",  layer + "ffn",
        layer + "ffn_output",      layer + "full_layer_layer_norm"};
    return std::vector(static_cast<std::size_t>(count), names);
}

NaiveFamily::Matrix familyLogits(const io::Checkpoint &checkpoint, const ToyFamily &toy)
{
    const NaiveFamily naive(checkpoint, 2, 1e-5);
    const std::vector<std::int64_t> tokens = someTokens();
    if (toy.modelType == "gpt2") {
        return naive.gpt2(tokens, blocks);
    }
    if (toy.modelType == "opt") {
        return naive.opt(tokens, blocks, toy.extraConfig == "{}");
    }
    if (toy.modelType == "llada") {
        return naive.llada(tokens, blocks, 10000);
    }
    const bool isAlbert = toy.modelType == "albert";
    const bool isRoberta = toy.modelType == "roberta";
    const std::string top = toy.modelType + ".";
    const auto hidden = naive.encoder(tokens, top, isAlbert ? albertNames(blocks) : bertNames(top),
                                      isRoberta ? 1 : 0);
    if (toy.classifies) {
        return naive.classHead(hidden,
                               isAlbert        ? "albert.pooler"
                                   : isRoberta ? "classifier.dense"
                                               : "bert.pooler.dense",
                               isRoberta ? "classifier.out_proj" : "classifier");
    }
    const std::string head = isAlbert ? "predictions."
        : isRoberta                   ? "lm_head."
                                      : "cls.predictions.";
    const std::string norm = isRoberta ? "layer_norm" : "LayerNorm";
    const std::string inner = isAlbert || isRoberta ? "" : "transform.";
    return naive.maskedHead(hidden, head + inner + "dense", head + inner + norm,
                            top + "embeddings.word_embeddings.weight", head + "bias");
}

at::Tensor tensorOf(const NaiveFamily::Matrix &rows)
{
    std::vector<at::Tensor> list;
    for (const NaiveFamily::Vector &row : rows) {
        list.push_back(at::tensor(row, at::kDouble));
    }
    return at::stack(list, 0);
}

at::Tensor batchOf(const std::vector<std::int64_t> &tokens)
{
    return at::tensor(tokens, at::kLong).unsqueeze(0);
}

/// All rows of an .npy file of FP32 (format version 1, C order).
at::Tensor readFamilyNpy(const std::string &path, at::IntArrayRef shape, at::ScalarType type)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const std::size_t header
        = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
    const at::Tensor values = at::empty(shape, type);
    if (bytes.size() != header + values.nbytes()) {
        return {};
    }
    std::copy_n(bytes.data() + header, values.nbytes(), static_cast<char *>(values.data_ptr()));
    return values;
}

/// A tensor of nano-gpt-sort: {"shape": [...], "data": Base64 of FP32}.
at::Tensor tensorOf(const Json &json)
{
    const QByteArray bytes
        = QByteArray::fromBase64(QByteArray::fromStdString(json.at("data").get<std::string>()));
    const at::Tensor values
        = at::empty(json.at("shape").get<std::vector<std::int64_t>>(), at::kFloat);
    if (values.nbytes() != static_cast<std::size_t>(bytes.size())) {
        return {};
    }
    std::copy_n(bytes.constData(), values.nbytes(), static_cast<char *>(values.data_ptr()));
    return values;
}

Json readJson(const std::string &path)
{
    std::ifstream file(path);
    return Json::parse(file);
}

/// minGPT's layers as Hugging Face's GPT-2 stores them: linear weights transposed, no masks.
void writeNanoGpt(const std::filesystem::path &folder, const Json &source)
{
    std::filesystem::create_directories(folder);
    std::vector<io::TensorDeclaration> declarations;
    std::vector<at::Tensor> tensors;
    for (const auto &[name, value] : source.items()) {
        if (name == "config" || name.ends_with(".attn.bias")) {
            continue;
        }
        at::Tensor tensor = tensorOf(value);
        const bool isConv = name.find(".h.") != std::string::npos && tensor.dim() == 2;
        tensors.push_back(isConv ? tensor.t().contiguous() : tensor);
        declarations.push_back({name, io::Dtype::F32, tensors.back().sizes().vec()});
    }
    io::SafetensorsWriter writer(folder / "model.safetensors", declarations);
    for (const at::Tensor &tensor : tensors) {
        writer.writeFloats({tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())});
    }
    writer.commit();
    std::ofstream(folder / "config.json") << Json{{"model_type", "gpt2"},
                                                  {"n_embd", 48},
                                                  {"n_layer", 3},
                                                  {"n_head", 3},
                                                  {"n_positions", 11},
                                                  {"vocab_size", 3},
                                                  {"tie_word_embeddings", false}};
}

/// What enters each layer.
class Activations final : public BlockHooks
{
public:
    std::map<std::string, at::Tensor> inputs;
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        inputs[layer.name] = input.clone();
        return input;
    }
};

} // namespace

class TstFamilies : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Model> open(const ToyFamily &toy)
    {
        const std::filesystem::path folder
            = m_folder.path().toStdString() + "/" + std::to_string(++m_count);
        writeToyFamily(folder, toy);
        return Model::open(folder);
    }

    QTemporaryDir m_folder;
    int m_count = 0;

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }

    void logitsEqualScalarLoops_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("classifies");
        QTest::addColumn<QString>("config");
        QTest::newRow("gpt2") << "gpt2" << false << "{}";
        QTest::newRow("opt") << "opt" << false << "{}";
        QTest::newRow("opt, post-norm") << "opt" << false << R"({"do_layer_norm_before": false})";
        QTest::newRow("llada") << "llada" << false << "{}";
        for (const char *type : {"bert", "roberta", "albert"}) {
            QTest::addRow("%s", type) << type << false << "{}";
            QTest::addRow("%s, classes", type) << type << true << "{}";
        }
    }

    void logitsEqualScalarLoops()
    {
        QFETCH(QString, type);
        QFETCH(bool, classifies);
        QFETCH(QString, config);
        ToyFamily toy;
        toy.modelType = type.toStdString();
        toy.classifies = classifies;
        toy.extraConfig = config.toStdString();
        const auto model = open(toy);
        QCOMPARE(model->info().problem, std::string());
        at::Tensor logits = logitsOf(*model, batchOf(someTokens())).squeeze(0);
        if (classifies) {
            logits = logits.narrow(0, 0, 1);
            QCOMPARE(model->info().labels, (std::vector<std::string>{"no", "maybe", "yes"}));
        }
        const at::Tensor expected = tensorOf(familyLogits(model->checkpoint(), toy));
        QCOMPARE(logits.sizes(), expected.sizes());
        QVERIFY2(relativeDifference(logits, expected) < promisedTolerance,
                 qPrintable(QString::number(relativeDifference(logits, expected))));
    }

    void paddingChangesNoLogits_data()
    {
        QTest::addColumn<QString>("type");
        for (const char *type : {"gpt2", "opt", "bert", "roberta", "albert", "llada"}) {
            QTest::addRow("%s", type) << type;
        }
    }

    void paddingChangesNoLogits()
    {
        QFETCH(QString, type);
        ToyFamily toy;
        toy.modelType = type.toStdString();
        const auto model = open(toy);
        const at::Tensor tokens = batchOf(someTokens());
        Batch batch;
        batch.tokens = at::cat({tokens, at::full({1, 5}, 11, at::kLong)}, 1);
        batch.mask = at::cat({at::ones({1, 9}, at::kBool), at::zeros({1, 5}, at::kBool)}, 1);
        StreamState state = model->begin(0, batch);
        for (const BlockId id : model->blocksOf(0)) {
            model->runBlock(model->loadBlock(id), state);
        }
        const at::Tensor padded = model->finish(model->loadHead(0), state.hidden.narrow(1, 0, 9));
        QVERIFY(relativeDifference(padded, logitsOf(*model, tokens)) < promisedTolerance);
    }

    void bidirectionalFamiliesSeeWhatFollows()
    {
        for (const char *type : {"bert", "llada", "gpt2"}) {
            ToyFamily toy;
            toy.modelType = type;
            const auto model = open(toy);
            std::vector<std::int64_t> other = someTokens();
            other.back() = 44;
            const at::Tensor first = logitsOf(*model, batchOf(someTokens())).select(1, 0);
            const at::Tensor changed = logitsOf(*model, batchOf(other)).select(1, 0);
            QCOMPARE(first.equal(changed), toy.modelType == "gpt2");
        }
    }

    void sharedLayersOpenAsSeparateBlocks()
    {
        ToyFamily toy;
        toy.modelType = "albert";
        const auto model = open(toy);
        const ModelInfo &info = model->info();
        QCOMPARE(info.blocks, blocks);
        std::set<std::string> names;
        for (const LayerInfo &layer : info.layers) {
            QVERIFY2(names.insert(layer.name).second, layer.name.c_str());
        }
        const std::string second = "albert.encoder.albert_layer_groups.1.albert_layers.0.ffn";
        const LayerInfo *layer = info.findLayer(second);
        QVERIFY(layer != nullptr);
        QCOMPARE(layer->block, 1);
        QCOMPARE(layer->stored(),
                 std::string("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight"));
        QVERIFY(model->loadTensor(second + ".weight").equal(model->loadTensor(layer->stored())));
    }

    void groupsAndProducersBelongTogether()
    {
        for (const char *type : {"gpt2", "opt", "bert", "roberta", "albert", "llada"}) {
            ToyFamily toy;
            toy.modelType = type;
            const auto model = open(toy);
            for (const BlockId id : model->blocksOf(0)) {
                std::map<std::string, const LayerInfo *> groups;
                for (const LayerInfo *layer : model->layersOf(id)) {
                    QVERIFY2(!layer->inputGroup.empty(), layer->name.c_str());
                    const auto [first, isNew] = groups.emplace(layer->inputGroup, layer);
                    QCOMPARE(first->second->cols, layer->cols);
                    QCOMPARE(first->second->producer, layer->producer);
                    if (!layer->producer.empty()) { // its output channels are the layer's input
                        QCOMPARE(model->loadTensor(layer->producer).size(0), layer->cols);
                    }
                }
            }
        }
    }

    void missingTensorsAreNamed()
    {
        ToyFamily toy;
        toy.modelType = "opt";
        toy.without = {"model.decoder.layers.1.fc1.weight"};
        const Complaint complaint = complaintOf([&] { open(toy); });
        QVERIFY2(complaint.isBadInputNaming("model.decoder.layers.1.fc1.weight"),
                 complaint.text.c_str());
    }

    void refusesWhatWouldRunDifferently_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("key");
        QTest::newRow("llada mixture") << "llada"
                                       << R"({"num_experts": 8})"
                                       << "num_experts";
        QTest::newRow("llada alibi") << "llada"
                                     << R"({"alibi": true})"
                                     << "alibi";
        QTest::newRow("relative positions") << "bert"
                                            << R"({"position_embedding_type": "relative_key"})"
                                            << "position_embedding_type";
        QTest::newRow("shape") << "bert"
                               << R"({"intermediate_size": 25})"
                               << "intermediate";
        QTest::newRow("activation") << "gpt2"
                                    << R"({"activation_function": "silu"})"
                                    << "activation_function";
    }

    void refusesWhatWouldRunDifferently()
    {
        QFETCH(QString, type);
        QFETCH(QString, config);
        QFETCH(QString, key);
        ToyFamily toy;
        toy.modelType = type.toStdString();
        toy.extraConfig = config.toStdString();
        const Complaint complaint = complaintOf([&] { open(toy); });
        QVERIFY2(complaint.isBadInputNaming(key.toStdString()), complaint.text.c_str());
    }

    void nanoGptHasItsPublishedActivations()
    {
        const std::string folder = sharedData("nano-gpt-sort");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        const std::filesystem::path path = m_folder.path().toStdString() + "/nano";
        writeNanoGpt(path, readJson(folder + "/gpt-nano-sort-model.json"));
        const Json published = readJson(folder + "/gpt-nano-sort-t0-partials.json");
        const auto model = Model::open(path);
        Activations seen;
        Batch batch;
        batch.tokens = tensorOf(published.at("idx")).to(at::kLong);
        StreamState state = model->begin(0, batch);
        const auto meets = [&](const char *name, const at::Tensor &found) {
            return relativeDifference(found, tensorOf(published.at(name))) < promisedTolerance;
        };
        QVERIFY(meets("x", state.hidden));
        for (const BlockId id : model->blocksOf(0)) {
            model->runBlock(model->loadBlock(id), state, &seen);
            const std::string name = "block" + std::to_string(id.index);
            QVERIFY2(meets(name.c_str(), state.hidden), name.c_str());
        }
        QVERIFY(meets("ln1", seen.inputs.at("transformer.h.0.attn.c_attn")));
        QVERIFY(meets("y", seen.inputs.at("transformer.h.0.attn.c_proj")));
        QVERIFY(meets("ln2", seen.inputs.at("transformer.h.0.mlp.c_fc")));
        QVERIFY(meets("gelu", seen.inputs.at("transformer.h.0.mlp.c_proj")));
        QVERIFY(meets("lm_head", model->finish(model->loadHead(0), state.hidden)));
    }

    /// Reference files computed in double from the same weights.
    void realWeightsGiveTheReferenceLogits_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QList<int>>("ids");
        QTest::addColumn<int>("vocabulary");
        QTest::newRow("makemore-names-gpt") << "makemore-names-gpt" << QList<int>{32, 16} << 27;
        QTest::newRow("rxnmapper-albert") << "rxnmapper-albert" << QList<int>{1, 83} << 591;
    }

    void realWeightsGiveTheReferenceLogits()
    {
        QFETCH(QString, folder);
        QFETCH(QList<int>, ids);
        QFETCH(int, vocabulary);
        const std::string path = sharedData(folder.toStdString());
        if (path.empty()) {
            QSKIP("no shared data");
        }
        const auto model = Model::open(path);
        const at::Tensor tokens
            = readFamilyNpy(path + "/reference_ids_i32.npy", {ids[0], ids[1]}, at::kInt);
        const at::Tensor expected = readFamilyNpy(path + "/reference_logits_f32.npy",
                                                  {ids[0], ids[1], vocabulary}, at::kFloat);
        QVERIFY(tokens.defined() && expected.defined());
        QVERIFY(relativeDifference(logitsOf(*model, tokens.to(at::kLong)), expected)
                < promisedTolerance);
    }
};

BITPRISM_TEST(TstFamilies);
#include "tst_families.moc"
