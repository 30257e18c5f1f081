// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_model.h"

#include "core/base/error.h"
#include "core/families/decoder_layout.h"
#include "core/families/llama_config.h"
#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitprism {

namespace {

constexpr std::string_view gpt2 = "gpt2";
constexpr std::string_view gpt2Activation = "gelu_new"; ///< the only one that its readers run
constexpr const char *configKey = "bitprism.config";
constexpr const char *factorsName = "rope_freqs.weight";
constexpr std::size_t maxConfigBytes = std::size_t{16} << 20;

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
    std::int64_t required(std::string_view key) const { return given(integer(key), key); }
    double requiredReal(std::string_view key) const { return given(real(key), key); }
    std::optional<double> real(std::string_view key) const
    {
        return m_file.real(m_prefix + std::string(key));
    }
    std::optional<std::string> text(std::string_view key) const
    {
        return m_file.text(m_prefix + std::string(key));
    }

private:
    template <typename T> T given(const std::optional<T> &value, std::string_view key) const
    {
        if (!value) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the key \"%2\" is missing; the file does not say what its "
                                    "model looks like."),
                        m_file.path(), m_prefix + std::string(key));
        }
        return *value;
    }

    const io::GgufFile &m_file;
    std::string m_prefix;
};

[[noreturn]] void failScaling(const io::GgufFile &file)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: its rotary positions cannot be read (whole heads, plain or with "
                            "linear or Llama 3's scaling, can); export the model from its original "
                            "checkpoint."),
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
    Json scaling = {{"rope_type", "llama3"},
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

void addSpecialTokens(const io::GgufFile &file, Json &config)
{
    for (const auto &[key, gguf] : {std::pair{"bos_token_id", "tokenizer.ggml.bos_token_id"},
                                    std::pair{"eos_token_id", "tokenizer.ggml.eos_token_id"}}) {
        if (const std::optional<std::int64_t> id = file.integer(gguf)) {
            config[key] = *id;
        }
    }
}

Json configOfLlamaKeys(const io::GgufFile &file, const std::string &architecture)
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
    config["max_position_embeddings"] = keys.required("context_length");
    config["rms_norm_eps"] = keys.requiredReal("attention.layer_norm_rms_epsilon");
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
    if (keys.integer("rope.dimension_count").value_or(config["head_dim"]) != config["head_dim"]) {
        failScaling(file);
    }
    addSpecialTokens(file, config);
    readScaling(file, keys, config);
    return config;
}

Json configOfGpt2Keys(const io::GgufFile &file)
{
    const ArchitectureKeys keys(file, std::string(gpt2));
    Json config{{"model_type", gpt2},
                {"activation_function", gpt2Activation},
                {"n_embd", keys.required("embedding_length")},
                {"n_layer", keys.required("block_count")},
                {"n_head", keys.required("attention.head_count")},
                {"n_positions", keys.required("context_length")},
                {"n_inner", keys.required("feed_forward_length")},
                {"layer_norm_epsilon", keys.real("attention.layer_norm_epsilon").value_or(1e-5)},
                {"vocab_size", keys.integer("vocab_size").value_or(vocabularySize(file))}};
    addSpecialTokens(file, config);
    return config;
}

std::uint32_t keyNumber(std::int64_t value) { return static_cast<std::uint32_t>(value); }

void addLlamaKeys(const Json &json, const std::string &architecture, std::string_view where,
                  io::GgufMetadata &metadata)
{
    const LlamaConfig config = LlamaConfig::read(json, where);
    const std::string prefix = architecture + ".";
    const auto add
        = [&](const char *key, auto value) { metadata.emplace_back(prefix + key, value); };
    add("context_length", keyNumber(config.contextLength));
    add("embedding_length", keyNumber(config.hiddenSize));
    add("block_count", keyNumber(config.blocks));
    add("feed_forward_length", keyNumber(config.intermediateSize));
    add("attention.head_count", keyNumber(config.heads));
    add("attention.head_count_kv", keyNumber(config.keyValueHeads));
    add("attention.layer_norm_rms_epsilon", static_cast<float>(config.rmsNormEpsilon));
    add("attention.key_length", keyNumber(config.headSize));
    add("attention.value_length", keyNumber(config.headSize));
    add("rope.freq_base", static_cast<float>(config.ropeTheta));
    add("rope.dimension_count", keyNumber(config.headSize));
    add("vocab_size", keyNumber(config.vocabularySize));
    if (config.ropeScaling.type == RopeScaling::Type::Linear) {
        add("rope.scaling.type", std::string("linear"));
        add("rope.scaling.factor", static_cast<float>(config.ropeScaling.factor));
    }
    const std::int64_t window
        = *std::max_element(config.slidingWindow.begin(), config.slidingWindow.end());
    if (window > 0) {
        add("attention.sliding_window", keyNumber(window));
    }
}

