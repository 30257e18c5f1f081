// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"
#include "core/export/exporter.h"
#include "core/export/importance.h"
#include "core/io/safetensors.h"
#include "core/recipe/recipe.h"
#include "core/store/experiment_store.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

/// Writes the first inputs of every fuzz target into FOLDER/NAME, and the words of their JSON into
/// FOLDER/NAME.dict: sound files, from which the fuzzer finds the damaged ones.
namespace bitprism::fuzz {

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream stream;
    stream << file.rdbuf();
    return stream.str();
}

void collectWords(const Json &json, std::set<std::string> &words)
{
    if (json.is_string()) {
        words.insert(json.get<std::string>());
    }
    if (json.is_object()) {
        for (const auto &[key, value] : json.items()) {
            words.insert(key);
            collectWords(value, words);
        }
    }
    if (json.is_array()) {
        for (const Json &value : json) {
            collectWords(value, words);
        }
    }
}

class SeedWriter
{
public:
    SeedWriter(fs::path folder, std::string name)
        : m_folder(std::move(folder))
        , m_name(std::move(name))
    {
        fs::create_directories(m_folder / m_name);
    }
    ~SeedWriter()
    {
        std::ofstream file(m_folder / (m_name + ".dict"));
        for (const std::string &word : m_words) {
            const bool isPlain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
                return c > ' ' && c < 0x7F && c != '"' && c != '\\';
            });
            if (!word.empty() && word.size() < 40 && isPlain) {
                file << "\"\\\"" << word << "\\\"\"\n";
            }
        }
    }
    SeedWriter(const SeedWriter &) = delete;
    SeedWriter &operator=(const SeedWriter &) = delete;

    void add(const std::string &bytes)
    {
        std::ofstream(m_folder / m_name / std::to_string(m_count++), std::ios::binary) << bytes;
    }
    void add(const Json &json, const std::string &tail = {})
    {
        collectWords(json, m_words);
        add(json.dump() + tail);
    }

private:
    fs::path m_folder;
    std::string m_name;
    std::set<std::string> m_words;
    int m_count = 0;
};

test::ToyLlama tinyToy()
{
    test::ToyLlama toy;
    toy.hidden = 8;
    toy.intermediate = 8;
    toy.heads = 2;
    toy.keyValueHeads = 1;
    toy.headSize = 4;
    toy.blocks = 1;
    toy.vocabulary = 16;
    return toy;
}

void writeCheckpointSeeds(const fs::path &folder)
{
    const fs::path work = folder / "work";
    SeedWriter files(folder, "safetensors");
    SeedWriter indices(folder, "checkpoint");
    SeedWriter configs(folder, "config");
    for (const io::Dtype dtype : {io::Dtype::F32, io::Dtype::F16, io::Dtype::BF16}) {
        fs::remove_all(work);
        test::ToyLlama toy = tinyToy();
        toy.dtype = dtype;
        toy.shards = 2;
        test::writeToyLlama(work, toy);
        for (const fs::directory_entry &entry : fs::directory_iterator(work)) {
            if (entry.path().extension() == ".safetensors") {
                files.add(contents(entry.path()));
            }
        }
        indices.add(Json::parse(contents(work / "model.safetensors.index.json")));
    }
    for (const char *type : {"llama", "mistral", "qwen2", "qwen3"}) {
        fs::remove_all(work);
        test::ToyLlama toy;
        toy.modelType = type;
        toy.blocks = 1;
        toy.extraConfig = R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0,
            "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32}, "sliding_window": 16, "torch_dtype": "float32"})";
        test::writeToyLlama(work, toy);
        configs.add(Json::parse(contents(work / "config.json")));
    }
    fs::remove_all(work);
    files.add(io::safetensorsHeader({}, {}));
}

