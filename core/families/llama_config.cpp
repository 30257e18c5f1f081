// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/llama_config.h"

#include "core/families/config_reader.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

// Far above every published model, and small enough that products stay inside 64 bits and a
// mistaken size is refused before memory is asked for.
constexpr std::int64_t maxWidth = 1 << 20;
constexpr std::int64_t maxBlocks = 4096;
constexpr std::int64_t maxVocabulary = 1 << 24;
constexpr std::int64_t maxContext = std::int64_t{1} << 31;

void readHeads(const ConfigReader &reader, LlamaConfig &config)
{
    config.heads = reader.integer("num_attention_heads", 1, 4096);
    config.keyValueHeads = reader.integer("num_key_value_heads", 1, config.heads, config.heads);
    if (config.heads % config.keyValueHeads != 0) {
        reader.fail("num_key_value_heads", "a divisor of num_attention_heads");
    }
    if (!reader.has("head_dim") && config.hiddenSize % config.heads != 0) {
        reader.fail("num_attention_heads", "a divisor of hidden_size where head_dim is absent");
    }
    config.headSize = reader.integer("head_dim", 2, 4096, config.hiddenSize / config.heads);
    if (config.headSize % 2 != 0) {
        reader.fail("head_dim", "even, as rotary positions turn pairs");
    }
}

RopeScaling readScaling(const ConfigReader &reader)
{
    RopeScaling scaling;
    const std::string type = reader.text("rope_type", reader.text("type", "default"));
    if (type == "default") {
        return scaling;
    }
    if (type != "linear" && type != "llama3") {
        reader.fail(reader.has("rope_type") ? "rope_type" : "type",
                    "default, linear or llama3, the kinds this version can run");
    }
    scaling.type = type == "linear" ? RopeScaling::Type::Linear : RopeScaling::Type::Llama3;
    scaling.factor = reader.real("factor", 1e-3, 1e6, 1);
    scaling.lowFrequencyFactor = reader.real("low_freq_factor", 1e-3, 1e6, 1);
    scaling.highFrequencyFactor = reader.real("high_freq_factor", 1e-3, 1e6, 4);
    scaling.originalContext
        = reader.integer("original_max_position_embeddings", 1, maxContext, 8192);
    if (type == "llama3" && scaling.highFrequencyFactor <= scaling.lowFrequencyFactor) {
        reader.fail("high_freq_factor", "larger than low_freq_factor");
    }
    return scaling;
}

void readRope(const ConfigReader &reader, LlamaConfig &config)
{
    config.ropeTheta = reader.real("rope_theta", 1e-3, 1e12, 10000);
    // Newer files keep theta and scaling together.
    if (const auto parameters = reader.object("rope_parameters")) {
        config.ropeTheta = parameters->real("rope_theta", 1e-3, 1e12, config.ropeTheta);
        config.ropeScaling = readScaling(*parameters);
    } else if (const auto scaling = reader.object("rope_scaling")) {
        config.ropeScaling = readScaling(*scaling);
    }
}

void readBiases(const ConfigReader &reader, LlamaConfig &config)
{
    const bool attentionBias = reader.flag("attention_bias", false);
    config.hasQkvBias = config.modelType == "qwen2" || attentionBias;
    config.hasOutputBias = config.modelType != "qwen2" && attentionBias;
    config.hasMlpBias = reader.flag("mlp_bias", false);
    config.hasQueryKeyNorm = config.modelType == "qwen3";
}

/// mistral slides in all blocks; qwen2 and qwen3 only with use_sliding_window, from
/// max_window_layers on; a list of layer_types says it block by block.
void readWindows(const ConfigReader &reader, LlamaConfig &config)
{
    config.slidingWindow.assign(static_cast<std::size_t>(config.blocks), 0);
    const bool isQwen = config.modelType == "qwen2" || config.modelType == "qwen3";
    const bool isUsed
        = isQwen ? reader.flag("use_sliding_window", false) : config.modelType == "mistral";
    if (!isUsed || !reader.has("sliding_window")) {
        return;
    }
    const std::int64_t window = reader.integer("sliding_window", 1, maxContext);
    const std::int64_t first = isQwen ? reader.integer("max_window_layers", 0, maxBlocks, 28) : 0;
    const Json *types = reader.find("layer_types");
    if (types != nullptr && (!types->is_array() || types->size() != config.slidingWindow.size())) {
        reader.fail("layer_types", "a list with one entry per block");
    }
    for (std::size_t block = 0; block < config.slidingWindow.size(); ++block) {
        const bool slides = types != nullptr ? (*types)[block] == "sliding_attention"
                                             : static_cast<std::int64_t>(block) >= first;
        config.slidingWindow[block] = slides ? window : 0;
    }
}

} // namespace

