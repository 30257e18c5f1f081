// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "tests/models/naive_llama.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 sums of a few hundred terms, two blocks deep, against double.
constexpr double floatTolerance = 2e-5;
/// What the project promises against reference files.
constexpr double referenceTolerance = 1e-4;

class NameRecorder final : public BlockHooks
{
public:
    std::vector<std::string> layers;
    std::set<int> operands;
    std::int64_t wrongWidths = 0;
    double rowSumError = 0;

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        layers.push_back(layer.name);
        wrongWidths += input.size(-1) != layer.cols ? 1 : 0;
        return input;
    }
    at::Tensor attentionOperand(BlockId, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        operands.insert(static_cast<int>(operand));
        if (operand == AttentionOperand::Probabilities) {
            rowSumError = (tensor.sum(-1) - 1).abs().max().item<double>();
        }
        return tensor;
    }
};

/// Doubles the input of one layer.
class Doubler final : public BlockHooks
{
public:
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        return layer.name == "model.layers.1.mlp.down_proj" ? input * 2 : input;
    }
};

class OneTensor final : public WeightOverlay
{
public:
    OneTensor(std::string name, at::Tensor value)
        : m_name(std::move(name))
        , m_value(std::move(value))
    {
    }
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        return name == m_name ? std::optional(m_value) : std::nullopt;
    }

private:
    std::string m_name;
    at::Tensor m_value;
};

at::Tensor naiveLogits(const Model &model, const at::Tensor &tokens)
{
    const NaiveLlama naive(model.checkpoint(),
                           LlamaConfig::read(model.checkpoint().config(), "config.json"));
    const std::int64_t length = tokens.size(1);
    at::Tensor result
        = at::empty({tokens.size(0), length, model.info().vocabularySize}, at::kDouble);
    for (std::int64_t sample = 0; sample < tokens.size(0); ++sample) {
        const std::int64_t *ids = tokens.data_ptr<std::int64_t>() + sample * length;
        const auto rows = naive.logits({ids, ids + length});
        for (std::int64_t t = 0; t < length; ++t) {
            result[sample][t].copy_(at::tensor(rows[static_cast<std::size_t>(t)], at::kDouble));
        }
    }
    return result;
}

/// A float32 .npy file of two dimensions.
at::Tensor readNpy(const std::string &path, at::ScalarType type)
{
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::size_t header
        = 10 + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
    const std::int64_t count = static_cast<std::int64_t>(bytes.size() - header) / 4;
    at::Tensor values = at::empty({count}, type);
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end(),
              static_cast<char *>(values.data_ptr()));
    return values;
}

} // namespace

