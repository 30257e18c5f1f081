// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/encoder_layout.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t mostLabels = 1'000'000;

void addBlock(const EncoderLayout &layout, std::size_t index, RuleList &rules)
{
    const EncoderLayout::BlockNames &names = layout.names;
    const std::int64_t hidden = layout.hiddenSize;
    const std::int64_t inner = layout.intermediateSize;
    const int block = static_cast<int>(index);
    std::string producer
        = index == 0 ? layout.embeddingNorm : layout.inBlock(index - 1, names.outputNorm);
    producer += layout.normScale;
    if (index == 0 && !layout.mapping.empty()) {
        rules.place(0, block, "");
        rules.linear(layout.mapping, "projection", hidden, layout.embeddingSize, true,
                     "embedding_output", producer);
        producer.clear(); // the shortcut reads the mapping too
    }
    rules.place(0, block, layout.blockPrefixes[index],
                layout.sourcePrefixes.empty() ? std::string() : layout.sourcePrefixes[index]);
    const auto add = [&](const std::string &name, const char *kind, std::int64_t rows,
                         std::int64_t cols, const char *group, const std::string &from) {
        rules.linear(name, kind, rows, cols, true, group, from);
    };
    add(names.query, "attention_query", hidden, hidden, "attention_input", producer);
    add(names.key, "attention_key", hidden, hidden, "attention_input", producer);
    add(names.value, "attention_value", hidden, hidden, "attention_input", producer);
    add(names.attentionOut, "attention_out", hidden, hidden, "attention_output",
        rules.full(names.value + ".weight"));
    add(names.up, "mlp_up", inner, hidden, "mlp_input",
        rules.full(names.attentionNorm + layout.normScale));
    add(names.down, "mlp_down", hidden, inner, "mlp_hidden",
        layout.activation == "relu" ? rules.full(names.up + ".weight") : std::string());
    NormInfo &attentionNorm
        = rules.norm(names.attentionNorm, hidden, layout.normScale, layout.normShift);
    attentionNorm.feedsLayersOnly = false;
    attentionNorm.shortcut = Shortcut{block, ShortcutPart::Mlp};
    NormInfo &outputNorm = rules.norm(names.outputNorm, hidden, layout.normScale, layout.normShift);
    outputNorm.feedsLayersOnly = false;
    if (block + 1 < layout.blocks) {
        outputNorm.shortcut = Shortcut{block + 1, ShortcutPart::Attention};
    }
}

void addHead(const EncoderLayout &layout, RuleList &rules)
{
    const std::int64_t hidden = layout.hiddenSize;
    const std::string last
        = layout.inBlock(layout.blockPrefixes.size() - 1, layout.names.outputNorm)
        + layout.normScale;
    rules.place(0, TensorRule::head, "");
    if (layout.headKind == EncoderHead::MaskedTokens) {
        rules.linear(layout.headDense, "projection", layout.embeddingSize, hidden, true,
                     "head_dense_input", last);
        rules.norm(layout.headNorm, layout.embeddingSize, layout.normScale, layout.normShift);
        if (layout.hasTiedHead) {
            rules.tensor(layout.wordEmbedding + ".weight",
                         {layout.vocabularySize, layout.embeddingSize});
        } else {
            rules.linear(layout.headDecoder, "head", layout.vocabularySize, layout.embeddingSize,
                         false, "head_input", layout.headNorm + layout.normScale);
        }
        rules.tensor(layout.headBias, {layout.vocabularySize});
    }
    if (layout.headKind == EncoderHead::Classes) {
        rules.linear(layout.pooler, "projection", hidden, hidden, true, "head_dense_input", last);
        rules.linear(layout.classifier, "head", static_cast<std::int64_t>(layout.labels.size()),
                     hidden, true, "head_input", "");
    }
}

std::vector<std::string> labelsOf(const Json &config, std::int64_t count)
{
    std::vector<std::string> labels;
    for (std::int64_t i = 0; i < count; ++i) {
        labels.push_back(std::to_string(i));
    }
    const auto names = config.find("id2label");
    if (names == config.end() || !names->is_object()) {
        return labels;
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto name = names->find(std::to_string(i));
        if (name != names->end() && name->is_string()) {
            labels[i] = name->get<std::string>();
        }
    }
    return labels;
}

