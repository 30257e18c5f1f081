// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_model.h"

#include "core/base/error.h"
#include "core/families/llama_config.h"
#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <set>

namespace bitprism {

namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

constexpr std::string_view blockPrefix = "model.layers.";
constexpr std::string_view ggufBlockPrefix = "blk.";
constexpr const char *configKey = "bitprism.config";
constexpr const char *factorsName = "rope_freqs.weight";
constexpr std::size_t maxConfigBytes = std::size_t{16} << 20;

constexpr std::array<NamePair, 3> outerNames{
    {{"model.embed_tokens", "token_embd"}, {"model.norm", "output_norm"}, {"lm_head", "output"}}};
constexpr std::array<NamePair, 11> blockNames{{{"input_layernorm", "attn_norm"},
                                               {"self_attn.q_proj", "attn_q"},
                                               {"self_attn.k_proj", "attn_k"},
                                               {"self_attn.v_proj", "attn_v"},
                                               {"self_attn.o_proj", "attn_output"},
                                               {"self_attn.q_norm", "attn_q_norm"},
                                               {"self_attn.k_norm", "attn_k_norm"},
                                               {"post_attention_layernorm", "ffn_norm"},
                                               {"mlp.gate_proj", "ffn_gate"},
                                               {"mlp.up_proj", "ffn_up"},
                                               {"mlp.down_proj", "ffn_down"}}};

template <std::size_t count>
std::optional<std::string_view> paired(const std::array<NamePair, count> &pairs,
                                       std::string_view name, bool toGguf)
{
    for (const auto &[checkpoint, gguf] : pairs) {
        if ((toGguf ? checkpoint : gguf) == name) {
            return toGguf ? gguf : checkpoint;
        }
    }
    return std::nullopt;
}

std::optional<std::string> translated(std::string_view name, bool toGguf)
{
    const std::size_t dot = name.rfind('.');
    const std::string_view suffix = dot == std::string_view::npos ? "" : name.substr(dot);
    if (suffix != ".weight" && suffix != ".bias") {
        return std::nullopt;
    }
    const std::string_view stem = name.substr(0, dot);
    if (const auto outer = paired(outerNames, stem, toGguf)) {
        return std::string(*outer).append(suffix);
    }
    const std::string_view from = toGguf ? blockPrefix : ggufBlockPrefix;
    const std::string_view to = toGguf ? ggufBlockPrefix : blockPrefix;
    if (!stem.starts_with(from)) {
        return std::nullopt;
    }
    const std::string_view rest = stem.substr(from.size());
    const std::size_t end = rest.find('.');
    const std::string_view number = rest.substr(0, end);
    const bool isNumber = end != std::string_view::npos && !number.empty() && number.size() <= 6
        && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto part = isNumber ? paired(blockNames, rest.substr(end + 1), toGguf) : std::nullopt;
    if (!part) {
        return std::nullopt;
    }
    return std::string(to).append(number).append(".").append(*part).append(suffix);
}

/// What a frequency is divided by, for each pair of channels of a head.
std::vector<double> llama3Factors(const LlamaConfig &config)
{
    const RopeScaling &scaling = config.ropeScaling;
    std::vector<double> factors;
    for (std::int64_t channel = 0; channel < config.headSize; channel += 2) {
        const double frequency = std::pow(
            config.ropeTheta, -static_cast<double>(channel) / static_cast<double>(config.headSize));
        const double turns
            = static_cast<double>(scaling.originalContext) * frequency / (2 * std::numbers::pi);
        const double share
            = std::clamp((turns - scaling.lowFrequencyFactor)
                             / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor),
                         0.0, 1.0);
        factors.push_back(1 / ((1 - share) / scaling.factor + share));
    }
    return factors;
}

/// Typed access to the keys of one architecture.
class ArchitectureKeys
{
public:
    ArchitectureKeys(const io::GgufFile &file, std::string architecture)
        : m_file(file)
        , m_prefix(std::move(architecture) + ".")
    {
    }

    std::optional<std::int64_t> integer(std::string_view key) const
    {
        return m_file.integer(m_prefix + std::string(key));
    }
    std::int64_t required(std::string_view key) const
    {
        const std::optional<std::int64_t> value = integer(key);
        if (!value) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the key \"%2\" is missing; the file does not say what its "
                                    "model looks like."),
                        m_file.path(), m_prefix + std::string(key));
        }
        return *value;
    }
    std::optional<double> real(std::string_view key) const
    {
        return m_file.real(m_prefix + std::string(key));
    }
    std::optional<std::string> text(std::string_view key) const
    {
        return m_file.text(m_prefix + std::string(key));
    }

