// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/transcribe.h"
#include "core/families/whisper_config.h"
#include "core/jobs/registry.h"
#include "tests/models/naive_tensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

#include <fstream>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double floatTolerance = 1e-4; // FP32 against double precision
/// The reference was computed in double precision from the same F16 weights.
constexpr double referenceTolerance = 1e-3;

/// As edge-asr.md 2.4 writes it. Gives the encoder's normalised output [positions, width].
at::Tensor naiveEncoder(const NaiveTensors &t, const at::Tensor &mel, std::int64_t heads,
                        int blocks)
{
    const std::string p = "model.encoder.";
    at::Tensor x = mel.to(at::kDouble).unsqueeze(0);
    x = naiveGelu(at::conv1d(x, t.get(p + "conv1.weight"), t.get(p + "conv1.bias"), 1, 1));
    x = naiveGelu(at::conv1d(x, t.get(p + "conv2.weight"), t.get(p + "conv2.bias"), 2, 1));
    x = x.squeeze(0).t() + t.get(p + "embed_positions.weight");
    for (int i = 0; i < blocks; ++i) {
        const std::string b = p + "layers." + std::to_string(i) + ".";
        const at::Tensor n = t.norm(b + "self_attn_layer_norm", x);
        x = x
            + t.linear(b + "self_attn.out_proj",
                       naiveAttention(t.linear(b + "self_attn.q_proj", n),
                                      t.linear(b + "self_attn.k_proj", n),
                                      t.linear(b + "self_attn.v_proj", n), heads, false));
        x = x
            + t.linear(b + "fc2",
                       naiveGelu(t.linear(b + "fc1", t.norm(b + "final_layer_norm", x))));
    }
    return t.norm(p + "layer_norm", x);
}

at::Tensor naiveDecoder(const NaiveTensors &t, const at::Tensor &memory, const at::Tensor &tokens,
                        std::int64_t heads, int blocks)
{
    const std::string p = "model.decoder.";
    const at::Tensor table = t.get(p + "embed_tokens.weight");
    at::Tensor x = table.index_select(0, tokens)
        + t.get(p + "embed_positions.weight").narrow(0, 0, tokens.size(0));
    for (int i = 0; i < blocks; ++i) {
        const std::string b = p + "layers." + std::to_string(i) + ".";
        const at::Tensor n = t.norm(b + "self_attn_layer_norm", x);
        x = x
            + t.linear(b + "self_attn.out_proj",
                       naiveAttention(t.linear(b + "self_attn.q_proj", n),
                                      t.linear(b + "self_attn.k_proj", n),
                                      t.linear(b + "self_attn.v_proj", n), heads, true));
        const at::Tensor c = t.norm(b + "encoder_attn_layer_norm", x);
        x = x
            + t.linear(b + "encoder_attn.out_proj",
                       naiveAttention(t.linear(b + "encoder_attn.q_proj", c),
                                      t.linear(b + "encoder_attn.k_proj", memory),
                                      t.linear(b + "encoder_attn.v_proj", memory), heads, false));
        x = x
            + t.linear(b + "fc2",
                       naiveGelu(t.linear(b + "fc1", t.norm(b + "final_layer_norm", x))));
    }
    return at::matmul(t.norm(p + "layer_norm", x), table.t());
}

std::vector<float> readFloats(const std::string &path, std::size_t count)
{
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> values(count);
    std::memcpy(values.data(), bytes.data() + bytes.size() - count * sizeof(float),
                count * sizeof(float));
    return values;
}

} // namespace

class TstWhisper : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_model;
    std::string folder(const char *name) const { return m_folder.filePath(name).toStdString(); }
    at::Tensor mel(std::uint64_t seed) const { return normalTensor({8, 3000}, seed); }

