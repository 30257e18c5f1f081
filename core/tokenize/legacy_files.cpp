// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/legacy_files.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/companion_files.h"
#include "core/io/file.h"
#include "core/io/json_reader.h"
#include "core/tokenize/byte_level.h"
#include "core/tokenize/text_data.h"
#include "core/tokenize/token_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace bitprism::tokenize {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uint64_t maxFileBytes = std::uint64_t{128} << 20;

/// Longer tokens of a rank file are refused: finding their parts takes the square of their length.
/// The longest known ones have 128 bytes.
constexpr std::size_t maxRankedBytes = 256;

json readObject(const fs::path &file)
{
    json object = io::readJsonFile(file);
    if (!object.is_object()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be a JSON object."), file);
    }
    return object;
}

json readIfThere(const fs::path &file)
{
    std::error_code problem;
    return fs::is_regular_file(file, problem) ? readObject(file) : json::object();
}

/// What the files may leave out, or write as null.
bool flagIn(const json &config, const char *key, bool fallback)
{
    const json value = config.value(key, json());
    return value.is_boolean() ? value.get<bool>() : fallback;
}

/// The ids of vocab.json, each checked once.
json readVocabulary(const fs::path &file)
{
    json vocabulary = readObject(file);
    for (const auto &[token, id] : vocabulary.items()) {
        if (!id.is_number_integer()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: the id of \"%2\" must be a whole number."), file,
                        token);
        }
    }
    return vocabulary;
}

json addedToken(const std::string &content, std::int64_t id, bool takesSpaceBefore = false)
{
    return {{"id", id},
            {"content", content},
            {"special", true},
            {"normalized", false},
            {"single_word", false},
            {"lstrip", takesSpaceBefore},
            {"rstrip", false}};
}

/// before ... text ... after, as the post-processor writes it.
json templateProcessor(const std::vector<std::pair<std::string, std::int64_t>> &before,
                       const std::vector<std::pair<std::string, std::int64_t>> &after)
{
    json single = json::array();
    json specials = json::object();
    const auto add = [&](const std::pair<std::string, std::int64_t> &token) {
        single.push_back({{"SpecialToken", {{"id", token.first}, {"type_id", 0}}}});
        specials[token.first]
            = {{"id", token.first}, {"ids", {token.second}}, {"tokens", {token.first}}};
    };
    std::for_each(before.begin(), before.end(), add);
    single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    std::for_each(after.begin(), after.end(), add);
    return {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", specials}};
}

std::vector<std::string> linesOf(const fs::path &file)
{
    const std::string text = readTextFile(file);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) {
            line.pop_back();
        }
        lines.push_back(std::move(line));
        begin = end + 1;
    }
    return lines;
}

/// [CLS] and its like, by the names BERT's files use.
std::map<std::string, std::int64_t> bracketTokens(const json &vocabulary)
{
    std::map<std::string, std::int64_t> found;
    for (const char *name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
        if (vocabulary.contains(name)) {
            found[name] = vocabulary[name].get<std::int64_t>();
        }
    }
    return found;
}

/// Whether texts are lower-cased: as tokenizer_config.json says, else where no token has a capital.
bool isLowerCased(const json &config, const json &vocabulary)
{
    const bool hasNoCapitals
        = std::none_of(vocabulary.items().begin(), vocabulary.items().end(), [](const auto &item) {
              const std::string &token = item.key();
              const bool isSpecial = token.starts_with('[') && token.ends_with(']');
              return !isSpecial && std::any_of(token.begin(), token.end(), [](char c) {
                  return c >= 'A' && c <= 'Z';
              });
          });
    return flagIn(config, "do_lower_case", hasNoCapitals);
}

