// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_export.h"

#include "app/train/checkpoint.h"
#include "app/train/kernels.h"

#include <nlohmann/json.hpp>

#include <cstring>

namespace bitprism::train {

namespace {

using Json = nlohmann::ordered_json;

class SafetensorsText
{
public:
    /// Rows `firstRow` to `firstRow + rows` of `slot`; a gain is stored with one dimension.
    void add(const std::string &name, const std::vector<float> &parameters,
             const ParameterSlot &slot, int firstRow, int rows)
    {
        const std::size_t count = std::size_t(rows) * std::size_t(slot.cols);
        std::vector<Bfloat16> values(count);
        toStorage(parameters.data() + slot.offset + std::size_t(firstRow) * std::size_t(slot.cols),
                  values.data(), count);
        const std::size_t begin = m_data.size();
        m_data.append(reinterpret_cast<const char *>(values.data()), count * sizeof(Bfloat16));
        const Json shape
            = slot.rows == 1 ? Json::array({slot.cols}) : Json::array({rows, slot.cols});
        m_header[name] = {{"dtype", "BF16"},
                          {"shape", shape},
                          {"data_offsets", Json::array({begin, m_data.size()})}};
    }

    std::string bytes() const
    {
        std::string header = m_header.dump();
        header.append((8 - header.size() % 8) % 8, ' ');
        const std::uint64_t length = header.size();
        std::string all(sizeof length, '\0');
        std::memcpy(all.data(), &length, sizeof length);
        return all + header + m_data;
    }

private:
    Json m_header = {{"__metadata__", {{"format", "pt"}}}};
    std::string m_data;
};

Json configOf(const LlamaConfig &config)
{
    return {{"architectures", Json::array({"LlamaForCausalLM"})},
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

Json tokenizerConfigOf(const LlamaConfig &config)
{
    const char *special = ByteBpe::endOfText;
    const Json added = {{"content", special}, {"lstrip", false},      {"normalized", false},
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
    const ParameterLayout layout = layoutOf(config);
    SafetensorsText text;
    const auto add
        = [&](const std::string &name, const ParameterSlot &slot, int firstRow, int rows) {
              text.add("model." + name + ".weight", parameters, slot, firstRow, rows);
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
    writeFileAtomically(folder / "model.safetensors", text.bytes());
}

void writeDescriptions(const std::filesystem::path &folder, const LlamaConfig &config,
                       const ByteBpe &tokenizer)
{
    const char *special = ByteBpe::endOfText;
    const auto write = [&folder](const char *name, const Json &json) {
        writeFileAtomically(folder / name, json.dump(2) + "\n");
    };
    write("config.json", configOf(config));
    write("generation_config.json",
          {{"_from_model_config", true}, {"bos_token_id", 0}, {"eos_token_id", 0}});
    write("tokenizer_config.json", tokenizerConfigOf(config));
    write("special_tokens_map.json", {{"bos_token", special}, {"eos_token", special}});
    writeFileAtomically(folder / "tokenizer.json", tokenizer.toTokenizerJson());
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
