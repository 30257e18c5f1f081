// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/toy_families.h"

#include "core/base/random.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

namespace bitprism::test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::int64_t hidden = 16;
constexpr std::int64_t inner = 24;
constexpr std::int64_t vocabulary = 80;
constexpr std::int64_t context = 40;
constexpr std::int64_t embedding = 8; // albert's
constexpr int blocks = 2;

/// The list of tensors, in the shapes of the file.
class TensorList
{
public:
    std::vector<io::TensorDeclaration> list;

    void add(const std::string &name, std::vector<std::int64_t> shape)
    {
        list.push_back({name, io::Dtype::F32, std::move(shape)});
    }
    void linear(const std::string &name, std::int64_t rows, std::int64_t cols)
    {
        add(name + ".weight", {rows, cols});
        add(name + ".bias", {rows});
    }
    void transposed(const std::string &name, std::int64_t rows, std::int64_t cols)
    {
        add(name + ".weight", {cols, rows});
        add(name + ".bias", {rows});
    }
    void norm(const std::string &name, std::int64_t size = hidden)
    {
        add(name + ".weight", {size});
        add(name + ".bias", {size});
    }
};

json gpt2(TensorList &t)
{
    t.add("transformer.wte.weight", {vocabulary, hidden});
    t.add("transformer.wpe.weight", {context, hidden});
    for (int i = 0; i < blocks; ++i) {
        const std::string block = "transformer.h." + std::to_string(i) + ".";
        t.norm(block + "ln_1");
        t.transposed(block + "attn.c_attn", 3 * hidden, hidden);
        t.transposed(block + "attn.c_proj", hidden, hidden);
        t.norm(block + "ln_2");
        t.transposed(block + "mlp.c_fc", inner, hidden);
        t.transposed(block + "mlp.c_proj", hidden, inner);
    }
    t.norm("transformer.ln_f");
    return {{"n_embd", hidden}, {"n_inner", inner},       {"n_layer", blocks},
            {"n_head", 2},      {"n_positions", context}, {"activation_function", "gelu_new"}};
}

json opt(TensorList &t, bool isPostNorm)
{
    const std::string top = "model.decoder.";
    t.add(top + "embed_tokens.weight", {vocabulary, isPostNorm ? embedding : hidden});
    t.add(top + "embed_positions.weight", {context + 2, hidden});
    if (isPostNorm) {
        t.add(top + "project_in.weight", {hidden, embedding});
        t.add(top + "project_out.weight", {embedding, hidden});
    }
    for (int i = 0; i < blocks; ++i) {
        const std::string block = top + "layers." + std::to_string(i) + ".";
        for (const char *name : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
            t.linear(block + "self_attn." + name, hidden, hidden);
        }
        t.norm(block + "self_attn_layer_norm");
        t.linear(block + "fc1", inner, hidden);
        t.linear(block + "fc2", hidden, inner);
        t.norm(block + "final_layer_norm");
    }
    if (!isPostNorm) {
        t.norm(top + "final_layer_norm");
    }
    return {{"hidden_size", hidden},
            {"ffn_dim", inner},
            {"num_hidden_layers", blocks},
            {"num_attention_heads", 2},
            {"max_position_embeddings", context},
            {"word_embed_proj_dim", isPostNorm ? embedding : hidden},
            {"do_layer_norm_before", !isPostNorm},
            {"activation_function", "relu"}};
}

json encoderConfig(std::int64_t positions)
{
    return {{"hidden_size", hidden},
            {"intermediate_size", inner},
            {"num_hidden_layers", blocks},
            {"num_attention_heads", 2},
            {"max_position_embeddings", positions},
            {"type_vocab_size", 2},
            {"hidden_act", "gelu"},
            {"layer_norm_eps", 1e-5},
            {"pad_token_id", 0},
            {"id2label", {{"0", "no"}, {"1", "maybe"}, {"2", "yes"}}}};
}

json bert(TensorList &t, const std::string &top, bool classifies)
{
    const bool isRoberta = top == "roberta.";
    t.add(top + "embeddings.word_embeddings.weight", {vocabulary, hidden});
    t.add(top + "embeddings.position_embeddings.weight", {context + (isRoberta ? 1 : 0), hidden});
    t.add(top + "embeddings.token_type_embeddings.weight", {2, hidden});
    t.norm(top + "embeddings.LayerNorm");
    for (int i = 0; i < blocks; ++i) {
        const std::string block = top + "encoder.layer." + std::to_string(i) + ".";
        for (const char *name : {"query", "key", "value"}) {
            t.linear(block + "attention.self." + name, hidden, hidden);
        }
        t.linear(block + "attention.output.dense", hidden, hidden);
        t.norm(block + "attention.output.LayerNorm");
        t.linear(block + "intermediate.dense", inner, hidden);
        t.linear(block + "output.dense", hidden, inner);
        t.norm(block + "output.LayerNorm");
    }
    if (classifies) {
        t.linear(isRoberta ? "classifier.dense" : top + "pooler.dense", hidden, hidden);
        t.linear(isRoberta ? "classifier.out_proj" : "classifier", 3, hidden);
    } else if (isRoberta) {
        t.linear("lm_head.dense", hidden, hidden);
        t.norm("lm_head.layer_norm");
        t.add("lm_head.bias", {vocabulary});
    } else {
        t.linear("cls.predictions.transform.dense", hidden, hidden);
        t.norm("cls.predictions.transform.LayerNorm");
        t.add("cls.predictions.bias", {vocabulary});
    }
    return encoderConfig(context + (isRoberta ? 1 : 0));
}

