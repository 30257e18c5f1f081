// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/transcribe.h"
#include "core/families/moonshine_config.h"
#include "core/jobs/registry.h"
#include "tests/models/naive_tensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double moonshineTolerance = 1e-4; // FP32 against double precision
constexpr std::int64_t heads = 2;
constexpr std::int64_t headSize = 12;
constexpr std::int64_t rotary = 10; // int(12 x 0.9)

/// Channel pairs (2j, 2j + 1) of each head turned by position x 10000^(-2j / 10), one by one.
at::Tensor naiveRotated(const at::Tensor &x)
{
    at::Tensor result = x.clone();
    for (std::int64_t t = 0; t < x.size(0); ++t) {
        for (std::int64_t head = 0; head < heads; ++head) {
            for (std::int64_t j = 0; j < rotary / 2; ++j) {
                const double angle = static_cast<double>(t)
                    * std::pow(10000.0, -2.0 * static_cast<double>(j) / rotary);
                const std::int64_t first = head * headSize + 2 * j;
                const double a = x[t][first].item<double>();
                const double b = x[t][first + 1].item<double>();
                result[t][first] = a * std::cos(angle) - b * std::sin(angle);
                result[t][first + 1] = b * std::cos(angle) + a * std::sin(angle);
            }
        }
    }
    return result;
}

at::Tensor naiveSelfAttention(const NaiveTensors &t, const std::string &b, const at::Tensor &n,
                              bool isCausal)
{
    return t.linear(b + "self_attn.o_proj",
                    naiveAttention(naiveRotated(t.linear(b + "self_attn.q_proj", n)),
                                   naiveRotated(t.linear(b + "self_attn.k_proj", n)),
                                   t.linear(b + "self_attn.v_proj", n), heads, isCausal));
}

at::Tensor naiveMoonshineEncoder(const NaiveTensors &t, const at::Tensor &wave)
{
    const std::string p = "model.encoder.";
    at::Tensor x = wave.to(at::kDouble).view({1, 1, -1});
    x = at::tanh(at::conv1d(x, t.get(p + "conv1.weight"), {}, 64));
    x = (x - x.mean()) / at::sqrt(x.var(false) + 1e-5);
    x = x * t.get(p + "groupnorm.weight").view({1, -1, 1})
        + t.get(p + "groupnorm.bias").view({1, -1, 1});
    x = naiveGelu(at::conv1d(x, t.get(p + "conv2.weight"), t.get(p + "conv2.bias"), 3));
    x = naiveGelu(at::conv1d(x, t.get(p + "conv3.weight"), t.get(p + "conv3.bias"), 2));
    x = x.squeeze(0).t().contiguous();
    for (int i = 0; i < 2; ++i) {
        const std::string b = p + "layers." + std::to_string(i) + ".";
        x = x + naiveSelfAttention(t, b, t.norm(b + "input_layernorm", x), false);
        x = x
            + t.linear(
                b + "mlp.fc2",
                naiveGelu(t.linear(b + "mlp.fc1", t.norm(b + "post_attention_layernorm", x))));
    }
    return t.norm(p + "layer_norm", x);
}

at::Tensor naiveMoonshineDecoder(const NaiveTensors &t, const at::Tensor &memory,
                                 const at::Tensor &tokens)
{
    const std::string p = "model.decoder.";
    const at::Tensor table = t.get(p + "embed_tokens.weight");
    at::Tensor x = table.index_select(0, tokens);
    for (int i = 0; i < 2; ++i) {
        const std::string b = p + "layers." + std::to_string(i) + ".";
        x = x + naiveSelfAttention(t, b, t.norm(b + "input_layernorm", x), true);
        const at::Tensor c = t.norm(b + "post_attention_layernorm", x);
        x = x
            + t.linear(b + "encoder_attn.o_proj",
                       naiveAttention(t.linear(b + "encoder_attn.q_proj", c),
                                      t.linear(b + "encoder_attn.k_proj", memory),
                                      t.linear(b + "encoder_attn.v_proj", memory), heads, false));
        const at::Tensor both = t.linear(b + "mlp.fc1", t.norm(b + "final_layernorm", x));
        const at::Tensor value = both.narrow(1, 0, 32);
        const at::Tensor gate = both.narrow(1, 32, 32);
        x = x + t.linear(b + "mlp.fc2", value * gate / (1 + at::exp(-gate)));
    }
    return at::matmul(t.norm(p + "norm", x), table.t());
}

} // namespace

class TstMoonshine : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_model;