json wordPieceDocument(const fs::path &file)
{
    json vocabulary = json::object();
    std::int64_t id = 0;
    for (const std::string &token : linesOf(file)) {
        vocabulary[token] = id++; // of a token that stands twice, the last place holds (as BERT's)
    }
    const auto specials = bracketTokens(vocabulary);
    json document
        = {{"added_tokens", json::array()},
           {"normalizer",
            {{"type", "BertNormalizer"},
             {"clean_text", true},
             {"handle_chinese_chars", true},
             {"strip_accents", nullptr},
             {"lowercase",
              isLowerCased(readIfThere(file.parent_path() / io::companions::tokenizerConfig),
                           vocabulary)}}},
           {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
           {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
           {"model",
            {{"type", "WordPiece"},
             {"unk_token", "[UNK]"},
             {"continuing_subword_prefix", "##"},
             {"max_input_chars_per_word", 100},
             {"vocab", vocabulary}}}};
    for (const auto &[name, place] : specials) {
        document["added_tokens"].push_back(addedToken(name, place));
    }
    if (specials.contains("[CLS]") && specials.contains("[SEP]")) {
        document["post_processor"] = templateProcessor({{"[CLS]", specials.at("[CLS]")}},
                                                       {{"[SEP]", specials.at("[SEP]")}});
    }
    return document;
}

/// What special_tokens_map.json, tokenizer_config.json and added_tokens.json call special.
std::set<std::string> specialNames(const fs::path &folder)
{
    std::set<std::string> names{"<|endoftext|>", "<|startoftext|>", "<s>",   "</s>",
                                "<unk>",         "<pad>",           "<mask>"};
    const auto add = [&](const json &value) {
        const json &content
            = value.is_object() && value.contains("content") ? value["content"] : value;
        if (content.is_string()) {
            names.insert(content.get<std::string>());
        }
    };
    for (const std::string_view file :
         {io::companions::specialTokens, io::companions::tokenizerConfig}) {
        const json document = readIfThere(folder / file);
        for (const char *key : {"bos_token", "eos_token", "unk_token", "pad_token", "mask_token",
                                "cls_token", "sep_token"}) {
            add(document.value(key, json()));
        }
        for (const json &more : document.value("additional_special_tokens", json::array())) {
            add(more);
        }
    }
    return names;
}

json byteLevelStage(bool prefixes)
{
    return {{"type", "ByteLevel"},
            {"add_prefix_space", prefixes},
            {"trim_offsets", true},
            {"use_regex", true}};
}

/// CLIP's own steps (d4c-clip.md 2.6): lower case, one space between words, its pattern of words.
void makeClip(json &document)
{
    document["normalizer"]
        = {{"type", "Sequence"},
           {"normalizers",
            {{{"type", "NFC"}},
             {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
             {{"type", "Lowercase"}}}}};
    const char *words = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";
    json bytes = byteLevelStage(false);
    bytes["use_regex"] = false;
    document["pre_tokenizer"] = {{"type", "Sequence"},
                                 {"pretokenizers",
                                  {{{"type", "Split"},
                                    {"pattern", {{"Regex", words}}},
                                    {"behavior", "Removed"},
                                    {"invert", true}},
                                   bytes}}};
    document["model"]["end_of_word_suffix"] = "</w>";
    document["model"]["unk_token"] = "<|endoftext|>";
}

void addSpecials(json &document, const fs::path &folder)
{
    json &vocabulary = document["model"]["vocab"];
    const json more = readIfThere(folder / io::companions::addedTokens);
    for (const auto &[name, id] : more.items()) {
        document["added_tokens"].push_back(
            addedToken(name, id.is_number_integer() ? id.get<std::int64_t>() : -1));
    }
    for (const std::string &name : specialNames(folder)) {
        if (vocabulary.contains(name) && !more.contains(name)) {
            document["added_tokens"].push_back(
                addedToken(name, vocabulary[name].get<std::int64_t>(), name == "<mask>"));
        }
    }
}

/// What a text of this family stands between.
void addFrame(json &document, const std::string &modelType, bool isClip)
{
    const json &vocabulary = document["model"]["vocab"];
    const auto token = [&](const char *name) {
        return std::pair<std::string, std::int64_t>(name, vocabulary[name].get<std::int64_t>());
    };
    const bool hasMarks = vocabulary.contains("<s>") && vocabulary.contains("</s>");
    if (isClip && vocabulary.contains("<|startoftext|>") && vocabulary.contains("<|endoftext|>")) {
        document["post_processor"]
            = templateProcessor({token("<|startoftext|>")}, {token("<|endoftext|>")});
    } else if (hasMarks && modelType == "opt") { // begins a text with its end mark
        document["post_processor"] = templateProcessor({token("</s>")}, {});
    } else if (hasMarks) {
        document["post_processor"] = templateProcessor({token("<s>")}, {token("</s>")});
    }
}

json mergesDocument(const fs::path &file, const fs::path &merges)
{
    json document = {{"added_tokens", json::array()},
                     {"pre_tokenizer", byteLevelStage(false)},
                     {"decoder", {{"type", "ByteLevel"}}},
                     {"model", {{"type", "BPE"}, {"vocab", readVocabulary(file)}}}};
    json list = json::array();
    for (std::string &line : linesOf(merges)) {
        if (!line.empty() && !line.starts_with("#version")) {
            list.push_back(std::move(line));
        }
    }
    document["model"]["merges"] = std::move(list);
    const bool isClip = document["model"]["vocab"].contains("a</w>");
    if (isClip) {
        makeClip(document);
    }
    addSpecials(document, file.parent_path());
    const json config = readIfThere(file.parent_path() / "config.json");
    const json type = config.value("model_type", json());
    addFrame(document, type.is_string() ? type.get<std::string>() : std::string(), isClip);
    return document;
}

/// One token a character; the tokens that config.json calls begin and end stand around a text.
json characterDocument(const fs::path &file)
{
    const json vocabulary = readVocabulary(file);
    const json config = readIfThere(file.parent_path() / "config.json");
    json document
        = {{"added_tokens", json::array()},
           {"pre_tokenizer",
            {{"type", "Split"}, {"pattern", {{"Regex", "(?s:.)"}}}, {"behavior", "Isolated"}}},
           {"decoder", {{"type", "Fuse"}}},
           {"model", {{"type", "WordLevel"}, {"vocab", vocabulary}}}};
    std::vector<std::pair<std::string, std::int64_t>> before;
    std::vector<std::pair<std::string, std::int64_t>> after;
    std::set<std::int64_t> added;
    for (const auto &[token, id] : vocabulary.items()) {
        const auto is
            = [&, number = id](const char *key) { return config.value(key, json()) == number; };
        if (is("bos_token_id")) {
            before.emplace_back(token, id.get<std::int64_t>());
        }
        if (is("eos_token_id")) {
            after.emplace_back(token, id.get<std::int64_t>());
        }
        if ((is("bos_token_id") || is("eos_token_id"))
            && added.insert(id.get<std::int64_t>()).second) {
            document["added_tokens"].push_back(addedToken(token, id.get<std::int64_t>()));
        }
    }
    if (!before.empty() || !after.empty()) {
        document["post_processor"] = templateProcessor(before, after);
    }
    if (!after.empty() && !vocabulary.contains("\n")) { // lines are texts: the mark ends each
        document["normalizer"] = {
            {"type", "Replace"}, {"pattern", {{"String", "\n"}}}, {"content", after.front().first}};
        for (json &token : document["added_tokens"]) {
            token["normalized"] = true; // found behind that replacement, too
        }
    }
    return document;
}

json sentencePieceDocument(const fs::path &file)
{
    const std::string bytes = io::readWholeFile(file, maxFileBytes);
    json document
        = {{"added_tokens", sentencePieceSpecials(bytes)},
           {"decoder",
            {{"type", "Sequence"},
             {"decoders",
              {{{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}},
               {{"type", "ByteFallback"}},
               {{"type", "Fuse"}},
               {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}},
           {"model", {{"type", "SentencePiece"}}}};
    document["model"]["bytes"]
        = json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
    const json config = readIfThere(file.parent_path() / io::companions::tokenizerConfig);
    std::vector<std::pair<std::string, std::int64_t>> before;
    std::vector<std::pair<std::string, std::int64_t>> after;
    for (const json &token : document["added_tokens"]) { // LLaMA's rule: <s> before a text
        const std::string name = token["content"].get<std::string>();
        if (name == "<s>" && flagIn(config, "add_bos_token", true)) {
            before.emplace_back(name, token["id"].get<std::int64_t>());
        }
        if (name == "</s>" && flagIn(config, "add_eos_token", false)) {
            after.emplace_back(name, token["id"].get<std::int64_t>());
        }
    }
    if (!before.empty() || !after.empty()) {
        document["post_processor"] = templateProcessor(before, after);
    }
    return document;
}

std::string decodedBase64(std::string_view text)
{
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = c >= 'A' && c <= 'Z' ? c - 'A'
            : c >= 'a' && c <= 'z'             ? c - 'a' + 26
            : c >= '0' && c <= '9'             ? c - '0' + 52
            : c == '+'                         ? 62
            : c == '/'                         ? 63
                                               : -1;
        if (value < 0) {
            break; // padding
        }
        bits = (bits << 6) | static_cast<unsigned>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<char>((bits >> count) & 0xFFU));
        }
    }
    return bytes;
}

/// The two parts that a token of several bytes was merged from: what merging by lower ranks leaves.
std::optional<std::pair<std::string, std::string>>
partsOf(const std::string &token, std::int64_t rank, const std::map<std::string, std::int64_t> &all)
{
    std::vector<std::string> parts;
    for (const char byte : token) {
        parts.emplace_back(1, byte);
    }
    while (parts.size() > 2) {
        std::size_t best = parts.size();
        std::int64_t bestRank = rank;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto found = all.find(parts[i] + parts[i + 1]);
            if (found != all.end() && found->second < bestRank) {
                bestRank = found->second;
                best = i;
            }
        }
        if (best == parts.size()) {
            return std::nullopt;
        }
        parts[best] += parts[best + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    return parts.size() == 2 ? std::optional(std::pair(parts[0], parts[1])) : std::nullopt;
}

std::string spelled(const std::string &bytes)
{
    std::string spelling;
    appendByteLevel(spelling, bytes);
    return spelling;
}

/// Rank files hold no specials: who needs them takes tokenizer.json.
json ranksDocument(const fs::path &file)
{
    std::map<std::string, std::int64_t> ranks;
    std::size_t number = 0;
    for (const std::string &line : linesOf(file)) {
        ++number;
        const std::size_t space = line.find(' ');
        std::int64_t rank = -1;
        if (space != std::string::npos) {
            std::from_chars(line.data() + space + 1, line.data() + line.size(), rank);
        }
        const std::string token = decodedBase64(std::string_view(line).substr(0, space));
        if (rank < 0 || token.size() > maxRankedBytes) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1:%2 must be a token of at most %3 bytes in Base64 and its "
                                    "rank."),
                        file, number, maxRankedBytes);
        }
        ranks.emplace(token, rank);
    }
    json vocabulary = json::object();
    std::map<std::int64_t, std::string> merges;
    for (const auto &[token, rank] : ranks) {
        if (token.empty()) {
            continue; // Whisper's multilingual file has one; no text needs it
        }
        vocabulary[spelled(token)] = rank;
        if (const auto parts = partsOf(token, rank, ranks)) {
            merges[rank] = spelled(parts->first) + " " + spelled(parts->second);
        }
    }
    json list = json::array();
    for (const auto &[rank, merge] : merges) {
        list.push_back(merge);
    }
    return {{"added_tokens", json::array()},
            {"pre_tokenizer", byteLevelStage(false)},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", list}}}};
}

} // namespace

std::optional<fs::path> findLegacyFile(const fs::path &folder)
{
    std::error_code problem;
    for (const std::string_view name :
         {io::companions::vocabulary, io::companions::wordPieces, io::companions::sentencePieces,
          io::companions::albertPieces}) {
        if (fs::is_regular_file(folder / name, problem)) {
            return folder / name;
        }
    }
    return std::nullopt;
}

json readLegacyTokenizer(const fs::path &file)
{
    const std::string extension = file.extension().string();
    if (extension == ".txt") {
        return wordPieceDocument(file);
    }
    if (extension == ".model") {
        return sentencePieceDocument(file);
    }
    if (extension == ".tiktoken") {
        return ranksDocument(file);
    }
    const fs::path merges = file.parent_path() / io::companions::merges;
    std::error_code problem;
    return fs::is_regular_file(merges, problem) ? mergesDocument(file, merges)
                                                : characterDocument(file);
}

} // namespace bitprism::tokenize