void addGpt2Keys(const Json &json, std::string_view where, io::GgufMetadata &metadata)
{
    const DecoderLayout layout = gpt2Layout(json, std::string(where), nullptr, {});
    if (layout.activation != gpt2Activation) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: GGUF's gpt2 has the activation %2 only, not %3; export to "
                                "safetensors instead."),
                    where, gpt2Activation, layout.activation);
    }
    const auto add = [&](const char *key, auto value) {
        metadata.emplace_back(std::string(gpt2) + "." + key, value);
    };
    add("context_length", keyNumber(layout.contextLength));
    add("embedding_length", keyNumber(layout.hiddenSize));
    add("block_count", keyNumber(layout.blocks));
    add("feed_forward_length", keyNumber(layout.intermediateSize));
    add("attention.head_count", keyNumber(layout.heads));
    add("attention.layer_norm_epsilon", static_cast<float>(layout.normEpsilon));
    add("vocab_size", keyNumber(layout.vocabularySize));
}

void addArchitectureKeys(const Json &json, const std::string &architecture, std::string_view where,
                         io::GgufMetadata &metadata)
{
    if (architecture == gpt2) {
        addGpt2Keys(json, where, metadata);
    } else {
        addLlamaKeys(json, architecture, where, metadata);
    }
}

/// Other programs read the format's own keys: a file whose keys tell of another model than the
/// config that it keeps for us would be judged as one model and run as the other.
void requireKeysAgree(const io::GgufFile &file, const Json &kept, const std::string &architecture)
{
    const std::string architectureKey = "general.architecture";
    io::GgufMetadata expected{
        {architectureKey, ggufArchitecture(kept, file.path().string() + ": " + configKey)}};
    addArchitectureKeys(kept, architecture, file.path().string(), expected);
    const std::string scaling = architecture + ".rope.scaling.type";
    const auto hasScaling = [&](const auto &entry) { return entry.first == scaling; };
    if (std::none_of(expected.begin(), expected.end(), hasScaling)) {
        expected.emplace_back(scaling, std::string("none"));
    }
    for (const auto &[key, value] : expected) {
        const bool isText = std::holds_alternative<std::string>(value);
        const auto *number = std::get_if<std::uint32_t>(&value);
        const bool agrees = file.value(key) == nullptr
            || (isText ? *file.text(key) == std::get<std::string>(value)
                       : *file.real(key)
                        == (number != nullptr ? static_cast<double>(*number)
                                              : static_cast<double>(std::get<float>(value))));
        if (!agrees) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the key \"%2\" contradicts the key \"%3\"; the file was "
                                    "changed or damaged, export it again."),
                        file.path(), key, configKey);
        }
    }
}

bool isLlamaGroup(std::string_view architecture)
{
    return architecture == "llama" || architecture == "qwen2" || architecture == "qwen3";
}

} // namespace

std::string ggufArchitecture(const Json &config, std::string_view where)
{
    const std::string type = ConfigReader(config, std::string(where)).text("model_type", "");
    std::string architecture = type == "mistral" ? "llama" : type;
    if (!isLlamaGroup(architecture) && architecture != gpt2) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: models of the type \"%2\" cannot be written as GGUF; llama, "
                                "mistral, qwen2, qwen3 and gpt2 can. Export to safetensors "
                                "instead."),
                    where, type);
    }
    return architecture;
}

std::int64_t interleavedHeads(std::string_view architecture, const ConfigReader &config,
                              std::string_view name)
{
    constexpr std::int64_t most = 1 << 20;
    if (architecture != "llama") {
        return 0;
    }
    const std::int64_t heads = config.integer("num_attention_heads", 0, most, 0);
    if (name.ends_with(".attn_q.weight") || name.ends_with(".attn_q.bias")) {
        return heads;
    }
    const bool isKey = name.ends_with(".attn_k.weight") || name.ends_with(".attn_k.bias");
    return isKey ? config.integer("num_key_value_heads", 0, most, heads) : 0;
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
    io::GgufMetadata metadata{{"general.architecture", architecture},
                              {"general.name", std::string(name)}};
    addArchitectureKeys(json, architecture, where, metadata);
    Json kept = json;
    kept.erase("quantization_config"); // of the source: what is here is said by the tensors
    metadata.emplace_back(configKey, kept.dump());
    return metadata;
}

std::vector<float> ropeFactors(const Json &json, std::string_view where)
{
    if (!isLlamaGroup(ggufArchitecture(json, where))) {
        return {};
    }
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
    if (!isLlamaGroup(architecture) && architecture != gpt2) {
        return {{"model_type", architecture}};
    }
    const std::optional<std::string> kept = file.text(configKey);
    Json config = kept         ? io::parseJson(*kept, file.path().string(), {maxConfigBytes})
        : architecture == gpt2 ? configOfGpt2Keys(file)
                               : configOfLlamaKeys(file, architecture);
    if (!config.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the key \"%2\" holds no JSON object."), file.path(),
                    configKey);
    }
    if (kept) {
        requireKeysAgree(file, config, architecture);
    }
    config["tie_word_embeddings"] = file.find("output.weight") == nullptr;
    config.erase("quantization_config");
    return config;
}

} // namespace bitprism
