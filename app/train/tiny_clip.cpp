// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/caption_tokenizer.h"
#include "app/train/drawn_pictures.h"
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "core/base/parallel.h"
#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace bitprism::train {

namespace {

// CLIP's normalisation of pixels (Radford et al. 2021, released code).
constexpr std::array<float, 3> pixelMean{0.48145466f, 0.4578275f, 0.40821073f};
constexpr std::array<float, 3> pixelDeviation{0.26862954f, 0.26130258f, 0.27577711f};

struct PictureSize
{
    int textHidden = 128;
    int textBlocks = 3;
    int imageHidden = 128;
    int imageBlocks = 4;
    int heads = 4;
    int patch = 8;
    int projection = 128;
    int positions = 32;
    int rowsPerStep = 96;
};

at::Tensor normalised(const at::Tensor &embeddings)
{
    return embeddings / embeddings.norm(2, -1, true);
}

/// Unit embeddings [pictures, projection]: the class token behind the last block.
at::Tensor embedImages(const Model &model, const Batch &batch, BlockHooks *hooks)
{
    return normalised(runHead(model, 0, runStack(model, 0, batch, hooks).select(1, 0)));
}

/// Unit embeddings [captions, projection]: the first end token of each; what stands behind it is
/// padding, which a causal stack does not see.
at::Tensor embedTexts(const Model &model, const Batch &batch, std::int64_t endToken,
                      BlockHooks *hooks)
{
    const at::Tensor hidden = runStack(model, 1, batch, hooks);
    const at::Tensor rows = at::arange(hidden.size(0), at::kLong).to(hidden.device());
    const at::Tensor ends = batch.tokens.eq(endToken).to(at::kInt).argmax(1);
    return normalised(
        runHead(model, 1, hidden.flatten(0, 1).index_select(0, rows * hidden.size(1) + ends)));
}

/// CLIP (Radford et al., arXiv 2103.00020) on drawn pictures and their captions: symmetric cross
/// entropy over the similarities of a batch, in which every subject stands once.
class TinyClip final : public SampleTask
{
public:
    explicit TinyClip(const SampleSources &sources)
        : m_seed(sources.seed)
        , m_tokenizer(someCaptions(sources.seed))
    {
        if (sources.isToy) {
            m_size = {32, 1, 32, 1, 2, 16, 32, 32, 8};
        }
        for (const PictureSubject &subject : pictureSubjects()) {
            (isHeldOut(subject) ? m_heldOut : m_training).push_back(subject);
        }
    }

    SampleDefaults defaults() const override
    {
        return {{2e-3, 100, 3000, 800, 2000}, {0.9f, 0.95f, 1e-8f, 0.1f}, 0};
    }
    std::string lossUnit() const override { return "nats per picture"; }

    std::vector<LearnedTensor> tensors() const override;
    void writeFiles(const std::filesystem::path &folder) const override;

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        Random random(m_seed + std::uint64_t(step), "clip batch");
        std::vector<PictureSubject> subjects = m_training;
        const std::size_t count = std::min(subjects.size(), std::size_t(m_size.rowsPerStep));
        for (std::size_t i = 0; i < count; ++i) { // the first `count` of a random order
            std::swap(subjects[i], subjects[i + random.below(subjects.size() - i)]);
        }
        subjects.resize(count);
        return lossOf(model, hooks, subjects, random);
    }

    double heldOutLoss(const Model &model) const override
    {
        Random random(m_seed, "clip held-out pictures");
        double sum = 0;
        constexpr int repeats = 8;
        for (int i = 0; i < repeats; ++i) {
            sum += lossOf(model, nullptr, m_heldOut, random).item<double>();
        }
        return sum / repeats;
    }

private:
    static std::vector<std::string> someCaptions(std::uint64_t seed)
    {
        Random random(seed, "captions");
        std::vector<std::string> captions;
        for (const PictureSubject &subject : pictureSubjects()) {
            for (int i = 0; i < 8; ++i) {
                captions.push_back(
                    drawCaption(subject, int(random.below(5)), int(random.below(4)), random));
            }
        }
        return captions;
    }

    at::Tensor lossOf(const Model &model, BlockHooks *hooks,
                      const std::vector<PictureSubject> &subjects, Random &random) const;
    void writePictures(const std::filesystem::path &folder, const std::string &split,
                       const std::vector<PictureSubject> &subjects, int each) const;

