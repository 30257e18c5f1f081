// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/encoder_layout.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t mostRows = 16'777'216;
constexpr std::int64_t mostLabels = 1'000'000;

PartLayout blockLayout(const EncoderLayout &layout, std::size_t index)
{
    const EncoderLayout::BlockNames &names = layout.names[index];
    const EncoderLayout::BlockNames &sources
        = layout.sources.empty() ? EncoderLayout::BlockNames() : layout.sources[index];
    const std::int64_t hidden = layout.hiddenSize;
    const std::int64_t inner = layout.intermediateSize;
    PartLayout part;
    std::string producer = index == 0 ? layout.embeddingNorm : layout.names[index - 1].outputNorm;
    producer += layout.normScale;
    if (index == 0 && !layout.mapping.empty()) {
        part.layers.push_back({layout.mapping, "projection", hidden, layout.embeddingSize, true,
                               "embedding_output", producer});
        producer = layout.mapping + ".weight";
    }
    const auto add
        = [&](const std::string &name, const std::string &source, const char *kind,
              std::int64_t rows, std::int64_t cols, const char *group, const std::string &from) {
              part.layers.push_back({name, kind, rows, cols, true, group, from, false, source});
          };
    add(names.query, sources.query, "attention_query", hidden, hidden, "attention_input", producer);
    add(names.key, sources.key, "attention_key", hidden, hidden, "attention_input", producer);
    add(names.value, sources.value, "attention_value", hidden, hidden, "attention_input", producer);
    add(names.attentionOut, sources.attentionOut, "attention_out", hidden, hidden,
        "attention_output", names.value + ".weight");
    add(names.up, sources.up, "mlp_up", inner, hidden, "mlp_input",
        names.attentionNorm + layout.normScale);
    add(names.down, sources.down, "mlp_down", hidden, inner, "mlp_hidden",
        layout.activation == "relu" ? names.up + ".weight" : std::string());
    part.addNorm(names.attentionNorm, hidden, layout.normScale, layout.normShift,
                 sources.attentionNorm);
    part.addNorm(names.outputNorm, hidden, layout.normScale, layout.normShift, sources.outputNorm);
    return part;
}

PartLayout headLayout(const EncoderLayout &layout)
{
    PartLayout part;
    const std::int64_t hidden = layout.hiddenSize;
    const std::string last = layout.names.back().outputNorm + layout.normScale;
    if (layout.headKind == EncoderHead::MaskedTokens) {
        part.layers.push_back({layout.headDense, "projection", layout.embeddingSize, hidden, true,
                               "head_dense_input", last});
        part.addNorm(layout.headNorm, layout.embeddingSize, layout.normScale, layout.normShift);
        if (layout.hasTiedHead) {
            part.others.push_back(
                {layout.wordEmbedding + ".weight", {layout.vocabularySize, layout.embeddingSize}});
        } else {
            part.layers.push_back({layout.headDecoder, "head", layout.vocabularySize,
                                   layout.embeddingSize, false, "head_input",
                                   layout.headNorm + layout.normScale});
        }
        part.others.push_back({layout.headBias, {layout.vocabularySize}});
    }
    if (layout.headKind == EncoderHead::Classes) {
        part.layers.push_back(
            {layout.pooler, "projection", hidden, hidden, true, "head_dense_input", last});
        part.layers.push_back({layout.classifier, "head",
                               static_cast<std::int64_t>(layout.labels.size()), hidden, true,
                               "head_input"});
    }
    return part;
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
        const std::string layer = prefix + "encoder.layer." + std::to_string(block) + ".";
        const std::string self = layer + "attention.self.";
        layout.names.push_back({self + "query", self + "key", self + "value",
                                layer + "attention.output.dense",
                                layer + "attention.output.LayerNorm", layer + "intermediate.dense",
                                layer + "output.dense", layer + "output.LayerNorm"});
    }
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

ModelLayout EncoderLayout::tensors() const
{
    ModelLayout layout;
    PartLayout &begin = layout.embeddings;
    begin.layers = {{wordEmbedding, "embedding", vocabularySize, embeddingSize, false},
                    {positionEmbedding, "embedding", positions, embeddingSize, false}};
    if (tokenTypes > 0) {
        begin.layers.push_back({typeEmbedding, "embedding", tokenTypes, embeddingSize, false});
    }
    begin.addNorm(embeddingNorm, embeddingSize, normScale, normShift);
    for (std::size_t block = 0; block < names.size(); ++block) {
        layout.blocks.push_back(blockLayout(*this, block));
    }
    layout.head = headLayout(*this);
    return layout;
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
    const LayerInfo *up = info.findLayer(names.front().up);
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
    info.stacks = {{"encoder", blocks}};
    info.contextLength = contextLength();
    info.vocabularySize = vocabularySize;
    info.hiddenSize = hiddenSize;
    info.hasPostNorm = true;
    info.hasTiedHead = headKind == EncoderHead::MaskedTokens && hasTiedHead;
    info.labels = labels;
    info.objective = headKind == EncoderHead::MaskedTokens ? objectives::maskedToken
        : headKind == EncoderHead::Classes                 ? objectives::classification
                                                           : objectives::none;
    const ConfigReader config(checkpoint.config(), (checkpoint.path() / "config.json").string());
    info.maskToken = config.integer("mask_token_id", -1, mostRows, -1);
    describeLayout(checkpoint, tensors(), info);
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
    layout.names.clear();
    for (int block = 0; block < layout.blocks; ++block) {
        const auto namesOf = [&](std::int64_t group) {
            const std::string layer = prefix + "encoder.albert_layer_groups."
                + std::to_string(group) + ".albert_layers.0.";
            return EncoderLayout::BlockNames{
                layer + "attention.query",     layer + "attention.key",
                layer + "attention.value",     layer + "attention.dense",
                layer + "attention.LayerNorm", layer + "ffn",
                layer + "ffn_output",          layer + "full_layer_layer_norm"};
        };
        layout.names.push_back(namesOf(block)); // as a checkpoint that shares nothing has them
        layout.sources.push_back(namesOf(block * groups / layout.blocks));
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
