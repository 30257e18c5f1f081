// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_export.h"

#include "app/train/kernels.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <span>

namespace bitprism::train {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// Rows [firstRow, firstRow + rows) of a slot under a name of the file; a gain has one dimension.
struct NamedRows
{
    std::string name;
    ParameterSlot slot;
    int firstRow = 0;
    int rows = 0;

    std::vector<std::int64_t> shape() const
    {
        return slot.rows == 1 ? std::vector<std::int64_t>{slot.cols}
                              : std::vector<std::int64_t>{rows, slot.cols};
    }

    std::span<const float> valuesIn(std::span<const float> parameters) const
    {
        const std::size_t cols = std::size_t(slot.cols);
        return parameters.subspan(slot.offset + std::size_t(firstRow) * cols,
                                  std::size_t(rows) * cols);
    }
};

std::vector<NamedRows> namedRowsOf(const LlamaConfig &config)
{
    const ParameterLayout layout = layoutOf(config);
    std::vector<NamedRows> all;
    const auto add
        = [&](const std::string &name, const ParameterSlot &slot, int firstRow, int rows) {
              all.push_back({"model." + name + ".weight", slot, firstRow, rows});
          };
    const int hidden = config.hiddenSize;
    const int keyValue = config.keyValueSize();
    const int wide = config.feedForwardSize;
    add("embed_tokens", layout.embedding, 0, config.vocabularySize);
    for (std::size_t i = 0; i < layout.blocks.size(); ++i) {
        const BlockSlots &block = layout.blocks[i];
        const std::string prefix = "layers." + std::to_string(i) + ".";
        add(prefix + "input_layernorm", block.inputGain, 0, 1);
        add(prefix + "self_attn.q_proj", block.qkv, 0, hidden);
        add(prefix + "self_attn.k_proj", block.qkv, hidden, keyValue);
        add(prefix + "self_attn.v_proj", block.qkv, hidden + keyValue, keyValue);
        add(prefix + "self_attn.o_proj", block.attentionOutput, 0, hidden);
        add(prefix + "post_attention_layernorm", block.postGain, 0, 1);
        add(prefix + "mlp.gate_proj", block.gateUp, 0, wide);
        add(prefix + "mlp.up_proj", block.gateUp, wide, wide);
        add(prefix + "mlp.down_proj", block.down, 0, hidden);
    }
    add("norm", layout.finalGain, 0, 1);
    return all;
}

OrderedJson configOf(const LlamaConfig &config)
{
    return {{"architectures", OrderedJson::array({"LlamaForCausalLM"})},
            {"attention_bias", false},
            {"attention_dropout", 0.0},
            {"bos_token_id", 0},
            {"eos_token_id", 0},
            {"head_dim", config.headSize()},
            {"hidden_act", "silu"},
            {"hidden_size", config.hiddenSize},
            {"initializer_range", 0.02},
            {"intermediate_size", config.feedForwardSize},
            {"max_position_embeddings", config.maxPositions},
            {"mlp_bias", false},
            {"model_type", "llama"},
            {"num_attention_heads", config.headCount},
            {"num_hidden_layers", config.blockCount},
            {"num_key_value_heads", config.keyValueHeadCount},
            {"pretraining_tp", 1},
            {"rms_norm_eps", 1e-5},
            {"rope_scaling", nullptr},
            {"rope_theta", 10000.0},
            {"tie_word_embeddings", true},
            {"torch_dtype", "bfloat16"},
            {"use_cache", true},
            {"vocab_size", config.vocabularySize}};
}

OrderedJson tokenizerConfigOf(const LlamaConfig &config)
{
    const char *special = ByteBpe::endOfText;
    const OrderedJson added = {{"content", special}, {"lstrip", false},      {"normalized", false},
                               {"rstrip", false},    {"single_word", false}, {"special", true}};
    return {{"add_prefix_space", false},
            {"added_tokens_decoder", {{"0", added}}},
            {"bos_token", special},
            {"clean_up_tokenization_spaces", false},
            {"eos_token", special},
            {"model_max_length", config.maxPositions},
            {"tokenizer_class", "PreTrainedTokenizerFast"}};
}

} // namespace

void writeWeights(const std::filesystem::path &folder, const LlamaConfig &config,
                  const std::vector<float> &parameters)
{
    const std::vector<NamedRows> all = namedRowsOf(config);
    std::vector<io::TensorDeclaration> declarations;
    for (const NamedRows &rows : all) {
        declarations.push_back({rows.name, io::Dtype::BF16, rows.shape()});
    }
    std::filesystem::create_directories(folder);
    io::SafetensorsWriter writer(folder / "model.safetensors", std::move(declarations));
    for (const NamedRows &rows : all) {
        writer.writeFloats(rows.valuesIn(parameters));
    }
    writer.commit();
}

void writeDescriptions(const std::filesystem::path &folder, const LlamaConfig &config,
                       const ByteBpe &tokenizer)
{
    std::filesystem::create_directories(folder);
    const char *special = ByteBpe::endOfText;
    const auto write = [&folder](const char *name, const OrderedJson &json) {
        io::writeFileAtomically(folder / name, json.dump(2) + "\n");
    };
    write("config.json", configOf(config));
    write("generation_config.json",
          {{"_from_model_config", true}, {"bos_token_id", 0}, {"eos_token_id", 0}});
    write("tokenizer_config.json", tokenizerConfigOf(config));
    write("special_tokens_map.json", {{"bos_token", special}, {"eos_token", special}});
    io::writeFileAtomically(folder / "tokenizer.json", tokenizer.toTokenizerJson());
}

std::vector<float> roundedParameters(const std::vector<float> &parameters)
{
    std::vector<Bfloat16> stored(parameters.size());
    toStorage(parameters.data(), stored.data(), stored.size());
    std::vector<float> rounded(parameters.size());
    toFloat(stored.data(), rounded.data(), rounded.size());
    return rounded;
}

} // namespace bitprism::train
