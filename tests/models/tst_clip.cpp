// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/embeddings.h"
#include "core/families/clip_config.h"
#include "core/jobs/registry.h"
#include "tests/models/naive_tensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double clipTolerance = 1e-4; // FP32 against double precision
constexpr double paddingTolerance = 1e-5;

at::Tensor quickGelu(const at::Tensor &x) { return x / (1 + at::exp(-1.702 * x)); }

/// A block with Hugging Face's names.
at::Tensor naiveBlock(const NaiveTensors &t, const std::string &b, const at::Tensor &x,
                      std::int64_t heads, bool isCausal)
{
    const at::Tensor n = t.norm(b + "layer_norm1", x);
    const at::Tensor middle = x
        + t.linear(b + "self_attn.out_proj",
                   naiveAttention(t.linear(b + "self_attn.q_proj", n),
                                  t.linear(b + "self_attn.k_proj", n),
                                  t.linear(b + "self_attn.v_proj", n), heads, isCausal));
    return middle
        + t.linear(b + "mlp.fc2",
                   quickGelu(t.linear(b + "mlp.fc1", t.norm(b + "layer_norm2", middle))));
}

at::Tensor naiveImage(const NaiveTensors &t, const at::Tensor &image)
{
    const at::Tensor patches
        = at::conv2d(image.to(at::kDouble).unsqueeze(0),
                     t.get("vision_model.embeddings.patch_embedding.weight"), {}, 4);
    at::Tensor x = at::cat({t.get("vision_model.embeddings.class_embedding").unsqueeze(0),
                            patches.squeeze(0).flatten(1).t()},
                           0)
        + t.get("vision_model.embeddings.position_embedding.weight");
    x = t.norm("vision_model.pre_layrnorm", x);
    for (int i = 0; i < 2; ++i) {
        x = naiveBlock(t, "vision_model.encoder.layers." + std::to_string(i) + ".", x, 3, false);
    }
    return t.linear("visual_projection", t.norm("vision_model.post_layernorm", x.narrow(0, 0, 1)));
}

at::Tensor naiveText(const NaiveTensors &t, const std::vector<std::int64_t> &tokens)
{
    const auto length = static_cast<std::int64_t>(tokens.size());
    at::Tensor x = t.get("text_model.embeddings.token_embedding.weight")
                       .index_select(0, at::tensor(tokens, at::kLong))
        + t.get("text_model.embeddings.position_embedding.weight").narrow(0, 0, length);
    for (int i = 0; i < 2; ++i) {
        x = naiveBlock(t, "text_model.encoder.layers." + std::to_string(i) + ".", x, 2, true);
    }
    const auto end = std::find(tokens.begin(), tokens.end(), 39) - tokens.begin();
    return t.linear("text_projection", t.norm("text_model.final_layer_norm", x.narrow(0, end, 1)));
}

at::Tensor naiveBatchNorm(const NaiveTensors &t, const std::string &name, const at::Tensor &x)
{
    const auto channel = [&](const char *part) { return t.get(name + part).view({1, -1, 1, 1}); };
    return (x - channel(".running_mean")) / at::sqrt(channel(".running_var") + 1e-5)
        * channel(".weight")
        + channel(".bias");
}

at::Tensor naiveResNet(const NaiveTensors &t, const at::Tensor &image)
{
    at::Tensor x = image.to(at::kDouble).unsqueeze(0);
    for (int i = 1; i <= 3; ++i) {
        const std::string n = std::to_string(i);
        x = at::relu(naiveBatchNorm(
            t, "visual.bn" + n,
            at::conv2d(x, t.get("visual.conv" + n + ".weight"), {}, i == 1 ? 2 : 1, 1)));
    }
    x = at::avg_pool2d(x, 2);
    const int stages[] = {1, 2, 1, 1};
    for (int stage = 0; stage < 4; ++stage) {
        for (int j = 0; j < stages[stage]; ++j) {
            const std::string b
                = "visual.layer" + std::to_string(stage + 1) + "." + std::to_string(j) + ".";
            const int stride = stage > 0 && j == 0 ? 2 : 1;
            at::Tensor y
                = at::relu(naiveBatchNorm(t, b + "bn1", at::conv2d(x, t.get(b + "conv1.weight"))));
            y = at::relu(
                naiveBatchNorm(t, b + "bn2", at::conv2d(y, t.get(b + "conv2.weight"), {}, 1, 1)));
            y = stride > 1 ? at::avg_pool2d(y, stride) : y;
            y = naiveBatchNorm(t, b + "bn3", at::conv2d(y, t.get(b + "conv3.weight")));
            if (j == 0) {
                x = stride > 1 ? at::avg_pool2d(x, stride) : x;
                x = naiveBatchNorm(t, b + "downsample.1",
                                   at::conv2d(x, t.get(b + "downsample.0.weight")));
            }
            x = at::relu(x + y);
        }
    }
    at::Tensor tokens = x.squeeze(0).flatten(1).t();
    tokens = at::cat({tokens.mean(0, true), tokens}, 0)
        + t.get("visual.attnpool.positional_embedding");
    const std::string p = "visual.attnpool.";
    return t.linear(p + "c_proj",
                    naiveAttention(t.linear(p + "q_proj", tokens.narrow(0, 0, 1)),
                                   t.linear(p + "k_proj", tokens), t.linear(p + "v_proj", tokens),
                                   2, false));
}

