// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/whisper_config.h"

#include "core/families/config_reader.h"

namespace bitprism {

namespace {

constexpr std::int64_t whisperMaxWidth = 1 << 16;
constexpr std::int64_t whisperMaxBlocks = 1024;
constexpr std::int64_t whisperMaxPositions = 1 << 20;
constexpr std::int64_t whisperMaxVocabulary = 1 << 22;

WhisperConfig::Stack readStack(const ConfigReader &reader, const std::string &name,
                               const char *positions, std::int64_t hidden)
{
    WhisperConfig::Stack stack;
    stack.blocks = static_cast<int>(reader.integer(name + "_layers", 1, whisperMaxBlocks));
    const std::string heads = name + "_attention_heads";
    stack.heads = reader.integer(heads, 1, whisperMaxWidth);
    if (hidden % stack.heads != 0) {
        reader.fail(heads, "a divisor of d_model");
    }
    stack.intermediateSize = reader.integer(name + "_ffn_dim", 1, whisperMaxWidth);
    stack.positions = reader.integer(positions, 1, whisperMaxPositions);
    return stack;
}

/// Whisper's k_proj has no bias.
void addAttention(RuleList &rules, const std::string &name, const std::string &kind,
                  std::int64_t width, const std::string &norm, const std::string &keyProducer)
{
    const std::string group = kind + "_input";
    const std::string keyGroup = keyProducer == norm ? group : kind + "_memory";
    rules.norm(name + "_layer_norm", width);
    rules.linear(name + ".q_proj", (kind + "_query").c_str(), width, width, true, group, norm);
    rules.linear(name + ".k_proj", (kind + "_key").c_str(), width, width, false, keyGroup,
                 keyProducer);
    rules.linear(name + ".v_proj", (kind + "_value").c_str(), width, width, true, keyGroup,
                 keyProducer);
    rules.linear(name + ".out_proj", (kind + "_out").c_str(), width, width, true, kind + "_output",
                 rules.full(name + ".v_proj.weight"));
}

void addFeedForward(RuleList &rules, std::int64_t width, std::int64_t inner)
{
    rules.norm("final_layer_norm", width);
    rules.linear("fc1", "mlp_up", inner, width, true, "mlp_input",
                 rules.full("final_layer_norm.weight"));
    rules.linear("fc2", "mlp_down", width, inner, true, "mlp_hidden",
                 ""); // GELU lies between
}

} // namespace

WhisperConfig WhisperConfig::read(const Json &json, std::string_view where)
{
    const ConfigReader reader(json, std::string(where));
    WhisperConfig config;
    config.hiddenSize = reader.integer("d_model", 1, whisperMaxWidth);
    config.melBins = reader.integer("num_mel_bins", 1, 512, 80);
    config.encoder = readStack(reader, "encoder", "max_source_positions", config.hiddenSize);
    config.decoder = readStack(reader, "decoder", "max_target_positions", config.hiddenSize);
    config.vocabularySize = reader.integer("vocab_size", 1, whisperMaxVocabulary);
    config.hasTiedHead = reader.flag("tie_word_embeddings", true);
    if (reader.text("activation_function", "gelu") != "gelu") {
        reader.fail("activation_function", "gelu, the only activation of this family");
    }
    if (reader.flag("scale_embedding", false)) {
        reader.fail("scale_embedding", "false, as in every published model");
    }
    config.startToken = reader.integer("decoder_start_token_id", -1, whisperMaxVocabulary, -1);
    config.eosTokens = reader.tokens("eos_token_id", config.vocabularySize);
    return config;
}

std::vector<TensorRule> WhisperConfig::tensors() const
{
    const std::string encoderName = prefix + "encoder.";
    const std::string decoderName = prefix + "decoder.";
    const std::string memoryNorm = encoderName + "layer_norm.weight";
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/true, normEpsilon);

    rules.place(0, TensorRule::embedding, encoderName);
    // The methods keep the stem at 16 bits (edge-asr.md 1); it runs before the
    // first block's hooks.
    rules.layer("conv1", "convolution", {hiddenSize, melBins, 3}).quantizable = false;
    rules.tensor("conv1.bias", {hiddenSize});
    rules.layer("conv2", "convolution", {hiddenSize, hiddenSize, 3}).quantizable = false;
    rules.tensor("conv2.bias", {hiddenSize});
    rules.tensor("embed_positions.weight", {encoder.positions, hiddenSize});
    for (int block = 0; block < encoder.blocks; ++block) {
        rules.place(0, block, encoderName + "layers." + std::to_string(block) + ".");
        const std::string norm = rules.full("self_attn_layer_norm.weight");
        addAttention(rules, "self_attn", "attention", hiddenSize, norm, norm);
        addFeedForward(rules, hiddenSize, encoder.intermediateSize);
    }
    rules.place(0, TensorRule::head, encoderName);
    rules.norm("layer_norm", hiddenSize).feedsLayersOnly = false; // it is the output

    rules.place(1, TensorRule::embedding, decoderName);
    rules.layer("embed_tokens", "embedding", {vocabularySize, hiddenSize});
    rules.tensor("embed_positions.weight", {decoder.positions, hiddenSize});
    for (int block = 0; block < decoder.blocks; ++block) {
        rules.place(1, block, decoderName + "layers." + std::to_string(block) + ".");
        const std::string norm = rules.full("self_attn_layer_norm.weight");
        addAttention(rules, "self_attn", "attention", hiddenSize, norm, norm);
        addAttention(rules, "encoder_attn", "cross_attention", hiddenSize,
                     rules.full("encoder_attn_layer_norm.weight"), memoryNorm);
        addFeedForward(rules, hiddenSize, decoder.intermediateSize);
    }
    rules.place(1, TensorRule::head, decoderName);
    rules.norm("layer_norm", hiddenSize);
    if (!hasTiedHead) {
        rules.place(1, TensorRule::head, "");
        TensorRule &head = rules.layer("proj_out", "head", {vocabularySize, hiddenSize});
        head.inputGroup = "head_input";
        head.producer = decoderName + "layer_norm.weight";
    }
    return list;
}

} // namespace bitprism