LlamaConfig LlamaConfig::read(const Json &json, std::string_view where)
{
    const ConfigReader reader(json, std::string(where));
    LlamaConfig config;
    config.modelType = reader.text("model_type", "");
    config.hiddenSize = reader.integer("hidden_size", 1, maxWidth);
    config.intermediateSize = reader.integer("intermediate_size", 1, maxWidth);
    config.blocks = static_cast<int>(reader.integer("num_hidden_layers", 1, maxBlocks));
    config.vocabularySize = reader.integer("vocab_size", 1, maxVocabulary);
    config.contextLength = reader.integer("max_position_embeddings", 1, maxContext, 2048);
    config.rmsNormEpsilon = reader.real("rms_norm_eps", 0, 1, 1e-6);
    config.hasTiedHead = reader.flag("tie_word_embeddings", false);
    const std::string activation = reader.text("hidden_act", "silu");
    if (activation != "silu" && activation != "swish") {
        reader.fail("hidden_act", "silu, the only activation of this family");
    }
    readHeads(reader, config);
    readRope(reader, config);
    readBiases(reader, config);
    readWindows(reader, config);
    const std::vector<std::int64_t> bos = reader.tokens("bos_token_id", config.vocabularySize);
    config.bosToken = bos.empty() ? -1 : bos.front();
    config.eosTokens = reader.tokens("eos_token_id", config.vocabularySize);
    return config;
}

std::vector<TensorRule> LlamaConfig::tensors() const
{
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/false, rmsNormEpsilon);
    rules.place(0, TensorRule::embedding, "model.");
    rules.layer("embed_tokens", "embedding", {vocabularySize, hiddenSize});
    for (int block = 0; block < blocks; ++block) {
        rules.place(0, block, "model.layers." + std::to_string(block) + ".");
        const std::string attentionNorm = rules.full("input_layernorm.weight");
        const std::string mlpNorm = rules.full("post_attention_layernorm.weight");
        rules.norm("input_layernorm", hiddenSize, false);
        rules.linear("self_attn.q_proj", "attention_query", queryRows(), hiddenSize, hasQkvBias,
                     "attention_input", attentionNorm);
        rules.linear("self_attn.k_proj", "attention_key", keyValueRows(), hiddenSize, hasQkvBias,
                     "attention_input", attentionNorm);
        rules.linear("self_attn.v_proj", "attention_value", keyValueRows(), hiddenSize, hasQkvBias,
                     "attention_input", attentionNorm);
        rules.linear("self_attn.o_proj", "attention_out", hiddenSize, queryRows(), hasOutputBias,
                     "attention_output", rules.full("self_attn.v_proj.weight"));
        if (hasQueryKeyNorm) {
            rules.tensor("self_attn.q_norm.weight", {headSize}); // within a head
            rules.tensor("self_attn.k_norm.weight", {headSize});
        }
        rules.norm("post_attention_layernorm", hiddenSize, false);
        rules.linear("mlp.gate_proj", "mlp_gate", intermediateSize, hiddenSize, hasMlpBias,
                     "mlp_input", mlpNorm);
        rules.linear("mlp.up_proj", "mlp_up", intermediateSize, hiddenSize, hasMlpBias, "mlp_input",
                     mlpNorm);
        rules.linear("mlp.down_proj", "mlp_down", hiddenSize, intermediateSize, hasMlpBias,
                     "mlp_hidden", rules.full("mlp.up_proj.weight"));
    }
    rules.place(0, TensorRule::head, "");
    rules.norm("model.norm", hiddenSize, false);
    if (hasTiedHead) {
        rules.tensor("model.embed_tokens.weight", {vocabularySize, hiddenSize});
    } else {
        rules.linear("lm_head", "head", vocabularySize, hiddenSize, false, "head_input",
                     "model.norm.weight");
    }
    return list;
}

} // namespace bitprism