void writeRecipeSeeds(const fs::path &folder)
{
    SeedWriter recipes(folder, "recipe");
    Recipe recipe;
    recipes.add(recipe.toJson());
    recipe.allocation = ComponentChoice{"sensitivity-greedy", "{}"};
    recipe.transforms = {{"none", "{}"}};
    recipe.overrides = {{"*.down_proj", false, 8, 0.5, R"({"bits": 8})"}};
    recipe.evaluation = {{{"perplexity", "{}"}, "text.txt"}};
    recipes.add(recipe.toJson());
    recipes.add(Json::parse(R"({"weights": {"id": "gptq", "bits": 3}, "seed": 7})"));
    SeedWriter json(folder, "json");
    json.add(recipe.toJson());
    json.add(std::string(R"([1, -2.5e-3, "\u00e4\ud83d\ude00", null, true, {"a": {"a": []}}])"));
    json.add(std::string(R"({"a": 1, "a": 2})"));
    json.add(std::string("18446744073709551616"));
}

Json stage(const char *json) { return Json::parse(json); }

void writeTokenizerSeeds(const fs::path &folder)
{
    SeedWriter tokenizers(folder, "tokenizer");
    Json base = stage(R"({"version": "1.0", "added_tokens": [{"id": 6, "content": "<s>",
        "single_word": false, "lstrip": true, "rstrip": true, "normalized": true, "special": true}],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true},
        "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}}},
        "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "unk_token": "u", "fuse_unk": true, "byte_fallback": false,
            "continuing_subword_prefix": "", "end_of_word_suffix": null, "ignore_merges": false,
            "vocab": {"h": 0, "e": 1, "he": 2, "l": 3, "u": 4, "hel": 5},
            "merges": ["h e", ["he", "l"]]}})");
    tokenizers.add(base, std::string("\0hello <s> he", 13));
    base["normalizer"] = stage(R"({"type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": true, "strip_accents": null, "lowercase": true})");
    base["pre_tokenizer"] = stage(R"({"type": "Sequence", "pretokenizers": [{"type": "Split",
        "pattern": {"Regex": "\\p{N}{1,3}|(?!a)[^\\s\\w]+"}, "behavior": "MergedWithNext",
        "invert": true}, {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"},
        {"type": "Digits", "individual_digits": true}, {"type": "Punctuation"}]})");
    base["decoder"] = stage(R"({"type": "Sequence", "decoders": [{"type": "ByteFallback"},
        {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
        {"type": "Metaspace", "replacement": "_"}, {"type": "BPEDecoder", "suffix": "</w>"},
        {"type": "WordPiece", "prefix": "##", "cleanup": true}]})");
    base["post_processor"] = stage(R"({"type": "RobertaProcessing", "sep": ["h", 0],
        "cls": ["e", 1], "trim_offsets": true, "add_prefix_space": true})");
    tokenizers.add(base, std::string("\0He_llo, 12345 w\xC3\xB6rld", 21));
    base["model"] = stage(R"({"type": "WordLevel", "unk_token": "h",
        "vocab": {"h": 0, "e": 1, "hello": 5, "#": 3}})");
    base["normalizer"] = stage(R"({"type": "Sequence", "normalizers": [{"type": "Strip",
        "strip_left": true, "strip_right": true}, {"type": "NFKD"}, {"type": "StripAccents"},
        {"type": "Prepend", "prepend": "_"}]})");
    base["pre_tokenizer"] = stage(R"({"type": "Whitespace"})");
    tokenizers.add(base, std::string("\0hello hello", 12));
}