private Q_SLOTS:
    void initTestCase()
    {
        registerEngineComponents();
        writeToyWhisper(folder("toy"));
        m_model = Model::open(folder("toy"));
    }

    void parametersAreAsPublished_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("blocks");
        QTest::addColumn<qint64>("parameters");
        QTest::newRow("tiny.en") << 384 << 4 << qint64(37760256);
        QTest::newRow("base.en") << 512 << 6 << qint64(72593408);
        QTest::newRow("small.en") << 768 << 12 << qint64(241734144);
    }

    void parametersAreAsPublished()
    {
        QFETCH(int, width);
        QFETCH(int, blocks);
        QFETCH(qint64, parameters);
        const nlohmann::json config = {{"d_model", width},
                                       {"encoder_layers", blocks},
                                       {"decoder_layers", blocks},
                                       {"encoder_attention_heads", width / 64},
                                       {"decoder_attention_heads", width / 64},
                                       {"encoder_ffn_dim", 4 * width},
                                       {"decoder_ffn_dim", 4 * width},
                                       {"max_source_positions", 1500},
                                       {"max_target_positions", 448},
                                       {"vocab_size", 51864}};
        const WhisperConfig read = WhisperConfig::read(config, "config.json");
        QCOMPARE(parameterCount(read.tensors()), parameters);
        std::int64_t quantizable = 0; // edge-asr.md 8
        for (const TensorRule &rule : read.tensors()) {
            const bool counts = rule.block >= 0 && !rule.layer.empty();
            quantizable += counts ? rule.usedShape()[0] * rule.usedShape()[1] : 0;
        }
        QCOMPARE(quantizable, width == 384 ? 16515072 : width == 512 ? 44040192 : 198180864);
    }

    void equalsANaiveForwardPass()
    {
        const at::Tensor tokens = randomTokens(2, 9, 40, 3);
        Batch heard;
        heard.features = at::stack({mel(1), mel(2)}, 0);
        const at::Tensor memory
            = m_model->finish(m_model->loadHead(0), ranStack(*m_model, 0, heard).hidden);
        Batch said;
        said.tokens = tokens;
        said.memory = memory;
        const at::Tensor logits
            = m_model->finish(m_model->loadHead(1), ranStack(*m_model, 1, said).hidden);
        const NaiveTensors tensors(*m_model);
        for (std::int64_t sample = 0; sample < 2; ++sample) {
            const at::Tensor expectedMemory = naiveEncoder(tensors, heard.features[sample], 2, 2);
            const at::Tensor expected = naiveDecoder(tensors, expectedMemory, tokens[sample], 2, 2);
            QVERIFY(relativeDifference(memory[sample], expectedMemory) < floatTolerance);
            QVERIFY(relativeDifference(logits[sample], expected) < floatTolerance);
        }
    }

    void hooksSeeEveryLayerOfBothStacks()
    {
        LayerCounter counter;
        Batch batch;
        batch.features = mel(1).unsqueeze(0);
        batch.memory = ranStack(*m_model, 0, batch, &counter).hidden;
        batch.tokens = randomTokens(1, 5, 40, 4);
        ranStack(*m_model, 1, batch, &counter);
        int layers = 0;
        for (const LayerInfo &layer : m_model->info().layers) {
            if (layer.block >= 0) {
                ++layers;
                QCOMPARE(counter.seen[layer.name], 1);
            }
        }
        QCOMPARE(counter.seen.size(), static_cast<std::size_t>(layers));
        QCOMPARE(layers, 2 * 6 + 2 * 10);
        QCOMPARE(counter.wrongWidths, 0);
    }

    void cachedDecodingEqualsUncachedDecoding()
    {
        const StackRunner runner(*m_model);
        SpeechRules rules = speechRules(*m_model);
        QCOMPARE(rules.prompt, std::vector<std::int64_t>{39});
        QCOMPARE(rules.endToken, 38);
        JobContext context;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const Transcription cached = transcribe(runner, mel(seed), rules, 20, context);
            const Transcription plain = transcribe(runner, mel(seed), rules, 20, context, false);
            QCOMPARE(cached.ids, plain.ids);
            for (std::size_t i = 0; i < plain.losses.size(); ++i) {
                QVERIFY(std::abs(cached.losses[i] - plain.losses[i])
                        < static_cast<float>(floatTolerance));
            }
        }
    }

    void suppressedTokensAreNeverWritten()
    {
        const StackRunner runner(*m_model);
        SpeechRules rules = speechRules(*m_model);
        JobContext context;
        const Transcription before = transcribe(runner, mel(1), rules, 10, context);
        QVERIFY(!before.ids.empty());
        rules.suppressedFirst = {before.ids.front()};
        const Transcription other = transcribe(runner, mel(1), rules, 10, context);
        QVERIFY(other.ids.front() != before.ids.front());
        rules.suppressed.insert(before.ids.begin(), before.ids.end());
        for (const std::int64_t id : transcribe(runner, mel(1), rules, 10, context).ids) {
            QVERIFY(!rules.suppressed.contains(id));
        }
    }

    void opensForItsEncoderWithoutATokenTable()
    {
        const std::string path = folder("part");
        writeToyWhisper(path, {"model.decoder.embed_tokens.weight"});
        const auto part = Model::open(path);
        QCOMPARE(part->info().stacks.size(), std::size_t(1));
        QVERIFY(part->info().runnable);
        QVERIFY(part->info().problem.find("embed_tokens") != std::string::npos);
        Batch batch;
        batch.features = mel(1).unsqueeze(0);
        QVERIFY(ranStack(*part, 0, batch).hidden.equal(ranStack(*m_model, 0, batch).hidden));
        QVERIFY(complaintOf([&] { speechRules(*part); }).isBadInputNaming("embed_tokens"));
    }

    void refusesAMissingEncoderTensor()
    {
        const std::string path = folder("broken");
        writeToyWhisper(path, {"model.encoder.layers.1.fc1.weight"});
        QVERIFY(complaintOf([&] { Model::open(path); }).isBadInputNaming("layers.1.fc1.weight"));
    }

    void refusesFeaturesOfAnotherShape()
    {
        Batch batch;
        batch.features = at::zeros({1, 9, 3000});
        QVERIFY(complaintOf([&] { m_model->begin(0, batch); }).isBadInputNaming("8 bins"));
    }

    void equalsTheReferenceOfRealSpeech()
    {
        const std::string path = sharedData("whisper-tiny-en-no-token-embedding");
        if (path.empty()) {
            QSKIP("the shared data are absent");
        }
        const auto model = Model::open(path);
        const std::vector<float> features
            = readFloats(path + "/reference_jfk_logmel_f32.npy", 80 * 3000);
        const std::vector<float> values
            = readFloats(path + "/reference_jfk_encoder_out_f32.npy", 1500 * 384);
        Batch batch;
        batch.features = at::from_blob(const_cast<float *>(features.data()), {1, 80, 3000}).clone();
        const at::Tensor output
            = model->finish(model->loadHead(0), ranStack(*model, 0, batch).hidden).squeeze(0);
        const at::Tensor expected
            = at::from_blob(const_cast<float *>(values.data()), {1500, 384}).clone();
        const double error = ((output - expected).norm() / expected.norm()).item<double>();
        QVERIFY2(error < referenceTolerance, qPrintable(QString::number(error)));
        QVERIFY(relativeDifference(output, expected) < referenceTolerance);
    }
};

BITPRISM_TEST(TstWhisper);
#include "tst_whisper.moc"