json albert(TensorList &t, bool classifies)
{
    const std::string top = "albert.";
    const std::string layer = top + "encoder.albert_layer_groups.0.albert_layers.0.";
    t.add(top + "embeddings.word_embeddings.weight", {vocabulary, embedding});
    t.add(top + "embeddings.position_embeddings.weight", {context, embedding});
    t.add(top + "embeddings.token_type_embeddings.weight", {2, embedding});
    t.norm(top + "embeddings.LayerNorm", embedding);
    t.linear(top + "encoder.embedding_hidden_mapping_in", hidden, embedding);
    for (const char *name : {"query", "key", "value", "dense"}) {
        t.linear(layer + "attention." + name, hidden, hidden);
    }
    t.norm(layer + "attention.LayerNorm");
    t.linear(layer + "ffn", inner, hidden);
    t.linear(layer + "ffn_output", hidden, inner);
    t.norm(layer + "full_layer_layer_norm");
    if (classifies) {
        t.linear(top + "pooler", hidden, hidden);
        t.linear("classifier", 3, hidden);
    } else {
        t.linear("predictions.dense", embedding, hidden);
        t.norm("predictions.LayerNorm", embedding);
        t.add("predictions.bias", {vocabulary});
    }
    json config = encoderConfig(context);
    config["embedding_size"] = embedding;
    config["num_hidden_groups"] = 1;
    return config;
}

json llada(TensorList &t)
{
    const std::string top = "model.transformer.";
    t.add(top + "wte.weight", {vocabulary, hidden});
    for (int i = 0; i < blocks; ++i) {
        const std::string block = top + "blocks." + std::to_string(i) + ".";
        t.add(block + "attn_norm.weight", {hidden});
        for (const char *name : {"q_proj", "k_proj", "v_proj", "attn_out"}) {
            t.add(block + name + ".weight", {hidden, hidden});
        }
        t.add(block + "ff_norm.weight", {hidden});
        t.add(block + "ff_proj.weight", {inner, hidden});
        t.add(block + "up_proj.weight", {inner, hidden});
        t.add(block + "ff_out.weight", {hidden, inner});
    }
    t.add(top + "ln_f.weight", {hidden});
    t.add(top + "ff_out.weight", {vocabulary, hidden});
    return {{"d_model", hidden},
            {"n_layers", blocks},
            {"n_heads", 2},
            {"n_kv_heads", nullptr},
            {"mlp_hidden_size", inner},
            {"embedding_size", vocabulary},
            {"max_sequence_length", context},
            {"rms_norm_eps", 1e-5},
            {"rope_theta", 10000.0},
            {"mask_token_id", 4},
            {"weight_tying", false}};
}

json describe(const ToyFamily &toy, TensorList &t)
{
    if (toy.modelType == "gpt2") {
        return gpt2(t);
    }
    if (toy.modelType == "opt") {
        return opt(t, json::parse(toy.extraConfig).value("do_layer_norm_before", true) == false);
    }
    if (toy.modelType == "albert") {
        return albert(t, toy.classifies);
    }
    if (toy.modelType == "llada") {
        return llada(t);
    }
    return bert(t, toy.modelType + ".", toy.classifies);
}

std::string vocabularyFile()
{
    std::string text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (char c = 'a'; c <= 'z'; ++c) {
        text += std::string(1, c) + "\n##" + std::string(1, c) + "\n";
    }
    for (char c = '0'; c <= '9'; ++c) {
        text += std::string(1, c) + "\n";
    }
    text += ".\n,\n";
    for (int i = 0; i < 11; ++i) { // 5 + 52 + 10 + 2 + 11 = the model's 80 tokens
        text += "[unused" + std::to_string(i) + "]\n";
    }
    return text;
}

} // namespace

void writeToyFamily(const fs::path &folder, const ToyFamily &toy)
{
    fs::create_directories(folder);
    TensorList tensors;
    json config = describe(toy, tensors);
    config["model_type"] = toy.modelType;
    config["vocab_size"] = vocabulary;
    config.merge_patch(json::parse(toy.extraConfig));
    io::writeFileAtomically(folder / "config.json", config.dump(2));
    std::vector<io::TensorDeclaration> kept;
    for (const io::TensorDeclaration &tensor : tensors.list) {
        if (!toy.without.contains(tensor.name)) {
            kept.push_back(tensor);
        }
    }
    io::SafetensorsWriter writer(folder / "model.safetensors", kept);
    for (const io::TensorDeclaration &tensor : kept) {
        Random random(toy.seed, tensor.name);
        std::size_t count = 1;
        for (const std::int64_t size : tensor.shape) {
            count *= static_cast<std::size_t>(size);
        }
        const bool isScale = tensor.shape.size() == 1 && tensor.name.ends_with(".weight");
        std::vector<float> values(count);
        for (float &value : values) {
            value = static_cast<float>((isScale ? 1 : 0) + toy.spread * random.normal());
        }
        writer.writeFloats(values);
    }
    writer.commit();
    if (toy.hasTokenizer) {
        io::writeFileAtomically(folder / "vocab.txt", vocabularyFile());
    }
}

} // namespace bitprism::test