void addBertBlocks(EncoderLayout &layout, const std::string &prefix)
{
    for (int block = 0; block < layout.blocks; ++block) {
        layout.blockPrefixes.push_back(prefix + "encoder.layer." + std::to_string(block) + ".");
    }
    const std::string self = "attention.self.";
    layout.names = {self + "query",
                    self + "key",
                    self + "value",
                    "attention.output.dense",
                    "attention.output.LayerNorm",
                    "intermediate.dense",
                    "output.dense",
                    "output.LayerNorm"};
    layout.wordEmbedding = prefix + "embeddings.word_embeddings";
    layout.positionEmbedding = prefix + "embeddings.position_embeddings";
    layout.typeEmbedding = prefix + "embeddings.token_type_embeddings";
    layout.embeddingNorm = prefix + "embeddings.LayerNorm";
}

std::string prefixFor(const std::string &wanted, const io::Checkpoint *checkpoint,
                      const ModelInfo &info)
{
    const std::string name = "embeddings.word_embeddings";
    return checkpoint != nullptr ? prefixIn(*checkpoint, {wanted, ""}, name + ".weight")
                                 : prefixOf(info, name);
}

void settleHead(EncoderLayout &layout, const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    if (checkpoint != nullptr) {
        layout.findHead(*checkpoint);
    } else {
        layout.takeHead(info);
    }
}

} // namespace

std::vector<TensorRule> EncoderLayout::tensors() const
{
    std::vector<TensorRule> list;
    RuleList rules(list);
    rules.normKind(/*centres=*/true, normEpsilon);
    rules.place(0, TensorRule::embedding, "");
    rules.layer(wordEmbedding, "embedding", {vocabularySize, embeddingSize});
    rules.layer(positionEmbedding, "embedding", {positions, embeddingSize});
    if (tokenTypes > 0) {
        rules.layer(typeEmbedding, "embedding", {tokenTypes, embeddingSize});
    }
    NormInfo &first = rules.norm(embeddingNorm, embeddingSize, normScale, normShift);
    if (mapping.empty()) {
        first.feedsLayersOnly = false;
        first.shortcut = Shortcut{0, ShortcutPart::Attention};
    }
    for (std::size_t block = 0; block < blockPrefixes.size(); ++block) {
        addBlock(*this, block, rules);
    }
    addHead(*this, rules);
    return list;
}

