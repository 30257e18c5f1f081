// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/llada_layout.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

void refuseVariants(const ConfigReader &config)
{
    if (config.has("num_experts") || config.has("n_experts")) {
        config.fail(config.has("num_experts") ? "num_experts" : "n_experts",
                    "absent: mixtures of experts are not supported");
    }
    for (const char *key : {"alibi", "attention_layer_norm", "include_bias", "include_qkv_bias",
                            "bias_for_layer_norm", "scale_logits", "input_emb_norm"}) {
        if (config.flag(key, false)) {
            config.fail(key, "false");
        }
    }
    if (!config.flag("rope", true)) {
        config.fail("rope", "true");
    }
    if (config.text("block_type", "llama") != "llama") {
        config.fail("block_type", "llama");
    }
    if (config.text("layer_norm_type", "rms") != "rms") {
        config.fail("layer_norm_type", "rms");
    }
    if (config.text("activation_type", "silu") != "silu") {
        config.fail("activation_type", "silu");
    }
    if (config.integer("block_group_size", 0, mostRows, 1) != 1) {
        config.fail("block_group_size", "1");
    }
}

} // namespace

LladaLayout LladaLayout::read(const Json &json, const std::string &where)
{
    const ConfigReader config(json, where);
    refuseVariants(config);
    LladaLayout layout;
    layout.hiddenSize = config.integer("d_model", 1, 1 << 20);
    layout.intermediateSize
        = config.integer("mlp_hidden_size", 1, 1 << 22,
                         layout.hiddenSize * config.integer("mlp_ratio", 1, 1 << 10, 4));
    layout.blocks = static_cast<int>(config.integer("n_layers", 1, 10'000));
    layout.heads = config.integer("n_heads", 1, 1 << 16);
    layout.keyValueHeads = config.integer("n_kv_heads", 1, 1 << 16, layout.heads);
    if (layout.hiddenSize % (2 * layout.heads) != 0) {
        config.fail("n_heads", "such that d_model / n_heads is even");
    }
    if (layout.heads % layout.keyValueHeads != 0) {
        config.fail("n_kv_heads", "a divisor of n_heads");
    }
    layout.headSize = layout.hiddenSize / layout.heads;
    layout.vocabularySize
        = config.integer("embedding_size", 1, mostRows, config.integer("vocab_size", 1, mostRows));
    layout.contextLength = config.integer("max_sequence_length", 1, mostRows);
    layout.normEpsilon = config.real("rms_norm_eps", 0, 1, 1e-5);
    layout.ropeTheta = config.real("rope_theta", 1, 1e12, 10'000);
    layout.hasTiedHead = config.flag("weight_tying", false);
    layout.maskToken = config.integer("mask_token_id", 0, layout.vocabularySize - 1);
    layout.eosTokens = config.tokens("eos_token_id", layout.vocabularySize);
    return layout;
}

std::vector<TensorRule> LladaLayout::tensors() const
{
    const std::int64_t keyRows = keyValueHeads * headSize;
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/false, normEpsilon);
    rules.place(0, TensorRule::embedding, prefix);
    rules.layer("wte", "embedding", {vocabularySize, hiddenSize});
    for (int index = 0; index < blocks; ++index) {
        rules.place(0, index, block(index));
        const std::string attentionNorm = rules.full("attn_norm.weight");
        const std::string mlpNorm = rules.full("ff_norm.weight");
        const auto add = [&](const char *layer, const char *kind, std::int64_t rows,
                             std::int64_t cols, const char *group, const std::string &producer) {
            rules.linear(layer, kind, rows, cols, false, group, producer);
        };
        add("q_proj", "attention_query", hiddenSize, hiddenSize, "attention_input", attentionNorm);
        add("k_proj", "attention_key", keyRows, hiddenSize, "attention_input", attentionNorm);
        add("v_proj", "attention_value", keyRows, hiddenSize, "attention_input", attentionNorm);
        add("attn_out", "attention_out", hiddenSize, hiddenSize, "attention_output",
            rules.full("v_proj.weight"));
        add("ff_proj", "mlp_gate", intermediateSize, hiddenSize, "mlp_input", mlpNorm);
        add("up_proj", "mlp_up", intermediateSize, hiddenSize, "mlp_input", mlpNorm);
        add("ff_out", "mlp_down", hiddenSize, intermediateSize, "mlp_hidden",
            rules.full("up_proj.weight"));
        rules.norm("attn_norm", hiddenSize, false);
        rules.norm("ff_norm", hiddenSize, false);
    }
    rules.place(0, TensorRule::head, prefix);
    rules.norm("ln_f", hiddenSize, false);
    if (hasTiedHead) {
        rules.tensor("wte.weight", {vocabularySize, hiddenSize});
    } else {
        rules.linear("ff_out", "head", vocabularySize, hiddenSize, false, "head_input",
                     rules.full("ln_f.weight"));
    }
    return list;
}

} // namespace bitprism