    std::uint64_t m_seed;
    PictureSize m_size;
    CaptionTokenizer m_tokenizer;
    std::vector<PictureSubject> m_training;
    std::vector<PictureSubject> m_heldOut;
};

void addTower(std::vector<LearnedTensor> &rules, const std::string &prefix, std::int64_t hidden,
              int blocks)
{
    const double residual = residualDeviation(blocks);
    for (int i = 0; i < blocks; ++i) {
        const std::string block = prefix + ".encoder.layers." + std::to_string(i) + ".";
        for (const char *name : {"k_proj", "v_proj", "q_proj"}) {
            addLinear(rules, block + "self_attn." + name, hidden, hidden);
        }
        addLinear(rules, block + "self_attn.out_proj", hidden, hidden, residual);
        addNorm(rules, block + "layer_norm1", hidden);
        addLinear(rules, block + "mlp.fc1", 4 * hidden, hidden);
        addLinear(rules, block + "mlp.fc2", hidden, 4 * hidden, residual);
        addNorm(rules, block + "layer_norm2", hidden);
    }
}

std::vector<LearnedTensor> TinyClip::tensors() const
{
    const std::int64_t text = m_size.textHidden;
    const std::int64_t image = m_size.imageHidden;
    const std::int64_t patches = Picture::side / m_size.patch;
    std::vector<LearnedTensor> rules{
        {"logit_scale", {}, LearnedTensor::Start::Constant, 2.6592},
        {"text_model.embeddings.token_embedding.weight", {m_tokenizer.size(), text}},
        {"text_model.embeddings.position_embedding.weight", {m_size.positions, text}}};
    addTower(rules, "text_model", text, m_size.textBlocks);
    addNorm(rules, "text_model.final_layer_norm", text);
    addLinear(rules, "text_projection", m_size.projection, text, 0.05, false);
    const std::string embeddings = "vision_model.embeddings.";
    rules.push_back({embeddings + "class_embedding", {image}});
    addKernel(rules, embeddings + "patch_embedding.weight", {image, 3, m_size.patch, m_size.patch},
              0.02);
    rules.push_back({embeddings + "position_embedding.weight", {patches * patches + 1, image}});
    addNorm(rules, "vision_model.pre_layrnorm", image);
    addTower(rules, "vision_model", image, m_size.imageBlocks);
    addNorm(rules, "vision_model.post_layernorm", image);
    addLinear(rules, "visual_projection", m_size.projection, image, 0.05, false);
    return rules;
}

void TinyClip::writePictures(const std::filesystem::path &folder, const std::string &split,
                             const std::vector<PictureSubject> &subjects, int each) const
{
    Random random(m_seed, "clip " + split);
    for (const PictureSubject &subject : subjects) {
        const std::filesystem::path place = folder / "data" / split / captionWords(subject);
        std::filesystem::create_directories(place);
        for (int i = 0; i < each; ++i) {
            writePng(place / (std::to_string(i) + ".png"), drawPicture(subject, random));
        }
    }
}