/// The place of the layout among those of fuzz_vocabulary.cpp, then its files.
void writeVocabularySeeds(const fs::path &folder)
{
    using namespace std::string_literals;
    SeedWriter layouts(folder, "vocabulary");
    layouts.add("\x00[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##s\nw\n##orld\n,\n"
                "\x00{\"do_lower_case\": true}"s);
    layouts.add("\x01{\"h\": 0, \"e\": 1, \"he\": 2, \"<s>\": 3, \"</s>\": 4, \"<unk>\": 5}"
                "\x00#version: 0.2\nh e\n"
                "\x00{\"bos_token\": \"<s>\", \"additional_special_tokens\": [\"<x>\"]}"
                "\x00{\"<x>\": 6}"s);
    layouts.add("\x01{\"a\": 0, \"a</w>\": 1, \"<|startoftext|>\": 2, \"<|endoftext|>\": 3}\x00a "
                "a</w>\n\x00{}\x00{}"s);
    layouts.add(
        "\x02{\"H\": 0, \"e\": 1, \"|\": 2}\x00{\"bos_token_id\": 2, \"eos_token_id\": 2}"s);
    layouts.add("\x03SA== 0\nZQ== 1\nSGU= 2\nIA== 3\n"s);
    SeedWriter models(folder, "sentence_piece");
    // ModelProto: pieces of a string, a score and a kind; then the trainer's and normalizer's
    // parts.
    std::string model;
    const auto piece = [&](const std::string &text, char kind) {
        const std::string body = "\x0A"s + static_cast<char>(text.size()) + text
            + "\x15\x00\x00\x80\xBF"s + "\x18"s + kind;
        model += "\x0A"s + static_cast<char>(body.size()) + body;
    };
    piece("<unk>", 2);
    piece("<s>", 3);
    piece("</s>", 3);
    for (const char *text : {"\u2581", "H", "e", "l", "o", "\u2581H"}) {
        piece(text, 1);
    }
    models.add(model);
    models.add(model + "\x12\x02\x18\x02"s);
}

void writeDataSeeds(const fs::path &folder)
{
    using namespace std::string_literals;
    SeedWriter lists(folder, "dataset");
    lists.add(
        "\x00{\"text\": \"one\", \"label\": 1}\n{\"file\": \"a.wav\", \"transcript\": \"b\"}\n"s);
    lists.add("\x01text,label\n\"a, \"\"b\"\"\",no\nc,yes\n"s);
    lists.add("\x02path\tsentence\na.flac\tone two\n"s);
    lists.add("\x03In the beginning\n\nwas the word\n"s);
    const fs::path work = folder / "work";
    fs::remove_all(work);
    fs::create_directories(work);
    test::writeToyTone(work / "tone.wav", 440, 200);
    SeedWriter(folder, "audio").add(contents(work / "tone.wav"));
    fs::remove_all(work);
}

/// The place of the family among those of fuzz_families.cpp, then its config.json.
void writeFamilySeeds(const fs::path &folder)
{
    SeedWriter configs(folder, "families");
    const fs::path work = folder / "work";
    char place = 0;
    const auto add = [&](const Json &config) {
        configs.add(Json(config)); // for the dictionary
        configs.add(std::string(1, place++) + config.dump());
    };
    for (const char *name : {"gpt2", "opt", "bert", "roberta", "albert", "llada"}) {
        fs::remove_all(work);
        test::ToyFamily toy;
        toy.modelType = name;
        test::writeToyFamily(work, toy);
        add(Json::parse(contents(work / "config.json")));
    }
    fs::remove_all(work);
    add(test::toyWhisperConfig());
    add(test::toyMoonshineConfig());
    add(test::toyClipConfig());
    add(test::toyClipResNetConfig());
}

void writeStoreSeeds(const fs::path &folder)
{
    SeedWriter stores(folder, "store");
    SeedWriter results(folder, "results");
    const fs::path work = folder / "work";
    fs::remove_all(work);
    fs::create_directories(work);
    const fs::path file = work / "seed.bitprism";
    {
        store::ExperimentStore empty(file);
        empty.vacuum();
        empty.backup(work / "empty.bitprism");
    }
    stores.add(contents(work / "empty.bitprism"));
    {
        store::ExperimentStore full(file);
        test::addToyRun(full, "toy", 3, Recipe().toText());
        full.backup(work / "full.bitprism");
    }
    stores.add(contents(work / "full.bitprism"));
    fs::remove_all(work);
    results.add(test::toyModelInfo().toJson());
    results.add(test::toyEvaluation(1.5).toJson());
    results.add(test::toyRunSummary("a", 3).toJson());
    results.add(test::toySensitivity().toJson());
    results.add(test::toyOutliers().toJson());
    results.add(test::toyAllocation().toJson());
}