class TstLlama : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsANaiveForwardPass_data()
    {
        QTest::addColumn<QString>("modelType");
        QTest::addColumn<int>("keyValueHeads");
        QTest::addColumn<bool>("tied");
        QTest::addColumn<bool>("biases");
        QTest::addColumn<QString>("config");
        const QString none = "{}";
        QTest::newRow("llama, grouped") << "llama" << 2 << false << false << none;
        QTest::newRow("llama, one key head") << "llama" << 1 << true << false << none;
        QTest::newRow("llama, as many key heads") << "llama" << 4 << false << false << none;
        QTest::newRow("llama, all biases") << "llama" << 2 << false << true << none;
        QTest::newRow("mistral, window of 5")
            << "mistral" << 2 << false << false << R"({"sliding_window": 5})";
        QTest::newRow("mistral, no window")
            << "mistral" << 2 << false << false << R"({"sliding_window": null})";
        QTest::newRow("qwen2, biases") << "qwen2" << 2 << true << false << none;
        QTest::newRow("qwen2, window above block 1")
            << "qwen2" << 2 << false << false
            << R"({"use_sliding_window": true, "sliding_window": 3, "max_window_layers": 1})";
        QTest::newRow("qwen3, norms") << "qwen3" << 2 << true << false << none;
        QTest::newRow("linear positions")
            << "llama" << 2 << false << false
            << R"({"rope_scaling": {"type": "linear", "factor": 4.0}})";
        // Wavelengths of the toy reach from 6 to 63: all three branches are taken.
        QTest::newRow("llama3 positions")
            << "llama" << 2 << false << false
            << R"({"rope_theta": 100.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
                "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64}})";
    }

    void equalsANaiveForwardPass()
    {
        QFETCH(QString, modelType);
        QFETCH(int, keyValueHeads);
        QFETCH(bool, tied);
        QFETCH(bool, biases);
        QFETCH(QString, config);
        ToyLlama options;
        options.modelType = modelType.toStdString();
        options.keyValueHeads = keyValueHeads;
        options.tiedHead = tied;
        options.attentionBias = biases;
        options.mlpBias = biases;
        options.extraConfig = config.toStdString();
        options.spread = 0.3; // attention far from uniform
        const ToyModel toy(options);
        const at::Tensor tokens = randomTokens(2, 19, options.vocabulary, 3);
        QVERIFY(relativeDifference(logitsOf(*toy, tokens), naiveLogits(*toy, tokens))
                < floatTolerance);
    }

    void widensStoredTypes_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("F16") << static_cast<int>(io::Dtype::F16);
        QTest::newRow("BF16") << static_cast<int>(io::Dtype::BF16);
    }

    void widensStoredTypes()
    {
        QFETCH(int, dtype);
        ToyLlama options;
        options.dtype = static_cast<io::Dtype>(dtype);
        options.shards = 3;
        const ToyModel toy(options);
        const at::Tensor tokens = randomTokens(1, 7, options.vocabulary, 4);
        QVERIFY(relativeDifference(logitsOf(*toy, tokens), naiveLogits(*toy, tokens))
                < floatTolerance);
    }

    void hooksSeeEveryLayerAndOperand()
    {
        const ToyModel toy;
        NameRecorder recorder;
        logitsOf(*toy, randomTokens(2, 9, 64, 5), &recorder);
        std::set<std::string> expected;
        for (const LayerInfo &layer : toy->info().layers) {
            if (layer.kind != "embedding") {
                expected.insert(layer.name);
            }
        }
        QCOMPARE(std::set<std::string>(recorder.layers.begin(), recorder.layers.end()), expected);
        QCOMPARE(recorder.layers.size(), expected.size());
        QCOMPARE(recorder.wrongWidths, 0);
        QVERIFY(recorder.rowSumError < 1e-5);
        const std::set<int> operands{static_cast<int>(AttentionOperand::Query),
                                     static_cast<int>(AttentionOperand::Key),
                                     static_cast<int>(AttentionOperand::Value),
                                     static_cast<int>(AttentionOperand::Probabilities)};
        QCOMPARE(recorder.operands, operands);
    }

    void hooksMayReplaceWhatFlows()
    {
        const ToyModel toy;
        const at::Tensor tokens = randomTokens(1, 9, 64, 6);
        Doubler doubler;
        const std::string name = "model.layers.1.mlp.down_proj.weight";
        const auto doubled
            = toy->withOverlay(std::make_shared<OneTensor>(name, toy->loadTensor(name) * 2));
        const at::Tensor hooked = logitsOf(*toy, tokens, &doubler);
        QVERIFY(relativeDifference(hooked, logitsOf(*doubled, tokens)) < 1e-6);
        QVERIFY(relativeDifference(hooked, logitsOf(*toy, tokens)) > 1e-3);
    }

    void overlaidEmbeddingsReachATiedHead()
    {
        ToyLlama options;
        options.tiedHead = true;
        const ToyModel toy(options);
        const std::string name = "model.embed_tokens.weight";
        const at::Tensor table = toy->loadTensor(name).flip(0).contiguous();
        const auto flipped = toy->withOverlay(std::make_shared<OneTensor>(name, table));
        const at::Tensor tokens = randomTokens(1, 5, 64, 7);
        QVERIFY(relativeDifference(logitsOf(*flipped, 63 - tokens), logitsOf(*toy, tokens).flip(-1))
                < 1e-6);
    }

    void rowsEqualThoseOfTheWholeTable()
    {
        const ToyModel toy;
        const std::string name = "model.embed_tokens.weight";
        const at::Tensor few = at::tensor({63, 0, 63}, at::kLong);
        const at::Tensor many = at::randperm(64, at::kLong);
        const at::Tensor table = toy->loadTensor(name);
        QVERIFY(toy->loadRows(name, few).equal(table.index_select(0, few)));
        QVERIFY(toy->loadRows(name, many).equal(table.index_select(0, many)));
    }

    void refusesTokensOutsideTheVocabulary_data()
    {
        QTest::addColumn<int>("token");
        QTest::newRow("above") << 64;
        QTest::newRow("below") << -1;
    }

    void refusesTokensOutsideTheVocabulary()
    {
        QFETCH(int, token);
        const ToyModel toy;
        Batch batch;
        batch.tokens = at::full({1, 3}, token, at::kLong);
        try {
            toy->begin(0, batch);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void refusesAnUnfinishedCheckpoint()
    {
        registerEngineComponents();
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString() + "/toy";
        ToyLlama options;
        options.extraConfig = R"({"num_hidden_layers": 3})"; // the file holds two
        writeToyLlama(path, options);
        try {
            Model::open(path);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("model.layers.2"), error.what());
        }
    }

    void equalsThePublishedStoryModel()
    {
        const std::string folder = sharedData("stories260k");
        if (folder.empty()) {
            QSKIP("the shared data are absent");
        }
        registerEngineComponents();
        const auto model = Model::open(folder);
        const at::Tensor ids = readNpy(folder + "/reference_ids_i32.npy", at::kInt).to(at::kLong);
        const at::Tensor expected
            = readNpy(folder + "/reference_logits_f32.npy", at::kFloat).view({ids.numel(), -1});
        const at::Tensor logits = logitsOf(*model, ids.unsqueeze(0)).squeeze(0);
        QVERIFY((logits - expected).abs().max().item<double>() < referenceTolerance);
    }
};

BITPRISM_TEST(TstLlama);
#include "tst_llama.moc"
