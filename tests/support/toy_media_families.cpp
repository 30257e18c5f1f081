// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/toy_media_families.h"

#include "core/base/random.h"
#include "core/families/clip_config.h"
#include "core/families/moonshine_config.h"
#include "core/families/whisper_config.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"

#include <cmath>
#include <fstream>
#include <numbers>

namespace bitprism::test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr double spread = 0.25; // attention far from uniform
constexpr int mediaVocabulary = 40;

/// Words apart by spaces; `begin` and `end` stand around a text, -1 for none.
std::string wordTokenizer(int begin, int end)
{
    json words = json::object();
    for (int id = 0; id < mediaVocabulary; ++id) {
        words[id == begin ? "<begin>" : id == end ? "<end>" : "w" + std::to_string(id)] = id;
    }
    const auto special = [](const char *name) {
        return json{{"SpecialToken", {{"id", name}, {"type_id", 0}}}};
    };
    const json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
    json added = json::array();
    json specials = json::object();
    for (const auto &[name, id] : {std::pair{"<begin>", begin}, std::pair{"<end>", end}}) {
        added.push_back({{"id", id},
                         {"content", name},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
        specials[name] = {{"id", name}, {"ids", {id}}, {"tokens", {name}}};
    }
    return json{{"version", "1.0"},
                {"truncation", nullptr},
                {"padding", nullptr},
                {"added_tokens", added},
                {"normalizer", nullptr},
                {"pre_tokenizer", {{"type", "Whitespace"}}},
                {"post_processor",
                 {{"type", "TemplateProcessing"},
                  {"single", {special("<begin>"), text, special("<end>")}},
                  {"pair", {special("<begin>"), text, special("<end>"), text}},
                  {"special_tokens", specials}}},
                {"decoder", nullptr},
                {"model", {{"type", "WordLevel"}, {"vocab", words}, {"unk_token", "w3"}}}}
        .dump();
}

std::vector<float> valuesOf(const TensorRule &rule, std::uint64_t seed)
{
    std::size_t count = 1;
    for (const std::int64_t size : rule.shape) {
        count *= static_cast<std::size_t>(size);
    }
    const bool isGain = rule.layer.empty() && rule.shape.size() == 1 && !rule.name.ends_with("bias")
        && !rule.name.ends_with("mean") && rule.name.find("class_embedding") == std::string::npos;
    Random random(seed, rule.name);
    std::vector<float> values(count);
    for (float &value : values) {
        value = static_cast<float>((isGain ? 1 : 0) + (isGain ? 0.1 : spread) * random.normal());
    }
    return values;
}

} // namespace

void writeToyTensors(const fs::path &folder, const json &config,
                     const std::vector<TensorRule> &rules, const std::set<std::string> &without,
                     std::uint64_t seed)
{
    fs::create_directories(folder);
    io::writeFileAtomically(folder / "config.json", config.dump(2));
    std::vector<io::TensorDeclaration> declarations;
    for (const TensorRule &rule : rules) {
        if (!without.contains(rule.name)) {
            declarations.push_back({rule.name, io::Dtype::F32, rule.shape});
        }
    }
    io::SafetensorsWriter writer(folder / "model.safetensors", declarations);
    for (const TensorRule &rule : rules) {
        if (!without.contains(rule.name)) {
            writer.writeFloats(valuesOf(rule, seed));
        }
    }
    writer.commit();
}

void writeToyTone(const fs::path &path, double hertz, std::uint32_t samples)
{
    std::ofstream file(path, std::ios::binary);
    const auto word = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            file.put(static_cast<char>(value >> (8 * i)));
        }
    };
    file << "RIFF";
    word(36 + 2 * samples, 4);
    file << "WAVEfmt ";
    word(16, 4);
    word(1, 2);
    word(1, 2);
    word(16000, 4);
    word(32000, 4);
    word(2, 2);
    word(16, 2);
    file << "data";
    word(2 * samples, 4);
    for (std::uint32_t i = 0; i < samples; ++i) {
        const double value = 8000 * std::sin(2 * std::numbers::pi * hertz * i / 16000);
        word(static_cast<std::uint32_t>(static_cast<std::int32_t>(value)), 2);
    }
}

json toyWhisperConfig()
{
    return {{"model_type", "whisper"},
            {"d_model", 16},
            {"encoder_layers", 2},
            {"encoder_attention_heads", 2},
            {"encoder_ffn_dim", 32},
            {"decoder_layers", 2},
            {"decoder_attention_heads", 2},
            {"decoder_ffn_dim", 32},
            {"num_mel_bins", 8},
            {"max_source_positions", 1500},
            {"max_target_positions", 24},
            {"vocab_size", mediaVocabulary},
            {"decoder_start_token_id", 39},
            {"eos_token_id", 38},
            {"activation_function", "gelu"}};
}

void writeToyWhisper(const fs::path &folder, const std::set<std::string> &without)
{
    const json config = toyWhisperConfig();
    writeToyTensors(folder, config, WhisperConfig::read(config, "toy").tensors(), without);
    io::writeFileAtomically(folder / "tokenizer.json", wordTokenizer(39, 38));
}

json toyMoonshineConfig()
{
    return {{"model_type", "moonshine"},        {"hidden_size", 24},
            {"intermediate_size", 32},          {"encoder_num_hidden_layers", 2},
            {"encoder_num_attention_heads", 2}, {"decoder_num_hidden_layers", 2},
            {"decoder_num_attention_heads", 2}, {"partial_rotary_factor", 0.9},
            {"max_position_embeddings", 32},    {"vocab_size", mediaVocabulary},
            {"decoder_start_token_id", 1},      {"eos_token_id", 2}};
}

void writeToyMoonshine(const fs::path &folder)
{
    const json config = toyMoonshineConfig();
    writeToyTensors(folder, config, MoonshineConfig::read(config, "toy").tensors());
    io::writeFileAtomically(folder / "tokenizer.json", wordTokenizer(1, 2));
}

json toyClipConfig()
{
    return {{"model_type", "clip"},
            {"projection_dim", 12},
            {"text_config",
             {{"vocab_size", mediaVocabulary},
              {"hidden_size", 16},
              {"intermediate_size", 32},
              {"num_hidden_layers", 2},
              {"num_attention_heads", 2},
              {"max_position_embeddings", 10},
              {"bos_token_id", 38},
              {"eos_token_id", 39}}},
            {"vision_config",
             {{"hidden_size", 24},
              {"intermediate_size", 48},
              {"num_hidden_layers", 2},
              {"num_attention_heads", 3},
              {"image_size", 12},
              {"patch_size", 4}}}};
}

void writeToyClip(const fs::path &folder, const std::string &patch)
{
    json config = toyClipConfig();
    config.merge_patch(json::parse(patch));
    writeToyTensors(folder, config, ClipConfig::read(config, "toy").tensors());
    io::writeFileAtomically(folder / "tokenizer.json", wordTokenizer(38, 39));
}

json toyClipResNetConfig()
{
    json config = toyClipConfig();
    config["vision_config"] = {{"layers", {1, 2, 1, 1}}, {"width", 4}, {"image_size", 64}};
    return config;
}

void writeToyClipResNet(const fs::path &folder)
{
    const json config = toyClipResNetConfig();
    writeToyTensors(folder, config, ClipConfig::read(config, "toy").tensors());
    io::writeFileAtomically(folder / "tokenizer.json", wordTokenizer(38, 39));
}

} // namespace bitprism::test