at::Tensor naiveOriginalText(const NaiveTensors &t, const std::vector<std::int64_t> &tokens)
{
    const auto length = static_cast<std::int64_t>(tokens.size());
    at::Tensor x = t.get("token_embedding.weight").index_select(0, at::tensor(tokens, at::kLong))
        + t.get("positional_embedding").narrow(0, 0, length);
    for (int i = 0; i < 2; ++i) {
        const std::string b = "transformer.resblocks." + std::to_string(i) + ".";
        const at::Tensor all
            = at::matmul(t.norm(b + "ln_1", x), t.get(b + "attn.in_proj_weight").t())
            + t.get(b + "attn.in_proj_bias");
        x = x
            + t.linear(b + "attn.out_proj",
                       naiveAttention(all.narrow(1, 0, 16), all.narrow(1, 16, 16),
                                      all.narrow(1, 32, 16), 2, true));
        x = x
            + t.linear(b + "mlp.c_proj",
                       quickGelu(t.linear(b + "mlp.c_fc", t.norm(b + "ln_2", x))));
    }
    return at::matmul(t.norm("ln_final", x.narrow(0, length - 1, 1)), t.get("text_projection"));
}

} // namespace

class TstClip : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_model;
    std::unique_ptr<Model> m_resNet;
    std::string folder(const char *name) const { return m_folder.filePath(name).toStdString(); }

