// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/decoder_layout.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

void addBlock(const DecoderLayout &layout, int block, RuleList &rules)
{
    const std::int64_t hidden = layout.hiddenSize;
    const std::int64_t inner = layout.intermediateSize;
    // A post-norm block reads what the block before it (or the embeddings) left.
    const std::string before = layout.isPreNorm
        ? layout.inBlock(block, layout.attentionNorm) + ".weight"
        : block > 0 ? layout.inBlock(block - 1, layout.mlpNorm) + ".weight"
                    : std::string();
    if (block == 0 && !layout.projectIn.empty()) {
        // The projection stands between the word embedding and the positions.
        rules.place(0, block, "");
        rules.tensor(layout.positionEmbedding + ".weight",
                     {layout.contextLength + layout.firstPosition, hidden});
        rules.linear(layout.projectIn, "projection", hidden, layout.embeddingSize, false,
                     "embedding_output", "");
    }
    rules.place(0, block, layout.inBlock(block, ""));
    const auto add = [&](const std::string &name, const char *kind, std::int64_t rows,
                         std::int64_t cols, const char *group, const std::string &producer) {
        TensorRule &rule = rules.linear(name, kind, rows, cols, layout.hasBias || layout.isFused,
                                        group, producer);
        if (layout.isFused) {
            rule.transpose();
        }
    };
    if (layout.isFused) {
        add(layout.qkv, "attention_qkv", 3 * hidden, hidden, "attention_input", before);
    } else {
        add(layout.query, "attention_query", hidden, hidden, "attention_input", before);
        add(layout.key, "attention_key", hidden, hidden, "attention_input", before);
        add(layout.value, "attention_value", hidden, hidden, "attention_input", before);
    }
    // A scale folds into a producer whose channels it has: not into a third of a fused one.
    add(layout.attentionOut, "attention_out", hidden, hidden, "attention_output",
        layout.isFused ? std::string() : rules.full(layout.value + ".weight"));
    add(layout.up, "mlp_up", inner, hidden, "mlp_input",
        rules.full((layout.isPreNorm ? layout.mlpNorm : layout.attentionNorm) + ".weight"));
    add(layout.down, "mlp_down", hidden, inner, "mlp_hidden",
        layout.activation == "relu" ? rules.full(layout.up + ".weight") : std::string());
    NormInfo &attentionNorm = rules.norm(layout.attentionNorm, hidden);
    if (!layout.isPreNorm) {
        attentionNorm.feedsLayersOnly = false;
        attentionNorm.shortcut = Shortcut{block, ShortcutPart::Mlp};
    }
    NormInfo &mlpNorm = rules.norm(layout.mlpNorm, hidden);
    if (!layout.isPreNorm) {
        mlpNorm.feedsLayersOnly = false;
        if (block + 1 < layout.blocks) {
            mlpNorm.shortcut = Shortcut{block + 1, ShortcutPart::Attention};
        }
    }
}

} // namespace

std::vector<TensorRule> DecoderLayout::tensors() const
{
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/true, normEpsilon);
    rules.place(0, TensorRule::embedding, "");
    rules.layer(wordEmbedding, "embedding", {vocabularySize, embeddingSize});
    rules.layer(positionEmbedding, "embedding", {contextLength + firstPosition, hiddenSize});
    for (int block = 0; block < blocks; ++block) {
        addBlock(*this, block, rules);
    }
    rules.place(0, TensorRule::head, "");
    if (hasLastNorm) {
        rules.norm(lastNorm, hiddenSize);
    }
    const std::string before = hasLastNorm ? lastNorm + ".weight" : std::string();
    if (!projectOut.empty()) {
        rules.linear(projectOut, "projection", embeddingSize, hiddenSize, false,
                     "head_projection_input", before);
    }
    if (hasTiedHead) {
        rules.tensor(wordEmbedding + ".weight", {vocabularySize, embeddingSize});
    } else {
        rules.linear(head, "head", vocabularySize, embeddingSize, false, "head_input",
                     projectOut.empty() ? before : std::string());
    }
    return list;
}

void DecoderLayout::describe(const io::Checkpoint &checkpoint, ModelInfo &info) const
{
    info.blocks = blocks;
    StackInfo decoder{"decoder", blocks};
    decoder.headSize = static_cast<int>(hiddenSize / heads);
    decoder.isPreNorm = isPreNorm && projectIn.empty();
    if (projectIn.empty()) {
        decoder.embeddings = {wordEmbedding + ".weight", positionEmbedding + ".weight"};
    }
    decoder.headTensor = projectOut.empty() ? head + ".weight" : std::string();
    info.stacks = {decoder};
    info.contextLength = contextLength;
    info.vocabularySize = vocabularySize;
    info.hiddenSize = hiddenSize;
    info.hasTiedHead = hasTiedHead;
    info.hasPostNorm = !isPreNorm;
    info.bosToken = bosToken;
    info.eosTokens = eosTokens;
    describeByRules(checkpoint, tensors(), info);
}