void EncoderLayout::readConfig(const ConfigReader &config)
{
    hiddenSize = config.integer("hidden_size", 1, 1 << 20);
    intermediateSize = config.integer("intermediate_size", 1, 1 << 22);
    embeddingSize = hiddenSize;
    blocks = static_cast<int>(config.integer("num_hidden_layers", 1, 10'000));
    heads = config.integer("num_attention_heads", 1, 1 << 16);
    if (hiddenSize % heads != 0) {
        config.fail("num_attention_heads", "a divisor of hidden_size");
    }
    vocabularySize = config.integer("vocab_size", 1, mostRows);
    positions = config.integer("max_position_embeddings", 1, mostRows);
    tokenTypes = config.integer("type_vocab_size", 0, mostRows, 2);
    activation = config.text("hidden_act", "gelu");
    if (activation != "gelu" && activation != "gelu_new" && activation != "relu") {
        config.fail("hidden_act", "gelu, gelu_new or relu");
    }
    normEpsilon = config.real("layer_norm_eps", 0, 1, 1e-12);
    const std::string kind = config.text("position_embedding_type", "absolute");
    if (kind != "absolute") {
        config.fail("position_embedding_type", "absolute");
    }
    if (config.flag("is_decoder", false)) {
        config.fail("is_decoder", "false: this family runs as an encoder");
    }
}

void EncoderLayout::findHead(const io::Checkpoint &checkpoint)
{
    if (checkpoint.find(embeddingNorm + ".gamma") != nullptr) {
        normScale = ".gamma";
        normShift = ".beta";
    }
    const Json tied = checkpoint.config().value("tie_word_embeddings", Json(true));
    hasTiedHead = checkpoint.find(headDecoder + ".weight") == nullptr || tied != Json(false);
    const io::TensorInfo *classes = checkpoint.find(classifier + ".weight");
    if (checkpoint.find(headDense + ".weight") != nullptr) {
        headKind = EncoderHead::MaskedTokens;
    } else if (classes != nullptr && classes->shape.size() == 2 && classes->shape[0] > 0
               && classes->shape[0] <= mostLabels) {
        headKind = EncoderHead::Classes;
        labels = labelsOf(checkpoint.config(), classes->shape[0]);
    }
}

void EncoderLayout::takeHead(const ModelInfo &info)
{
    const LayerInfo *up = info.findLayer(inBlock(0, names.up));
    if (up != nullptr && up->producer.ends_with(".gamma")) {
        normScale = ".gamma";
        normShift = ".beta";
    }
    hasTiedHead = info.hasTiedHead;
    labels = info.labels;
    headKind = info.objective == objectives::maskedToken ? EncoderHead::MaskedTokens
        : info.objective == objectives::classification   ? EncoderHead::Classes
                                                         : EncoderHead::None;
}

void EncoderLayout::describe(const io::Checkpoint &checkpoint, ModelInfo &info) const
{
    info.blocks = blocks;
    StackInfo encoder{"encoder", blocks};
    encoder.headSize = static_cast<int>(hiddenSize / heads);
    info.stacks = {encoder};
    info.contextLength = contextLength();
    info.vocabularySize = vocabularySize;
    info.hiddenSize = hiddenSize;
    info.hasPostNorm = true;
    info.hasTiedHead = headKind == EncoderHead::MaskedTokens && hasTiedHead;
    info.labels = labels;
    info.objective = headKind == EncoderHead::MaskedTokens ? objectives::maskedToken
        : headKind == EncoderHead::Classes                 ? objectives::classification
                                                           : objectives::none;
    const ConfigReader config(checkpoint.config(), checkpoint.configPath().string());
    info.maskToken = config.integer("mask_token_id", -1, mostRows, -1);
    describeByRules(checkpoint, tensors(), info);
}

EncoderLayout bertLayout(const Json &config, const std::string &where,
                         const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    EncoderLayout layout;
    layout.readConfig(ConfigReader(config, where));
    const std::string prefix = prefixFor("bert.", checkpoint, info);
    addBertBlocks(layout, prefix);
    layout.headDense = "cls.predictions.transform.dense";
    layout.headNorm = "cls.predictions.transform.LayerNorm";
    layout.headDecoder = "cls.predictions.decoder";
    layout.headBias = "cls.predictions.bias";
    layout.pooler = prefix + "pooler.dense";
    layout.classifier = "classifier";
    settleHead(layout, checkpoint, info);
    return layout;
}

EncoderLayout robertaLayout(const Json &config, const std::string &where,
                            const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    EncoderLayout layout;
    const ConfigReader reader(config, where);
    layout.readConfig(reader);
    layout.firstPosition = reader.integer("pad_token_id", 0, mostRows, 1) + 1;
    if (layout.firstPosition >= layout.positions) {
        reader.fail("max_position_embeddings", "above pad_token_id + 1");
    }
    addBertBlocks(layout, prefixFor("roberta.", checkpoint, info));
    layout.headDense = "lm_head.dense";
    layout.headNorm = "lm_head.layer_norm";
    layout.headDecoder = "lm_head.decoder";
    layout.headBias = "lm_head.bias";
    layout.pooler = "classifier.dense";
    layout.classifier = "classifier.out_proj";
    settleHead(layout, checkpoint, info);
    return layout;
}

EncoderLayout albertLayout(const Json &config, const std::string &where,
                           const io::Checkpoint *checkpoint, const ModelInfo &info)
{
    EncoderLayout layout;
    const ConfigReader reader(config, where);
    layout.readConfig(reader);
    layout.embeddingSize = reader.integer("embedding_size", 1, 1 << 20, 128);
    const std::int64_t groups = reader.integer("num_hidden_groups", 1, layout.blocks, 1);
    if (reader.integer("inner_group_num", 1, 1 << 20, 1) != 1) {
        reader.fail("inner_group_num", "1");
    }
    const std::string prefix = prefixFor("albert.", checkpoint, info);
    addBertBlocks(layout, prefix);
    layout.names
        = {"attention.query",     "attention.key", "attention.value", "attention.dense",
           "attention.LayerNorm", "ffn",           "ffn_output",      "full_layer_layer_norm"};
    layout.blockPrefixes.clear();
    for (int block = 0; block < layout.blocks; ++block) {
        const auto prefixOfGroup = [&](std::int64_t group) {
            return prefix + "encoder.albert_layer_groups." + std::to_string(group)
                + ".albert_layers.0.";
        };
        layout.blockPrefixes.push_back(prefixOfGroup(block)); // as if nothing were shared
        layout.sourcePrefixes.push_back(prefixOfGroup(block * groups / layout.blocks));
    }
    layout.mapping = prefix + "encoder.embedding_hidden_mapping_in";
    layout.headDense = "predictions.dense";
    layout.headNorm = "predictions.LayerNorm";
    layout.headDecoder = "predictions.decoder";
    layout.headBias = "predictions.bias";
    layout.pooler = prefix + "pooler";
    layout.classifier = "classifier";
    settleHead(layout, checkpoint, info);
    return layout;
}

} // namespace bitprism