void TinyClip::writeFiles(const std::filesystem::path &folder) const
{
    std::filesystem::create_directories(folder);
    m_tokenizer.write(folder, m_size.positions);
    writeSampleDescription(
        folder,
        {"Finds the caption of a drawn shape; two towers.", "为绘制的图形找出说明文字；双塔。"},
        "clip", "zero-shot-images", "");
    writePictures(folder, "evaluation", m_heldOut, 6);
    std::vector<PictureSubject> some;
    for (std::size_t i = 0; i < m_training.size(); i += 2) {
        some.push_back(m_training[i]);
    }
    writePictures(folder, "calibration", some, 1);
    const OrderedJson text = {{"model_type", "clip_text_model"},
                              {"vocab_size", m_tokenizer.size()},
                              {"hidden_size", m_size.textHidden},
                              {"intermediate_size", 4 * m_size.textHidden},
                              {"num_hidden_layers", m_size.textBlocks},
                              {"num_attention_heads", m_size.heads},
                              {"max_position_embeddings", m_size.positions},
                              {"projection_dim", m_size.projection},
                              {"hidden_act", "quick_gelu"},
                              {"layer_norm_eps", 1e-5},
                              {"bos_token_id", m_tokenizer.startToken()},
                              {"eos_token_id", m_tokenizer.endToken()},
                              {"pad_token_id", m_tokenizer.endToken()}};
    const OrderedJson vision = {{"model_type", "clip_vision_model"},
                                {"hidden_size", m_size.imageHidden},
                                {"intermediate_size", 4 * m_size.imageHidden},
                                {"num_hidden_layers", m_size.imageBlocks},
                                {"num_attention_heads", m_size.heads},
                                {"image_size", Picture::side},
                                {"patch_size", m_size.patch},
                                {"num_channels", 3},
                                {"projection_dim", m_size.projection},
                                {"hidden_act", "quick_gelu"},
                                {"layer_norm_eps", 1e-5}};
    const OrderedJson config = {{"architectures", OrderedJson::array({"CLIPModel"})},
                                {"model_type", "clip"},
                                {"logit_scale_init_value", 2.6592},
                                {"projection_dim", m_size.projection},
                                {"text_config", text},
                                {"torch_dtype", "bfloat16"},
                                {"vision_config", vision}};
    writeJson(folder / "config.json", config);
    const OrderedJson preprocessor = {{"crop_size", Picture::side},
                                      {"do_center_crop", true},
                                      {"do_normalize", true},
                                      {"do_resize", true},
                                      {"feature_extractor_type", "CLIPFeatureExtractor"},
                                      {"image_mean", pixelMean},
                                      {"image_std", pixelDeviation},
                                      {"resample", 3},
                                      {"size", Picture::side}};
    writeJson(folder / "preprocessor_config.json", preprocessor);
}

at::Tensor TinyClip::lossOf(const Model &model, BlockHooks *hooks,
                            const std::vector<PictureSubject> &subjects, Random &random) const
{
    const std::int64_t count = std::int64_t(subjects.size());
    constexpr std::size_t side = Picture::side;
    at::Tensor pixels = at::empty({count, Picture::side, Picture::side, 3}, at::kByte);
    at::Tensor tokens = at::full({count, m_size.positions}, m_tokenizer.endToken(), at::kLong);
    const std::uint64_t seed = random.below(std::uint64_t(1) << 62);
    std::vector<std::int64_t> lengths(subjects.size());
    parallelFor(subjects.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            Random own(seed, "picture " + std::to_string(i)); // whatever thread draws it
            const Picture picture = drawPicture(subjects[i], own);
            std::memcpy(pixels.data_ptr<std::uint8_t>() + i * side * side * 3,
                        picture.pixels.data(), picture.pixels.size());
            const std::vector<std::int64_t> ids = m_tokenizer.encode(
                drawCaption(subjects[i], picture.position, picture.background, own));
            std::copy(ids.begin(), ids.end(),
                      tokens.data_ptr<std::int64_t>() + i * std::size_t(m_size.positions));
            lengths[i] = std::int64_t(ids.size());
        }
    });
    const std::int64_t longest = *std::max_element(lengths.begin(), lengths.end());
    const auto channels = [&](const std::array<float, 3> &values) {
        return at::tensor(at::ArrayRef<float>(values.data(), values.size())).to(model.device());
    };
    const at::Tensor scaled = pixels.to(model.device()).to(at::kFloat) / 255.0;
    Batch images;
    images.features = ((scaled - channels(pixelMean)) / channels(pixelDeviation))
                          .permute({0, 3, 1, 2})
                          .contiguous();
    Batch captions;
    captions.tokens = tokens.narrow(1, 0, longest).contiguous().to(model.device());
    const at::Tensor image = embedImages(model, images, hooks);
    const at::Tensor text = embedTexts(model, captions, m_tokenizer.endToken(), hooks);
    const at::Tensor similarity
        = at::exp(model.loadTensor("logit_scale").clamp_max(std::log(100.0)))
        * at::matmul(image, text.t());
    const at::Tensor own = at::arange(count, at::kLong).to(model.device());
    return (crossEntropy(similarity, own) + crossEntropy(similarity.t(), own)) / 2;
}

} // namespace

std::unique_ptr<SampleTask> makeTinyClip(const SampleSources &sources)
{
    return std::make_unique<TinyClip>(sources);
}

} // namespace bitprism::train
