// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/toy_checkpoint.h"

#include "core/base/random.h"
#include "core/base/utf8.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace bitprism::test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::vector<io::TensorDeclaration> tensorsOf(const ToyLlama &toy)
{
    const std::int64_t queryRows = toy.heads * toy.headSize;
    const std::int64_t valueRows = toy.keyValueHeads * toy.headSize;
    std::vector<io::TensorDeclaration> list;
    const auto add = [&](const std::string &name, std::vector<std::int64_t> shape) {
        list.push_back({name, toy.dtype, std::move(shape)});
    };
    const auto addLinear
        = [&](const std::string &name, std::int64_t rows, std::int64_t cols, bool hasBias) {
              add(name + ".weight", {rows, cols});
              if (hasBias) {
                  add(name + ".bias", {rows});
              }
          };
    const bool qkvBias = toy.attentionBias || toy.modelType == "qwen2";
    add("model.embed_tokens.weight", {toy.vocabulary, toy.hidden});
    for (int block = 0; block < toy.blocks; ++block) {
        const std::string prefix = "model.layers." + std::to_string(block) + ".";
        add(prefix + "input_layernorm.weight", {toy.hidden});
        addLinear(prefix + "self_attn.q_proj", queryRows, toy.hidden, qkvBias);
        addLinear(prefix + "self_attn.k_proj", valueRows, toy.hidden, qkvBias);
        addLinear(prefix + "self_attn.v_proj", valueRows, toy.hidden, qkvBias);
        addLinear(prefix + "self_attn.o_proj", toy.hidden, queryRows, toy.attentionBias);
        if (toy.modelType == "qwen3") {
            add(prefix + "self_attn.q_norm.weight", {toy.headSize});
            add(prefix + "self_attn.k_norm.weight", {toy.headSize});
        }
        add(prefix + "post_attention_layernorm.weight", {toy.hidden});
        addLinear(prefix + "mlp.gate_proj", toy.intermediate, toy.hidden, toy.mlpBias);
        addLinear(prefix + "mlp.up_proj", toy.intermediate, toy.hidden, toy.mlpBias);
        addLinear(prefix + "mlp.down_proj", toy.hidden, toy.intermediate, toy.mlpBias);
    }
    add("model.norm.weight", {toy.hidden});
    if (!toy.tiedHead) {
        add("lm_head.weight", {toy.vocabulary, toy.hidden});
    }
    return list;
}

json configOf(const ToyLlama &toy)
{
    json config = {{"architectures", {"LlamaForCausalLM"}},
                   {"model_type", toy.modelType},
                   {"hidden_size", toy.hidden},
                   {"intermediate_size", toy.intermediate},
                   {"num_hidden_layers", toy.blocks},
                   {"num_attention_heads", toy.heads},
                   {"num_key_value_heads", toy.keyValueHeads},
                   {"head_dim", toy.headSize},
                   {"vocab_size", toy.vocabulary},
                   {"max_position_embeddings", toy.context},
                   {"rms_norm_eps", 1e-5},
                   {"rope_theta", 10000.0},
                   {"hidden_act", "silu"},
                   {"tie_word_embeddings", toy.tiedHead},
                   {"attention_bias", toy.attentionBias},
                   {"mlp_bias", toy.mlpBias},
                   {"bos_token_id", 0},
                   {"eos_token_id", 1}};
    config.merge_patch(json::parse(toy.extraConfig));
    return config;
}

std::size_t elementsOf(const io::TensorDeclaration &tensor)
{
    std::size_t count = 1;
    for (const std::int64_t dimension : tensor.shape) {
        count *= static_cast<std::size_t>(dimension);
    }
    return count;
}

/// Norms near one, biases and weights near zero; each tensor has its own stream, so that a change
/// of options leaves the other tensors as they are.
std::vector<float> valuesOf(const io::TensorDeclaration &tensor, const ToyLlama &toy)
{
    Random random(toy.seed, tensor.name);
    const double centre = tensor.name.find("norm") != std::string::npos ? 1 : 0;
    std::vector<float> values(elementsOf(tensor));
    for (float &value : values) {
        value = static_cast<float>(centre + toy.spread * random.normal());
    }
    return values;
}

std::string shardName(int shard, int shards)
{
    char name[64];
    std::snprintf(name, sizeof name, "model-%05d-of-%05d.safetensors", shard + 1, shards);
    return shards == 1 ? "model.safetensors" : name;
}

/// The tensors of one shard: a contiguous part of the list.
std::vector<io::TensorDeclaration> shardOf(const std::vector<io::TensorDeclaration> &all, int shard,
                                           int shards)
{
    const std::size_t begin = all.size() * shard / shards;
    const std::size_t end = all.size() * (shard + 1) / shards;
    return {all.begin() + static_cast<std::ptrdiff_t>(begin),
            all.begin() + static_cast<std::ptrdiff_t>(end)};
}