DecoderLayout gpt2Layout(const Json &json, const std::string &where,
                         const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    const ConfigReader config(json, where);
    DecoderLayout layout;
    layout.hiddenSize = config.integer("n_embd", 1, 1 << 20);
    layout.embeddingSize = layout.hiddenSize;
    layout.intermediateSize = config.integer("n_inner", 1, 1 << 22, 4 * layout.hiddenSize);
    layout.blocks = static_cast<int>(config.integer("n_layer", 1, 10'000));
    layout.heads = config.integer("n_head", 1, 1 << 16);
    if (layout.hiddenSize % layout.heads != 0) {
        config.fail("n_head", "a divisor of n_embd");
    }
    layout.vocabularySize = config.integer("vocab_size", 1, mostRows);
    layout.contextLength
        = config.integer(config.has("n_positions") ? "n_positions" : "n_ctx", 1, mostRows);
    layout.activation = config.text("activation_function", "gelu_new");
    if (layout.activation == "gelu_pytorch_tanh") {
        layout.activation = "gelu_new";
    }
    if (layout.activation != "gelu" && layout.activation != "gelu_new"
        && layout.activation != "relu") {
        config.fail("activation_function", "gelu, gelu_new or relu");
    }
    if (config.flag("scale_attn_by_inverse_layer_idx", false)) {
        config.fail("scale_attn_by_inverse_layer_idx", "false");
    }
    if (!config.flag("scale_attn_weights", true)) {
        config.fail("scale_attn_weights", "true");
    }
    layout.normEpsilon = config.real("layer_norm_epsilon", 0, 1, 1e-5);
    layout.bosToken = config.integer("bos_token_id", -1, mostRows, -1);
    layout.eosTokens = config.tokens("eos_token_id", layout.vocabularySize);
    layout.isFused = true;
    const std::string prefix = checkpoint != nullptr
        ? prefixIn(*checkpoint, {"transformer.", ""}, "wte.weight")
        : prefixOf(info, "wte");
    layout.head = "lm_head";
    layout.hasTiedHead = config.flag("tie_word_embeddings", true);
    layout.wordEmbedding = prefix + "wte";
    layout.positionEmbedding = prefix + "wpe";
    layout.lastNorm = prefix + "ln_f";
    layout.blockPrefix = prefix + "h.";
    layout.qkv = "attn.c_attn";
    layout.attentionOut = "attn.c_proj";
    layout.attentionNorm = "ln_1";
    layout.mlpNorm = "ln_2";
    layout.up = "mlp.c_fc";
    layout.down = "mlp.c_proj";
    return layout;
}

DecoderLayout optLayout(const Json &json, const std::string &where,
                        const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    const ConfigReader config(json, where);
    DecoderLayout layout;
    layout.hiddenSize = config.integer("hidden_size", 1, 1 << 20);
    layout.embeddingSize = config.integer("word_embed_proj_dim", 1, 1 << 20, layout.hiddenSize);
    layout.intermediateSize = config.integer("ffn_dim", 1, 1 << 22);
    layout.blocks = static_cast<int>(config.integer("num_hidden_layers", 1, 10'000));
    layout.heads = config.integer("num_attention_heads", 1, 1 << 16);
    if (layout.hiddenSize % layout.heads != 0) {
        config.fail("num_attention_heads", "a divisor of hidden_size");
    }
    layout.vocabularySize = config.integer("vocab_size", 1, mostRows);
    layout.contextLength = config.integer("max_position_embeddings", 1, mostRows);
    layout.firstPosition = 2;
    layout.activation = config.text("activation_function", "relu");
    if (layout.activation != "gelu" && layout.activation != "relu") {
        config.fail("activation_function", "relu or gelu");
    }
    if (!config.flag("layer_norm_elementwise_affine", true)) {
        config.fail("layer_norm_elementwise_affine", "true");
    }
    layout.isPreNorm = config.flag("do_layer_norm_before", true);
    layout.hasBias = config.flag("enable_bias", true);
    layout.hasLastNorm = layout.isPreNorm && !config.flag("_remove_final_layer_norm", false);
    layout.hasTiedHead = config.flag("tie_word_embeddings", true);
    layout.bosToken = config.integer("bos_token_id", -1, mostRows, 2);
    layout.eosTokens = config.tokens("eos_token_id", layout.vocabularySize);
    const std::string prefix = checkpoint != nullptr
        ? prefixIn(*checkpoint, {"model.decoder.", "decoder."}, "embed_tokens.weight")
        : prefixOf(info, "embed_tokens");
    layout.wordEmbedding = prefix + "embed_tokens";
    layout.positionEmbedding = prefix + "embed_positions";
    layout.lastNorm = prefix + "final_layer_norm";
    layout.head = "lm_head";
    if (layout.embeddingSize != layout.hiddenSize) {
        layout.projectIn = prefix + "project_in";
        layout.projectOut = prefix + "project_out";
    }
    layout.blockPrefix = prefix + "layers.";
    layout.query = "self_attn.q_proj";
    layout.key = "self_attn.k_proj";
    layout.value = "self_attn.v_proj";
    layout.attentionOut = "self_attn.out_proj";
    layout.attentionNorm = "self_attn_layer_norm";
    layout.mlpNorm = "final_layer_norm";
    layout.up = "fc1";
    layout.down = "fc2";
    return layout;
}

} // namespace bitprism