private:
    const io::GgufFile &m_file;
    std::string m_prefix;
};

[[noreturn]] void failScaling(const io::GgufFile &file)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: the scaling of its rotary positions cannot be read (linear and "
                            "Llama 3's can); export the model from its original checkpoint."),
                file.path());
}

/// Files hold the factors, not the rule: found again by trying the one that Llama 3 models use.
Json scalingOfFactors(const io::GgufFile &file, const io::GgufTensor &tensor, const Json &config)
{
    constexpr double tolerance = 1e-3; // the file's F32, and rounding of whoever wrote them
    if (tensor.type->id != 0 || tensor.shape.size() != 1 || tensor.bytes > (1 << 20)) {
        failScaling(file);
    }
    std::vector<float> found(tensor.bytes / sizeof(float));
    file.read(tensor, std::as_writable_bytes(std::span(found)));
    const float factor = *std::max_element(found.begin(), found.end());
    const Json scaling = {{"rope_type", "llama3"},
                          {"factor", static_cast<double>(factor)},
                          {"low_freq_factor", 1.0},
                          {"high_freq_factor", 4.0},
                          {"original_max_position_embeddings", 8192}};
    Json tried = config;
    tried["rope_scaling"] = scaling;
    const std::vector<double> expected
        = llama3Factors(LlamaConfig::read(tried, file.path().string()));
    const bool isSame = expected.size() == found.size()
        && std::equal(found.begin(), found.end(), expected.begin(), [&](float a, double b) {
                            return std::abs(static_cast<double>(a) - b) <= tolerance * b;
                        });
    if (!isSame) {
        failScaling(file);
    }
    return scaling;
}

void readScaling(const io::GgufFile &file, const ArchitectureKeys &keys, Json &config)
{
    const std::string type = keys.text("rope.scaling.type").value_or("none");
    if (type == "linear") {
        config["rope_scaling"]
            = {{"rope_type", "linear"}, {"factor", keys.real("rope.scaling.factor").value_or(1)}};
    } else if (type != "none") {
        failScaling(file);
    }
    if (const io::GgufTensor *factors = file.find(factorsName)) {
        config["rope_scaling"] = scalingOfFactors(file, *factors, config);
    }
}

/// The vocabulary's size: the embedding has as many rows.
std::int64_t vocabularySize(const io::GgufFile &file)
{
    const io::GgufTensor *embedding = file.find("token_embd.weight");
    return embedding != nullptr && embedding->shape.size() == 2 ? embedding->shape[0] : 0;
}

Json configOfKeys(const io::GgufFile &file, const std::string &architecture)
{
    const ArchitectureKeys keys(file, architecture);
    Json config;
    const std::int64_t heads = keys.required("attention.head_count");
    const std::int64_t hidden = keys.required("embedding_length");
    config["model_type"] = architecture;
    config["hidden_size"] = hidden;
    config["intermediate_size"] = keys.required("feed_forward_length");
    config["num_hidden_layers"] = keys.required("block_count");
    config["num_attention_heads"] = heads;
    config["num_key_value_heads"] = keys.integer("attention.head_count_kv").value_or(heads);
    config["head_dim"]
        = keys.integer("attention.key_length").value_or(heads > 0 ? hidden / heads : 0);
    config["max_position_embeddings"] = keys.integer("context_length").value_or(2048);
    config["rms_norm_eps"] = keys.real("attention.layer_norm_rms_epsilon").value_or(1e-6);
    config["rope_theta"] = keys.real("rope.freq_base").value_or(10000);
    config["vocab_size"] = keys.integer("vocab_size").value_or(vocabularySize(file));
    config["attention_bias"] = file.find("blk.0.attn_output.bias") != nullptr;
    config["mlp_bias"] = file.find("blk.0.ffn_down.bias") != nullptr;
    config["hidden_act"] = "silu";
    if (const auto window = keys.integer("attention.sliding_window");
        window && *window > 0 && architecture == "llama") {
        config["model_type"] = "mistral"; // the same tensors, and the only one of them that slides
        config["sliding_window"] = *window;
    }
    for (const auto &[key, gguf] : {std::pair{"bos_token_id", "tokenizer.ggml.bos_token_id"},
                                    std::pair{"eos_token_id", "tokenizer.ggml.eos_token_id"}}) {
        if (const std::optional<std::int64_t> id = file.integer(gguf)) {
            config[key] = *id;
        }
    }
    readScaling(file, keys, config);
    return config;
}