private Q_SLOTS:
    void initTestCase()
    {
        registerEngineComponents();
        const std::string path = m_folder.filePath("toy").toStdString();
        writeToyMoonshine(path);
        m_model = Model::open(path);
    }

    void framesAreAsPublished()
    {
        QCOMPARE(moonshineFrames(16000), 40);
        QCOMPARE(moonshineFrames(160000), 415);
        QCOMPARE(moonshineFrames(480000), 1248);
        QCOMPARE(moonshineFrames(moonshineShortestAudio), 1);
        QVERIFY(moonshineFrames(moonshineShortestAudio - 1) < 1);
    }

    void parametersAreAsPublished_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("blocks");
        QTest::addColumn<double>("factor");
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<qint64>("quantizable");
        QTest::newRow("tiny") << 288 << 6 << 0.9 << qint64(27092736) << qint64(15925248);
        QTest::newRow("base") << 416 << 8 << 0.62 << qint64(61513920) << qint64(44302336);
    }

    void parametersAreAsPublished()
    {
        QFETCH(int, width);
        QFETCH(int, blocks);
        QFETCH(double, factor);
        QFETCH(qint64, parameters);
        QFETCH(qint64, quantizable);
        const nlohmann::json config = {{"hidden_size", width},
                                       {"intermediate_size", 4 * width},
                                       {"encoder_num_hidden_layers", blocks},
                                       {"decoder_num_hidden_layers", blocks},
                                       {"encoder_num_attention_heads", 8},
                                       {"decoder_num_attention_heads", 8},
                                       {"partial_rotary_factor", factor},
                                       {"vocab_size", 32768}};
        const MoonshineConfig read = MoonshineConfig::read(config, "config.json");
        QCOMPARE(read.rotarySize(read.encoder), 32);
        QCOMPARE(parameterCount(read.tensors()), parameters);
        std::int64_t counted = 0;
        for (const TensorRule &rule : read.tensors()) {
            const bool counts = rule.block >= 0 && !rule.layer.empty();
            counted += counts ? rule.usedShape()[0] * rule.usedShape()[1] : 0;
        }
        QCOMPARE(counted, quantizable);
    }

    void equalsANaiveForwardPass()
    {
        const at::Tensor wave = normalTensor({7000}, 1);
        const at::Tensor tokens = randomTokens(1, 9, 40, 3);
        Batch heard;
        heard.features = wave.unsqueeze(0);
        const at::Tensor memory
            = m_model->finish(m_model->loadHead(0), ranStack(*m_model, 0, heard).hidden);
        QCOMPARE(memory.size(1), moonshineFrames(7000));
        Batch said;
        said.tokens = tokens;
        said.memory = memory;
        const at::Tensor logits
            = m_model->finish(m_model->loadHead(1), ranStack(*m_model, 1, said).hidden);
        const NaiveTensors tensors(*m_model);
        const at::Tensor expectedMemory = naiveMoonshineEncoder(tensors, wave);
        QVERIFY(relativeDifference(memory[0], expectedMemory) < moonshineTolerance);
        QVERIFY(
            relativeDifference(logits[0], naiveMoonshineDecoder(tensors, expectedMemory, tokens[0]))
            < moonshineTolerance);
    }

    void cachedDecodingEqualsUncachedDecoding()
    {
        const StackRunner runner(*m_model);
        const SpeechRules rules = speechRules(*m_model);
        QCOMPARE(rules.prompt, std::vector<std::int64_t>{1});
        QCOMPARE(rules.endToken, 2);
        QCOMPARE(rules.limitFor(2), 12);
        JobContext context;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const at::Tensor wave = normalTensor({4000}, seed);
            const Transcription cached = transcribe(runner, wave, rules, 20, context);
            const Transcription plain = transcribe(runner, wave, rules, 20, context, false);
            QCOMPARE(cached.ids, plain.ids);
            for (std::size_t i = 0; i < plain.losses.size(); ++i) {
                QVERIFY(std::abs(cached.losses[i] - plain.losses[i])
                        < static_cast<float>(moonshineTolerance));
            }
        }
    }

    void hooksSeeEveryLayerOfBothStacks()
    {
        LayerCounter counter;
        Batch batch;
        batch.features = normalTensor({1, 3000}, 1);
        batch.memory = ranStack(*m_model, 0, batch, &counter).hidden;
        batch.tokens = randomTokens(1, 5, 40, 4);
        ranStack(*m_model, 1, batch, &counter);
        QCOMPARE(counter.seen.size(), std::size_t(2 * 6 + 2 * 10));
        QCOMPARE(counter.wrongWidths, 0);
    }

    void refusesAudioThatIsTooShort()
    {
        Batch batch;
        batch.features = at::zeros({1, moonshineShortestAudio - 1});
        QVERIFY(complaintOf([&] { m_model->begin(0, batch); }).isBadInputNaming("895"));
    }
};

BITPRISM_TEST(TstMoonshine);
#include "tst_moonshine.moc"
