// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/clip_config.h"

#include "core/families/config_reader.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr std::int64_t clipMaxWidth = 1 << 16;
constexpr std::int64_t clipMaxBlocks = 1024;
constexpr std::int64_t clipMaxContext = 1 << 20;
constexpr std::int64_t clipMaxVocabulary = 1 << 22;
constexpr std::int64_t maxImageSize = 4096;
const char *const resNetPool = "visual.attnpool.";

/// A part of the configuration; the legacy NAME_dict overrides the same keys.
Json part(const Json &config, const std::string &name)
{
    Json merged = Json::object();
    for (const std::string &key : {name, name + "_dict"}) {
        const auto found = config.find(key);
        if (found != config.end() && found->is_object()) {
            merged.update(*found);
        }
    }
    return merged;
}

ClipConfig::Transformer readTransformer(const ConfigReader &reader, std::int64_t hidden,
                                        std::int64_t heads)
{
    ClipConfig::Transformer tower;
    tower.hiddenSize = reader.integer("hidden_size", 1, clipMaxWidth, hidden);
    tower.intermediateSize = reader.integer("intermediate_size", 1, clipMaxWidth, 4 * hidden);
    tower.blocks = static_cast<int>(reader.integer("num_hidden_layers", 1, clipMaxBlocks, 12));
    tower.heads = reader.integer("num_attention_heads", 1, clipMaxWidth, heads);
    if (tower.hiddenSize % tower.heads != 0) {
        reader.fail("num_attention_heads", "a divisor of hidden_size");
    }
    const std::string activation = reader.text("hidden_act", "quick_gelu");
    if (activation != "quick_gelu" && activation != "gelu") {
        reader.fail("hidden_act", "quick_gelu or gelu");
    }
    tower.isQuickGelu = activation == "quick_gelu";
    tower.normEpsilon = reader.real("layer_norm_eps", 0, 1, 1e-5);
    return tower;
}

void readResNet(const ConfigReader &reader, const Json &vision, ClipConfig &config)
{
    const Json &stages = vision.at("layers");
    for (const Json &stage : stages) {
        if (stages.size() != 4 || !stage.is_number_integer() || stage < 1
            || stage > clipMaxBlocks) {
            reader.fail("layers", "a list of the bottlenecks in each of four stages");
        }
        config.resNetStages.push_back(stage.get<std::int64_t>());
    }
    config.resNetWidth = reader.integer("width", 2, clipMaxWidth / 32, 64);
    if (config.resNetWidth % 2 != 0 || config.imageSize % 32 != 0) {
        reader.fail("width", "an even number, and image_size a multiple of 32");
    }
    config.poolHeads
        = reader.integer("num_attention_heads", 1, clipMaxWidth, config.resNetWidth / 2);
    if (config.resNetFeatures() % config.poolHeads != 0) {
        reader.fail("num_attention_heads", "a divisor of 32 times the width");
    }
}

/// Blocks with Hugging Face's names.
void addBlocks(RuleList &rules, int stack, const std::string &tower,
               const ClipConfig::Transformer &shape)
{
    const std::int64_t width = shape.hiddenSize;
    rules.normKind(/*centres=*/true, shape.normEpsilon);
    for (int block = 0; block < shape.blocks; ++block) {
        rules.place(stack, block, tower + "encoder.layers." + std::to_string(block) + ".");
        const std::string norm = rules.full("layer_norm1.weight");
        rules.norm("layer_norm1", width);
        rules.linear("self_attn.q_proj", "attention_query", width, width, true, "attention_input",
                     norm);
        rules.linear("self_attn.k_proj", "attention_key", width, width, true, "attention_input",
                     norm);
        rules.linear("self_attn.v_proj", "attention_value", width, width, true, "attention_input",
                     norm);
        rules.linear("self_attn.out_proj", "attention_out", width, width, true, "attention_output",
                     rules.full("self_attn.v_proj.weight"));
        rules.norm("layer_norm2", width);
        rules.linear("mlp.fc1", "mlp_up", shape.intermediateSize, width, true, "mlp_input",
                     rules.full("layer_norm2.weight"));
        rules.linear("mlp.fc2", "mlp_down", width, shape.intermediateSize, true, "mlp_hidden", "");
    }
}