bool isLlamaGroup(std::string_view architecture)
{
    return architecture == "llama" || architecture == "qwen2" || architecture == "qwen3";
}

} // namespace

std::string ggufArchitecture(const Json &config, std::string_view where)
{
    const std::string type = config.value("model_type", "");
    const std::string architecture = type == "mistral" ? "llama" : type;
    if (!isLlamaGroup(architecture)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: models of the type \"%2\" cannot be written as GGUF; llama, "
                                "mistral, qwen2 and qwen3 can. Export to safetensors instead."),
                    where, type);
    }
    return architecture;
}

std::optional<std::string> ggufTensorName(std::string_view name) { return translated(name, true); }

std::optional<std::string> checkpointTensorName(std::string_view name)
{
    return translated(name, false);
}

bool isDerivedTensor(std::string_view name) { return name.ends_with("rotary_emb.inv_freq"); }

std::int64_t interleavedHeads(std::string_view architecture, const Json &config,
                              std::string_view name)
{
    if (architecture != "llama") {
        return 0;
    }
    const std::int64_t heads = config.value("num_attention_heads", std::int64_t{0});
    if (name.ends_with(".attn_q.weight") || name.ends_with(".attn_q.bias")) {
        return heads;
    }
    const bool isKey = name.ends_with(".attn_k.weight") || name.ends_with(".attn_k.bias");
    return isKey ? config.value("num_key_value_heads", heads) : 0;
}

std::int64_t interleavedRow(std::int64_t row, std::int64_t headSize)
{
    const std::int64_t inHead = row % headSize;
    const std::int64_t half = headSize / 2;
    return row - inHead + 2 * (inHead % half) + inHead / half;
}

io::GgufMetadata ggufModelMetadata(const Json &json, std::string_view name, std::string_view where)
{
    const std::string architecture = ggufArchitecture(json, where);
    const LlamaConfig config = LlamaConfig::read(json, where);
    const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const std::string prefix = architecture + ".";
    io::GgufMetadata metadata{
        {"general.architecture", architecture},
        {"general.name", std::string(name)},
        {prefix + "context_length", number(config.contextLength)},
        {prefix + "embedding_length", number(config.hiddenSize)},
        {prefix + "block_count", number(config.blocks)},
        {prefix + "feed_forward_length", number(config.intermediateSize)},
        {prefix + "attention.head_count", number(config.heads)},
        {prefix + "attention.head_count_kv", number(config.keyValueHeads)},
        {prefix + "attention.layer_norm_rms_epsilon", static_cast<float>(config.rmsNormEpsilon)},
        {prefix + "attention.key_length", number(config.headSize)},
        {prefix + "attention.value_length", number(config.headSize)},
        {prefix + "rope.freq_base", static_cast<float>(config.ropeTheta)},
        {prefix + "rope.dimension_count", number(config.headSize)},
        {prefix + "vocab_size", number(config.vocabularySize)}};
    if (config.ropeScaling.type == RopeScaling::Type::Linear) {
        metadata.emplace_back(prefix + "rope.scaling.type", std::string("linear"));
        metadata.emplace_back(prefix + "rope.scaling.factor",
                              static_cast<float>(config.ropeScaling.factor));
    }
    const std::int64_t window
        = *std::max_element(config.slidingWindow.begin(), config.slidingWindow.end());
    if (window > 0) {
        metadata.emplace_back(prefix + "attention.sliding_window", number(window));
    }
    Json kept = json;
    kept.erase("quantization_config"); // of the source: what is here is said by the tensors
    metadata.emplace_back(configKey, kept.dump());
    return metadata;
}

std::vector<float> ropeFactors(const Json &json, std::string_view where)
{
    const LlamaConfig config = LlamaConfig::read(json, where);
    if (config.ropeScaling.type != RopeScaling::Type::Llama3) {
        return {};
    }
    const std::vector<double> factors = llama3Factors(config);
    return {factors.begin(), factors.end()};
}

Json configOfGguf(const io::GgufFile &file)
{
    const std::string architecture = file.text("general.architecture").value_or("");
    if (!isLlamaGroup(architecture)) {
        return {{"model_type", architecture}};
    }
    const std::optional<std::string> kept = file.text(configKey);
    Json config = kept ? io::parseJson(*kept, file.path().string(), {maxConfigBytes})
                       : configOfKeys(file, architecture);
    if (!config.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the key \"%2\" holds no JSON object."), file.path(),
                    configKey);
    }
    config["tie_word_embeddings"] = file.find("output.weight") == nullptr;
    config.erase("quantization_config");
    return config;
}

} // namespace bitprism
