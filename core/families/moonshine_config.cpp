// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/moonshine_config.h"

#include "core/families/config_reader.h"

namespace bitprism {

namespace {

constexpr std::int64_t moonshineMaxWidth = 1 << 16;
constexpr std::int64_t moonshineMaxBlocks = 1024;
constexpr std::int64_t moonshineMaxContext = 1 << 24;
constexpr std::int64_t moonshineMaxVocabulary = 1 << 22;

MoonshineConfig::Stack readStack(const ConfigReader &reader, const std::string &name,
                                 std::int64_t hidden)
{
    MoonshineConfig::Stack stack;
    stack.blocks
        = static_cast<int>(reader.integer(name + "_num_hidden_layers", 1, moonshineMaxBlocks));
    const std::string heads = name + "_num_attention_heads";
    stack.heads = reader.integer(heads, 1, moonshineMaxWidth);
    if (hidden % stack.heads != 0) {
        reader.fail(heads, "a divisor of hidden_size");
    }
    const std::string keyHeads = name + "_num_key_value_heads";
    stack.keyValueHeads = reader.integer(keyHeads, 1, moonshineMaxWidth, stack.heads);
    if (stack.heads % stack.keyValueHeads != 0) {
        reader.fail(keyHeads, "a divisor of the number of heads");
    }
    return stack;
}

void requireActivation(const ConfigReader &reader, const char *key, const char *only)
{
    if (reader.text(key, only) != only) {
        reader.fail(key, std::string(only) + ", the only one of this family");
    }
}

struct Widths
{
    std::int64_t hidden;
    std::int64_t keys;
};

void addAttention(RuleList &rules, const std::string &name, const std::string &kind,
                  const Widths &widths, const std::string &norm, const std::string &keyProducer)
{
    const std::string group = kind + "_input";
    const std::string keyGroup = keyProducer == norm ? group : kind + "_memory";
    rules.linear(name + ".q_proj", (kind + "_query").c_str(), widths.hidden, widths.hidden, false,
                 group, norm);
    rules.linear(name + ".k_proj", (kind + "_key").c_str(), widths.keys, widths.hidden, false,
                 keyGroup, keyProducer);
    rules.linear(name + ".v_proj", (kind + "_value").c_str(), widths.keys, widths.hidden, false,
                 keyGroup, keyProducer);
    rules.linear(name + ".o_proj", (kind + "_out").c_str(), widths.hidden, widths.hidden, false,
                 kind + "_output", rules.full(name + ".v_proj.weight"));
}

} // namespace

std::int64_t MoonshineConfig::rotarySize(const Stack &stack) const
{
    const auto size
        = static_cast<std::int64_t>(static_cast<double>(headSize(stack)) * rotaryFactor);
    return size - size % 2;
}

MoonshineConfig MoonshineConfig::read(const Json &json, std::string_view where)
{
    const ConfigReader reader(json, std::string(where));
    MoonshineConfig config;
    config.hiddenSize = reader.integer("hidden_size", 1, moonshineMaxWidth);
    config.intermediateSize = reader.integer("intermediate_size", 1, moonshineMaxWidth);
    config.encoder = readStack(reader, "encoder", config.hiddenSize);
    config.decoder = readStack(reader, "decoder", config.hiddenSize);
    config.rotaryFactor = reader.real("partial_rotary_factor", 0, 1, 0.9);
    config.ropeTheta = reader.real("rope_theta", 1, 1e12, 10000);
    config.contextLength = reader.integer("max_position_embeddings", 1, moonshineMaxContext, 512);
    config.vocabularySize = reader.integer("vocab_size", 1, moonshineMaxVocabulary);
    config.hasTiedHead = reader.flag("tie_word_embeddings", true);
    requireActivation(reader, "encoder_hidden_act", "gelu");
    requireActivation(reader, "decoder_hidden_act", "silu");
    if (reader.flag("attention_bias", false)) {
        reader.fail("attention_bias", "false, as in every published model");
    }
    config.startToken = reader.integer("decoder_start_token_id", 0, config.vocabularySize - 1,
                                       std::min<std::int64_t>(1, config.vocabularySize - 1));
    config.eosTokens = reader.tokens("eos_token_id", config.vocabularySize);
    return config;
}

std::vector<TensorRule> MoonshineConfig::tensors() const
{
    const std::string encoderName = "model.encoder.";
    const std::string decoderName = "model.decoder.";
    const std::string memoryNorm = encoderName + "layer_norm.weight";
    const auto widths = [this](const Stack &stack) {
        return Widths{hiddenSize, headSize(stack) * stack.keyValueHeads};
    };
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/true, normEpsilon);