/// The same with the names of the original release: one weight makes query, key
/// and value.
void addOriginalBlocks(RuleList &rules, int stack, const std::string &tower,
                       const ClipConfig::Transformer &shape)
{
    const std::int64_t width = shape.hiddenSize;
    rules.normKind(/*centres=*/true, shape.normEpsilon);
    for (int block = 0; block < shape.blocks; ++block) {
        rules.place(stack, block, tower + "resblocks." + std::to_string(block) + ".");
        rules.norm("ln_1", width);
        TensorRule &fused = rules.layer("attn.in_proj", "attention_qkv", {3 * width, width});
        fused.name = rules.full("attn.in_proj_weight");
        fused.inputGroup = "attention_input";
        fused.producer = rules.full("ln_1.weight");
        rules.tensor("attn.in_proj_bias", {3 * width});
        rules.linear("attn.out_proj", "attention_out", width, width, true, "attention_output", "");
        rules.norm("ln_2", width);
        rules.linear("mlp.c_fc", "mlp_up", shape.intermediateSize, width, true, "mlp_input",
                     rules.full("ln_2.weight"));
        rules.linear("mlp.c_proj", "mlp_down", width, shape.intermediateSize, true, "mlp_hidden",
                     "");
    }
}

void addBatchNorm(RuleList &rules, const std::string &name, std::int64_t width)
{
    for (const char *part : {".weight", ".bias", ".running_mean", ".running_var"}) {
        rules.tensor(name + part, {width});
    }
}

void addResNet(RuleList &rules, const ClipConfig &config)
{
    const std::int64_t width = config.resNetWidth;
    rules.place(ClipConfig::imageStack, TensorRule::embedding, "visual.");
    // The published method keeps the stem in full precision (d4c-clip.md 4); it
    // has no hooks.
    rules.layer("conv1", "convolution", {width / 2, 3, 3, 3}).quantizable = false;
    rules.layer("conv2", "convolution", {width / 2, width / 2, 3, 3}).quantizable = false;
    rules.layer("conv3", "convolution", {width, width / 2, 3, 3}).quantizable = false;
    addBatchNorm(rules, "bn1", width / 2);
    addBatchNorm(rules, "bn2", width / 2);
    addBatchNorm(rules, "bn3", width);
    int block = 0;
    for (const ClipConfig::Bottleneck &bottleneck : config.bottlenecks()) {
        rules.place(ClipConfig::imageStack, block++, bottleneck.prefix);
        const std::int64_t inner = bottleneck.inner;
        const std::string group = bottleneck.hasDownsample && bottleneck.stride == 1 ? "input" : "";
        rules.layer("conv1", "convolution", {inner, bottleneck.input, 1, 1}).inputGroup = group;
        rules.layer("conv2", "convolution", {inner, inner, 3, 3});
        rules.layer("conv3", "convolution", {4 * inner, inner, 1, 1});
        addBatchNorm(rules, "bn1", inner);
        addBatchNorm(rules, "bn2", inner);
        addBatchNorm(rules, "bn3", 4 * inner);
        if (bottleneck.hasDownsample) {
            rules.layer("downsample.0", "convolution", {4 * inner, bottleneck.input, 1, 1})
                .inputGroup
                = group;
            addBatchNorm(rules, "downsample.1", 4 * inner);
        }
    }
    const std::int64_t features = config.resNetFeatures();
    const std::int64_t side = config.imageSize / 32;
    rules.place(ClipConfig::imageStack, block, resNetPool);
    rules.tensor("positional_embedding", {side * side + 1, features});
    // The query is made of the mean alone, so it has statistics of its own.
    rules.linear("q_proj", "attention_query", features, features, true, "", "");
    rules.linear("k_proj", "attention_key", features, features, true, "attention_input", "");
    rules.linear("v_proj", "attention_value", features, features, true, "attention_input", "");
    rules.linear("c_proj", "attention_out", config.projectionSize, features, true,
                 "attention_output", "");
    rules.place(ClipConfig::textStack, TensorRule::embedding, "");
    rules.layer("token_embedding", "embedding", {config.vocabularySize, config.text.hiddenSize});
    rules.tensor("positional_embedding", {config.contextLength, config.text.hiddenSize});
    addOriginalBlocks(rules, ClipConfig::textStack, "transformer.", config.text);
    rules.place(ClipConfig::textStack, TensorRule::head, "");
    rules.norm("ln_final", config.text.hiddenSize);
    TensorRule &projection = rules.layer("text_projection", "projection",
                                         {config.text.hiddenSize, config.projectionSize});
    projection.name = "text_projection"; // a bare matrix, used as x P
    projection.isTransposed = true;
    projection.producer = "ln_final.weight";
}