void writeIndex(const fs::path &folder, const std::vector<io::TensorDeclaration> &all, int shards)
{
    if (shards == 1) {
        return;
    }
    json map = json::object();
    std::size_t bytes = 0;
    for (int shard = 0; shard < shards; ++shard) {
        for (const io::TensorDeclaration &tensor : shardOf(all, shard, shards)) {
            map[tensor.name] = shardName(shard, shards);
            bytes += elementsOf(tensor) * io::dtypeBytes(tensor.dtype);
        }
    }
    const json index = {{"metadata", {{"total_size", bytes}}}, {"weight_map", map}};
    io::writeFileAtomically(folder / "model.safetensors.index.json", index.dump());
}

/// GPT-2's printable stand-in for a byte.
std::string byteCharacter(int byte)
{
    const auto isPrintable
        = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
    int codePoint = byte;
    if (!isPrintable(byte)) {
        codePoint = 256;
        for (int other = 0; other < byte; ++other) {
            codePoint += isPrintable(other) ? 0 : 1;
        }
    }
    std::string text;
    appendUtf8(text, static_cast<char32_t>(codePoint));
    return text;
}

json addedToken(int id, const char *content)
{
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

/// The bytes behind two marks; ids up to `size` are of tokens that no text holds.
json byteTokenizer(std::int64_t size = 258)
{
    json vocabulary = {{"<s>", 0}, {"</s>", 1}};
    for (std::int64_t id = 258; id < size; ++id) {
        vocabulary["<unused" + std::to_string(id) + ">"] = id;
    }
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary[byteCharacter(byte)] = byte + 2;
    }
    const json bos = {{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
    const json first = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
    const json second = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
    const json byteLevel = {{"type", "ByteLevel"},
                            {"add_prefix_space", false},
                            {"trim_offsets", true},
                            {"use_regex", true}};
    return {{"version", "1.0"},
            {"truncation", nullptr},
            {"padding", nullptr},
            {"added_tokens", {addedToken(0, "<s>"), addedToken(1, "</s>")}},
            {"normalizer", nullptr},
            {"pre_tokenizer", byteLevel},
            {"post_processor",
             {{"type", "TemplateProcessing"},
              {"single", {bos, first}},
              {"pair", {bos, first, second}},
              {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {0}}, {"tokens", {"<s>"}}}}}}}},
            {"decoder", byteLevel},
            {"model",
             {{"type", "BPE"},
              {"dropout", nullptr},
              {"unk_token", nullptr},
              {"continuing_subword_prefix", nullptr},
              {"end_of_word_suffix", nullptr},
              {"fuse_unk", false},
              {"byte_fallback", false},
              {"vocab", vocabulary},
              {"merges", json::array()}}}};
}

} // namespace

void writeToyLlama(const fs::path &folder, const ToyLlama &toy)
{
    fs::create_directories(folder);
    io::writeFileAtomically(folder / "config.json", configOf(toy).dump(2));
    const std::vector<io::TensorDeclaration> all = tensorsOf(toy);
    for (int shard = 0; shard < toy.shards; ++shard) {
        const std::vector<io::TensorDeclaration> part = shardOf(all, shard, toy.shards);
        io::SafetensorsWriter writer(folder / shardName(shard, toy.shards), part);
        for (const io::TensorDeclaration &tensor : part) {
            writer.writeFloats(valuesOf(tensor, toy));
        }
        writer.commit();
    }
    writeIndex(folder, all, toy.shards);
    if (toy.hasTokenizer) {
        io::writeFileAtomically(folder / "tokenizer.json", byteTokenizer().dump());
    }
}

void writeSparse7B(const fs::path &folder, int shards)
{
    ToyLlama shape;
    shape.hidden = 4096;
    shape.intermediate = 11008;
    shape.blocks = 32;
    shape.heads = 32;
    shape.keyValueHeads = 32;
    shape.headSize = 128;
    shape.vocabulary = 32000;
    shape.context = 4096;
    shape.dtype = io::Dtype::BF16;
    fs::create_directories(folder);
    io::writeFileAtomically(folder / "config.json", configOf(shape).dump(2));
    io::writeFileAtomically(folder / "tokenizer.json", byteTokenizer(shape.vocabulary).dump());
    const std::vector<io::TensorDeclaration> all = tensorsOf(shape);
    for (int shard = 0; shard < shards; ++shard) {
        const fs::path path = folder / shardName(shard, shards);
        const std::string header = io::safetensorsHeader(shardOf(all, shard, shards), {});
        std::uint64_t bytes = header.size();
        for (const io::TensorDeclaration &tensor : shardOf(all, shard, shards)) {
            bytes += elementsOf(tensor) * io::dtypeBytes(tensor.dtype);
        }
        io::writeFileAtomically(path, header);
        fs::resize_file(path, bytes); // grown, not written: the data are holes that read as zeros
    }
    writeIndex(folder, all, shards);
}

} // namespace bitprism::test