private Q_SLOTS:
    void initTestCase()
    {
        registerEngineComponents();
        writeToyClip(folder("toy"));
        m_model = Model::open(folder("toy"));
        writeToyClipResNet(folder("resnet"));
        m_resNet = Model::open(folder("resnet"));
    }

    void parametersAreAsPublished()
    {
        // logit_scale is one more in both
        const ClipConfig vit = ClipConfig::read(nlohmann::json{{"model_type", "clip"}}, "config");
        QCOMPARE(parameterCount(vit.tensors()) + 1, 151277313);
        const nlohmann::json config
            = {{"projection_dim", 1024},
               {"vision_config", {{"layers", {3, 4, 6, 3}}, {"width", 64}, {"image_size", 224}}}};
        const ClipConfig resNet = ClipConfig::read(config, "config");
        QCOMPARE(parameterCount(resNet.tensors()) + 1, 102007137);
        QCOMPARE(resNet.imageBlocks(), 17);
        QCOMPARE(resNet.poolHeads, 32);
    }

    void legacyPartsOverride()
    {
        const nlohmann::json config = {{"text_config", {{"hidden_size", 64}}},
                                       {"text_config_dict", {{"hidden_size", 128}}}};
        QCOMPARE(ClipConfig::read(config, "config").text.hiddenSize, 128);
    }

    void imagesEqualANaiveForwardPass()
    {
        const at::Tensor images = normalTensor({2, 3, 12, 12}, 1);
        const StackRunner runner(*m_model);
        JobContext context;
        const at::Tensor output = featureOutput(runner, 0, images, context);
        QCOMPARE(output.sizes(), (at::IntArrayRef{2, 12}));
        for (std::int64_t i = 0; i < 2; ++i) {
            QVERIFY(relativeDifference(output.narrow(0, i, 1),
                                       naiveImage(NaiveTensors(*m_model), images[i]))
                    < clipTolerance);
        }
    }

    void textsEqualANaiveForwardPass()
    {
        const std::vector<std::int64_t> tokens{38, 5, 17, 5, 2, 39};
        const StackRunner runner(*m_model);
        JobContext context;
        QVERIFY(relativeDifference(textOutput(runner, 1, tokens, context),
                                   naiveText(NaiveTensors(*m_model), tokens))
                < clipTolerance);
    }

    void paddingBehindTheEndMarkIsInvisible()
    {
        const StackRunner runner(*m_model);
        JobContext context;
        const at::Tensor plain = textOutput(runner, 1, {38, 5, 17, 39}, context);
        const at::Tensor zeros = textOutput(runner, 1, {38, 5, 17, 39, 0, 0, 0}, context);
        const at::Tensor ends = textOutput(runner, 1, {38, 5, 17, 39, 39, 39}, context);
        QVERIFY(relativeDifference(zeros, plain) < paddingTolerance);
        QVERIFY(relativeDifference(ends, plain) < paddingTolerance);
    }

    void theLegacyEndIdMeansTheLargest()
    {
        writeToyClip(folder("legacy"), R"({"text_config": {"eos_token_id": 2}})");
        const auto legacy = Model::open(folder("legacy"));
        const StackRunner runner(*legacy);
        JobContext context;
        const std::vector<std::int64_t> tokens{38, 5, 2, 17, 39, 0};
        QVERIFY(relativeDifference(textOutput(runner, 1, tokens, context),
                                   textOutput(StackRunner(*m_model), 1, tokens, context))
                < paddingTolerance);
    }

    void theResNetTowerEqualsANaiveForwardPass()
    {
        const at::Tensor images = normalTensor({2, 3, 64, 64}, 1);
        const StackRunner runner(*m_resNet);
        JobContext context;
        const at::Tensor output = featureOutput(runner, 0, images, context);
        QCOMPARE(output.sizes(), (at::IntArrayRef{2, 12}));
        for (std::int64_t i = 0; i < 2; ++i) {
            QVERIFY(relativeDifference(output.narrow(0, i, 1),
                                       naiveResNet(NaiveTensors(*m_resNet), images[i]))
                    < clipTolerance);
        }
        const std::vector<std::int64_t> tokens{38, 5, 17, 5, 2, 39};
        QVERIFY(relativeDifference(textOutput(runner, 1, tokens, context),
                                   naiveOriginalText(NaiveTensors(*m_resNet), tokens))
                < clipTolerance);
    }

    void hooksSeeEveryLayerOnce()
    {
        for (const Model *model : {m_model.get(), m_resNet.get()}) {
            LayerCounter counter;
            const std::int64_t side = model == m_model.get() ? 12 : 64;
            Batch batch;
            batch.features = normalTensor({1, 3, side, side}, 1);
            batch.tokens = at::tensor({38, 4, 39}, at::kLong).unsqueeze(0);
            for (int stack = 0; stack < 2; ++stack) {
                const at::Tensor hidden = ranStack(*model, stack, batch, &counter).hidden;
                model->finish(model->loadHead(stack), hidden.narrow(1, 0, 1), &counter);
            }
            for (const LayerInfo &layer : model->info().layers) {
                QVERIFY2(counter.seen[layer.name]
                             == (layer.quantizable && layer.kind != "embedding"),
                         layer.name.c_str());
            }
            QCOMPARE(counter.wrongWidths, 0);
        }
    }

    void convolutionsAreMatrices()
    {
        const LayerInfo *layer = m_resNet->info().findLayer("visual.layer2.1.conv2");
        QVERIFY(layer != nullptr);
        QCOMPARE(layer->kind, std::string("convolution"));
        QCOMPARE(layer->rows, 8);
        QCOMPARE(layer->cols, 72);
        QCOMPARE(m_resNet->loadTensor(layer->tensor).sizes(), (at::IntArrayRef{8, 72}));
    }

    void refusesWhatDoesNotFit()
    {
        Batch batch;
        batch.features = at::zeros({1, 3, 16, 16});
        QVERIFY(complaintOf([&] { m_model->begin(0, batch); }).isBadInputNaming("12 x 12"));
        Batch text;
        text.tokens = at::zeros({1, 11}, at::kLong);
        QVERIFY(complaintOf([&] { m_model->begin(1, text); }).isBadInputNaming("exceeds"));
        const nlohmann::json config = {{"vision_config", {{"layers", {1, 2}}}}};
        QVERIFY(
            complaintOf([&] { ClipConfig::read(config, "config"); }).isBadInputNaming("layers"));
    }
};

BITPRISM_TEST(TstClip);
#include "tst_clip.moc"