void addTransformers(RuleList &rules, const ClipConfig &config)
{
    const std::int64_t width = config.image.hiddenSize;
    const std::int64_t side = config.imageSize / config.patchSize;
    rules.normKind(/*centres=*/true, config.image.normEpsilon);
    rules.place(ClipConfig::imageStack, TensorRule::embedding, "vision_model.");
    rules.tensor("embeddings.class_embedding", {width});
    // The published method keeps it in full precision (d4c-clip.md 4); it runs
    // before any hook.
    rules
        .layer("embeddings.patch_embedding", "convolution",
               {width, 3, config.patchSize, config.patchSize})
        .quantizable
        = false;
    rules.tensor("embeddings.position_embedding.weight", {side * side + 1, width});
    // Spelt so in every checkpoint; what it gives is the residual stream.
    rules.norm("pre_layrnorm", width).feedsLayersOnly = false;
    addBlocks(rules, ClipConfig::imageStack, "vision_model.", config.image);
    rules.place(ClipConfig::imageStack, TensorRule::head, "");
    rules.norm("vision_model.post_layernorm", width);
    rules.linear("visual_projection", "projection", config.projectionSize, width, false, "",
                 "vision_model.post_layernorm.weight");
    rules.place(ClipConfig::textStack, TensorRule::embedding, "text_model.embeddings.");
    rules.layer("token_embedding", "embedding", {config.vocabularySize, config.text.hiddenSize});
    rules.tensor("position_embedding.weight", {config.contextLength, config.text.hiddenSize});
    addBlocks(rules, ClipConfig::textStack, "text_model.", config.text);
    rules.place(ClipConfig::textStack, TensorRule::head, "");
    rules.norm("text_model.final_layer_norm", config.text.hiddenSize);
    rules.linear("text_projection", "projection", config.projectionSize, config.text.hiddenSize,
                 false, "", "text_model.final_layer_norm.weight");
}

} // namespace

std::vector<ClipConfig::Bottleneck> ClipConfig::bottlenecks() const
{
    std::vector<Bottleneck> list;
    std::int64_t input = resNetWidth;
    for (std::size_t stage = 0; stage < resNetStages.size(); ++stage) {
        const std::int64_t inner = resNetWidth << stage;
        for (std::int64_t j = 0; j < resNetStages[stage]; ++j) {
            Bottleneck bottleneck;
            bottleneck.prefix
                = "visual.layer" + std::to_string(stage + 1) + "." + std::to_string(j) + ".";
            bottleneck.inner = inner;
            bottleneck.input = input;
            bottleneck.stride = j == 0 && stage > 0 ? 2 : 1;
            bottleneck.hasDownsample = bottleneck.stride > 1 || input != 4 * inner;
            list.push_back(bottleneck);
            input = 4 * inner;
        }
    }
    return list;
}

int ClipConfig::imageBlocks() const
{
    return hasResNet() ? static_cast<int>(bottlenecks().size()) + 1 : image.blocks;
}

ClipConfig ClipConfig::read(const Json &json, std::string_view where)
{
    const ConfigReader reader(json, std::string(where));
    const Json textJson = part(json, "text_config");
    const Json visionJson = part(json, "vision_config");
    const ConfigReader textReader(textJson, std::string(where) + ": text_config");
    const ConfigReader visionReader(visionJson, std::string(where) + ": vision_config");
    ClipConfig config;
    config.projectionSize = reader.integer("projection_dim", 1, clipMaxWidth, 512);
    config.text = readTransformer(textReader, 512, 8);
    config.contextLength = textReader.integer("max_position_embeddings", 2, clipMaxContext, 77);
    config.vocabularySize = textReader.integer("vocab_size", 1, clipMaxVocabulary, 49408);
    config.bosToken = textReader.integer("bos_token_id", 0, clipMaxVocabulary, 49406);
    config.eosToken = textReader.integer("eos_token_id", 0, clipMaxVocabulary, 49407);
    config.imageSize = visionReader.integer("image_size", 1, maxImageSize, 224);
    if (visionReader.integer("num_channels", 1, 16, 3) != 3) {
        visionReader.fail("num_channels", "3");
    }
    if (visionJson.contains("layers") && visionJson["layers"].is_array()) {
        readResNet(visionReader, visionJson, config);
        return config;
    }
    config.image = readTransformer(visionReader, 768, 12);
    config.patchSize = visionReader.integer("patch_size", 1, config.imageSize,
                                            std::min<std::int64_t>(32, config.imageSize));
    return config;
}

std::vector<TensorRule> ClipConfig::tensors() const
{
    std::vector<TensorRule> list;
    RuleList rules(list);
    if (hasResNet()) {
        addResNet(rules, *this);
    } else {
        addTransformers(rules, *this);
    }
    return list;
}

} // namespace bitprism