/// Tensors of one module as a format of codes holds them, in a file that begins with the number of
/// its configuration.
std::string codedSeed(const fs::path &work, char config,
                      const std::vector<io::TensorDeclaration> &tensors)
{
    const fs::path file = work / "coded.safetensors";
    io::SafetensorsWriter writer(file, tensors);
    for (const io::TensorDeclaration &tensor : tensors) {
        std::size_t bytes = io::dtypeBytes(tensor.dtype);
        for (const std::int64_t size : tensor.shape) {
            bytes *= static_cast<std::size_t>(size);
        }
        if (tensor.name == "m.weight_shape") {
            const std::vector<std::int64_t> shape{2, 32};
            writer.write(std::as_bytes(std::span(shape)));
        } else {
            writer.write(std::vector<std::byte>(bytes, std::byte(0x11)));
        }
    }
    writer.commit();
    return std::string(1, config) + contents(file);
}

void writeFormatSeeds(const fs::path &folder)
{
    using io::Dtype;
    SeedWriter gguf(folder, "gguf");
    SeedWriter codes(folder, "codes");
    SeedWriter imatrix(folder, "imatrix");
    const fs::path work = folder / "format-work";
    fs::create_directories(work);
    test::ToyLlama toy;
    toy.blocks = 1;
    toy.vocabulary = 258;
    toy.hasTokenizer = true;
    test::writeToyLlama(work / "toy", toy);
    const CheckpointSubject subject(work / "toy", true);
    for (const char *type : {"source", "q4_0", "q8_0"}) {
        JobContext context;
        exportTo({{"id", "gguf"}, {"type", type}}, subject, work / "out.gguf", context,
                 ExportTarget::Replaced);
        gguf.add(contents(work / "out.gguf"));
    }
    codes.add(codedSeed(work, 0,
                        {{"m.qweight", Dtype::I32, {4, 32}},
                         {"m.qzeros", Dtype::I32, {1, 4}},
                         {"m.scales", Dtype::F16, {1, 32}},
                         {"m.g_idx", Dtype::I32, {32}}}));
    codes.add(codedSeed(work, 2,
                        {{"m.qweight", Dtype::I32, {32, 1}},
                         {"m.qzeros", Dtype::I32, {1, 1}},
                         {"m.scales", Dtype::F16, {1, 8}}}));
    codes.add(codedSeed(work, 3,
                        {{"m.weight_packed", Dtype::I32, {2, 4}},
                         {"m.weight_scale", Dtype::F16, {2, 1}},
                         {"m.weight_shape", Dtype::I64, {2}},
                         {"m.weight_zero_point", Dtype::I32, {1, 1}}}));
    ImportanceMatrix matrix;
    matrix.entries["blk.0.ffn_up.weight"] = {{1, 2, 3}, 4};
    writeImportance(matrix, work / "m");
    imatrix.add(contents(work / "m"));
    writeLegacyImportance(matrix, work / "m");
    imatrix.add(contents(work / "m"));
    fs::remove_all(work);
}

} // namespace

} // namespace bitprism::fuzz

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: fuzz-seeds FOLDER\n");
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    bitprism::fuzz::writeCheckpointSeeds(folder);
    bitprism::fuzz::writeRecipeSeeds(folder);
    bitprism::fuzz::writeTokenizerSeeds(folder);
    bitprism::fuzz::writeVocabularySeeds(folder);
    bitprism::fuzz::writeDataSeeds(folder);
    bitprism::fuzz::writeFamilySeeds(folder);
    bitprism::fuzz::writeStoreSeeds(folder);
    bitprism::fuzz::writeFormatSeeds(folder);
    return 0;
}