    rules.place(0, TensorRule::embedding, encoderName);
    // The methods keep the stem at 16 bits (edge-asr.md 1); it runs before the
    // first block's hooks.
    rules.layer("conv1", "convolution", {hiddenSize, 1, 127}).quantizable = false;
    rules.tensor("groupnorm.weight", {hiddenSize}); // over channels and time, no LayerNorm
    rules.tensor("groupnorm.bias", {hiddenSize});
    rules.layer("conv2", "convolution", {2 * hiddenSize, hiddenSize, 7}).quantizable = false;
    rules.tensor("conv2.bias", {2 * hiddenSize});
    rules.layer("conv3", "convolution", {hiddenSize, 2 * hiddenSize, 3}).quantizable = false;
    rules.tensor("conv3.bias", {hiddenSize});
    for (int block = 0; block < encoder.blocks; ++block) {
        rules.place(0, block, encoderName + "layers." + std::to_string(block) + ".");
        const std::string norm = rules.full("input_layernorm.weight");
        const std::string mlpNorm = rules.full("post_attention_layernorm.weight");
        rules.norm("input_layernorm", hiddenSize, false);
        addAttention(rules, "self_attn", "attention", widths(encoder), norm, norm);
        rules.norm("post_attention_layernorm", hiddenSize, false);
        rules.linear("mlp.fc1", "mlp_up", intermediateSize, hiddenSize, true, "mlp_input", mlpNorm);
        rules.linear("mlp.fc2", "mlp_down", hiddenSize, intermediateSize, true, "mlp_hidden", "");
    }
    rules.place(0, TensorRule::head, encoderName);
    rules.norm("layer_norm", hiddenSize, false).feedsLayersOnly = false; // it is the output

    rules.place(1, TensorRule::embedding, decoderName);
    rules.layer("embed_tokens", "embedding", {vocabularySize, hiddenSize});
    for (int block = 0; block < decoder.blocks; ++block) {
        rules.place(1, block, decoderName + "layers." + std::to_string(block) + ".");
        const std::string norm = rules.full("input_layernorm.weight");
        const std::string crossNorm = rules.full("post_attention_layernorm.weight");
        rules.norm("input_layernorm", hiddenSize, false);
        addAttention(rules, "self_attn", "attention", widths(decoder), norm, norm);
        rules.norm("post_attention_layernorm", hiddenSize, false);
        addAttention(rules, "encoder_attn", "cross_attention", widths(decoder), crossNorm,
                     memoryNorm);
        rules.norm("final_layernorm", hiddenSize, false);
        // One weight makes both halves, value first and gate second; a scale of
        // fc2's input folds into the first half's rows only, which a producer
        // cannot say.
        rules.linear("mlp.fc1", "mlp_up", 2 * intermediateSize, hiddenSize, true, "mlp_input",
                     rules.full("final_layernorm.weight"));
        rules.linear("mlp.fc2", "mlp_down", hiddenSize, intermediateSize, true, "mlp_hidden", "");
    }
    rules.place(1, TensorRule::head, decoderName);
    rules.norm("norm", hiddenSize, false);
    if (!hasTiedHead) {
        rules.place(1, TensorRule::head, "");
        TensorRule &head = rules.layer("proj_out", "head", {vocabularySize, hiddenSize});
        head.inputGroup = "head_input";
        head.producer = decoderName + "norm.weight";
    }
    return list;
}

std::int64_t moonshineFrames(std::int64_t samples)
{
    if (samples < moonshineShortestAudio) {
        return 0;
    }
    const std::int64_t first = (samples - 127) / 64 + 1;
    const std::int64_t second = (first - 7) / 3 + 1;
    return (second - 3) / 2 + 1;
}

} // namespace bitprism
