// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/gguf_tokenizer.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/companion_files.h"
#include "core/io/json_reader.h"
#include "core/tokenize/json_node.h"
#include "core/tokenize/legacy_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>

namespace bitprism::tokenize {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char *embeddedKey = "tokenizer.huggingface.json";
constexpr const char *tokensKey = "tokenizer.ggml.tokens";
constexpr std::uint64_t maxTokenizerBytes = std::uint64_t{128} << 20;
constexpr const char *space = "\u2581"; // how SentencePiece spells one

/// tokenizer.ggml.token_type.
enum TokenType : std::int64_t
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6
};

/// The splitting rules of byte-level BPE that GGUF knows by name.
struct PreTokenizer
{
    std::string_view name;
    std::string_view pattern; ///< empty: GPT-2's own, which ByteLevel brings
    bool splitsDigits = false;
    bool ignoresMerges = false;
};

constexpr std::string_view llama3Pattern
    = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen2Pattern
    = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr std::array<PreTokenizer, 10> preTokenizers{{
    {"gpt-2", ""},
    {"phi-2", ""},
    {"llama-bpe", llama3Pattern, false, true},
    {"llama3", llama3Pattern, false, true},
    {"llama-v3", llama3Pattern, false, true},
    {"qwen2", qwen2Pattern},
    {"deepseek-r1-qwen", qwen2Pattern},
    {"smollm", "", true},
    {"starcoder", "", true},
    {"refact", "", true},
}};

json byteLevel(bool usesPattern)
{
    return {{"type", "ByteLevel"},
            {"add_prefix_space", false},
            {"trim_offsets", true},
            {"use_regex", usesPattern}};
}

json stageOf(const PreTokenizer &rule)
{
    if (rule.splitsDigits) {
        return {{"type", "Sequence"},
                {"pretokenizers",
                 {{{"type", "Digits"}, {"individual_digits", true}}, byteLevel(true)}}};
    }
    if (rule.pattern.empty()) {
        return byteLevel(true);
    }
    return {{"type", "Sequence"},
            {"pretokenizers",
             {{{"type", "Split"},
               {"pattern", {{"Regex", rule.pattern}}},
               {"behavior", "Isolated"},
               {"invert", false}},
              byteLevel(false)}}};
}

[[noreturn]] void damaged(const io::GgufFile &file, std::string_view key)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: \"%2\" is missing, damaged or of another length than the tokens; "
                            "convert the file again."),
                file.path(), key);
}

/// The tokenizer's arrays, checked against each other.
class GgufVocabulary
{
public:
    explicit GgufVocabulary(const io::GgufFile &file)
        : m_file(file)
    {
        const io::GgufArray *held = file.array(tokensKey);
        if (held == nullptr || held->texts.empty()) {
            damaged(file, tokensKey);
        }
        tokens = held->texts;
        for (std::string &token : tokens) {
            token = sanitizedUtf8(token);
        }
        if (const io::GgufArray *kinds = file.array("tokenizer.ggml.token_type")) {
            types = kinds->integers;
        }
        types.resize(types.empty() ? tokens.size() : types.size(), Normal);
        if (types.size() != tokens.size()) {
            damaged(file, "tokenizer.ggml.token_type");
        }
    }

    json addedTokens() const
    {
        json added = json::array();
        for (std::size_t id = 0; id < tokens.size(); ++id) {
            const bool isSpecial = types[id] == Control || types[id] == Unknown;
            if (isSpecial || types[id] == UserDefined) {
                added.push_back({{"id", id},
                                 {"content", tokens[id]},
                                 {"special", isSpecial},
                                 {"normalized", false},
                                 {"single_word", false},
                                 {"lstrip", false},
                                 {"rstrip", false}});
            }
        }
        return added;
    }

    /// By its token; of one that stands twice, the first place holds.
    json vocabulary() const
    {
        json result = json::object();
        for (std::size_t id = 0; id < tokens.size(); ++id) {
            if (types[id] != Unused && !result.contains(tokens[id])) {
                result[tokens[id]] = id;
            }
        }
        return result;
    }

    /// BOS in front where the file wants it.
    json postProcessor(bool addsByDefault) const
    {
        json single = json::array();
        json specials = json::object();
        const auto add = [&](const char *flag, const char *idKey, bool fallback) {
            const std::optional<std::int64_t> id = m_file.integer(idKey);
            const bool isKnown = id && *id >= 0 && *id < std::ssize(tokens);
            if (m_file.flag(flag).value_or(fallback) && isKnown) {
                const std::string &token = tokens[static_cast<std::size_t>(*id)];
                single.push_back({{"SpecialToken", {{"id", token}, {"type_id", 0}}}});
                specials[token] = {{"id", token}, {"ids", {*id}}, {"tokens", {token}}};
            }
        };
        add("tokenizer.ggml.add_bos_token", "tokenizer.ggml.bos_token_id", addsByDefault);
        single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
        add("tokenizer.ggml.add_eos_token", "tokenizer.ggml.eos_token_id", false);
        return single.size() == 1 ? json()
                                  : json{{"type", "TemplateProcessing"},
                                         {"single", single},
                                         {"special_tokens", specials}};
    }

    std::vector<std::string> tokens;
    std::vector<std::int64_t> types;

private:
    const io::GgufFile &m_file;
};

json byteLevelDocument(const io::GgufFile &file, const GgufVocabulary &vocabulary)
{
    const std::string name = file.text("tokenizer.ggml.pre").value_or("default");
    const auto rule
        = std::find_if(preTokenizers.begin(), preTokenizers.end(),
                       [&](const PreTokenizer &candidate) { return candidate.name == name; });
    if (rule == preTokenizers.end()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the pre-tokenizer \"%2\" is not known; put the model's "
                                "tokenizer.json beside the file."),
                    file.path(), name);
    }
    const io::GgufArray *merges = file.array("tokenizer.ggml.merges");
    if (merges == nullptr || (merges->texts.empty() && merges->size() > 0)) {
        damaged(file, "tokenizer.ggml.merges");
    }
    json list = json::array();
    for (const std::string &merge : merges->texts) {
        list.push_back(sanitizedUtf8(merge));
    }
    json document = {{"version", "1.0"},
                     {"added_tokens", vocabulary.addedTokens()},
                     {"normalizer", nullptr},
                     {"pre_tokenizer", stageOf(*rule)},
                     {"post_processor", vocabulary.postProcessor(false)},
                     {"decoder", byteLevel(true)},
                     {"model",
                      {{"type", "BPE"},
                       {"byte_fallback", false},
                       {"vocab", vocabulary.vocabulary()},
                       {"merges", list}}}};
    if (rule->ignoresMerges) {
        document["model"]["ignore_merges"] = true;
    }
    return document;
}

/// The merges that scores imply: a piece may be made of any two others, the best score first.
json mergesFromScores(const GgufVocabulary &vocabulary, const std::vector<double> &scores)
{
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
        if (vocabulary.types[id] == Normal) {
            places.emplace(vocabulary.tokens[id], id);
        }
    }
    using Merge = std::tuple<double, std::size_t, std::size_t, std::size_t, std::size_t>;
    std::vector<Merge> merges; // score, lengths of both parts, places of both parts
    constexpr std::size_t longest = 512; // a hostile file's long tokens would cost a square
    for (const auto &[token, id] : places) {
        for (std::size_t cut = 1; cut < std::min(token.size(), longest); ++cut) {
            const auto left = places.find(token.substr(0, cut));
            const auto right = left == places.end() ? places.end() : places.find(token.substr(cut));
            if (right != places.end()) {
                merges.emplace_back(scores[id], cut, token.size() - cut, left->second,
                                    right->second);
            }
        }
    }
    std::sort(merges.begin(), merges.end(), std::greater<>());
    json list = json::array();
    for (const auto &[score, leftSize, rightSize, left, right] : merges) {
        list.push_back({vocabulary.tokens[left], vocabulary.tokens[right]});
    }
    return list;
}

json pieceDocument(const io::GgufFile &file, const GgufVocabulary &vocabulary)
{
    const io::GgufArray *scores = file.array("tokenizer.ggml.scores");
    if (scores == nullptr || scores->reals.size() != vocabulary.tokens.size()
        || std::any_of(scores->reals.begin(), scores->reals.end(),
                       [](double score) { return !(score == score); })) {
        damaged(file, "tokenizer.ggml.scores");
    }
    json normalizers = json::array();
    if (file.flag("tokenizer.ggml.add_space_prefix").value_or(true)) {
        normalizers.push_back({{"type", "Prepend"}, {"prepend", space}});
    }
    normalizers.push_back(
        {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space}});
    json model = {{"type", "BPE"},
                  {"byte_fallback", true},
                  {"fuse_unk", true},
                  {"vocab", vocabulary.vocabulary()},
                  {"merges", mergesFromScores(vocabulary, scores->reals)}};
    const std::optional<std::int64_t> unknown = file.integer("tokenizer.ggml.unknown_token_id");
    if (unknown && *unknown >= 0 && *unknown < std::ssize(vocabulary.tokens)) {
        model["unk_token"] = vocabulary.tokens[static_cast<std::size_t>(*unknown)];
    }
    return {{"version", "1.0"},
            {"added_tokens", vocabulary.addedTokens()},
            {"normalizer", {{"type", "Sequence"}, {"normalizers", normalizers}}},
            {"pre_tokenizer", nullptr},
            {"post_processor", vocabulary.postProcessor(true)},
            {"decoder",
             {{"type", "Sequence"},
              {"decoders",
               {{{"type", "Replace"}, {"pattern", {{"String", space}}}, {"content", " "}},
                {{"type", "ByteFallback"}},
                {{"type", "Fuse"}},
                {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}},
            {"model", model}};
}

} // namespace

std::optional<std::string> ggufTokenizerJson(const fs::path &path)
{
    if (!io::GgufFile::isGguf(path)) {
        return std::nullopt;
    }
    const io::GgufFile file(path);
    if (std::optional<std::string> embedded = file.text(embeddedKey)) {
        return embedded;
    }
    if (file.value(tokensKey) == nullptr) {
        return std::nullopt;
    }
    const std::optional<std::string> model = file.text("tokenizer.ggml.model");
    if (!model) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the key \"tokenizer.ggml.model\" is missing, so its tokens "
                                "cannot be read; put the model's tokenizer.json beside the file."),
                    file.path());
    }
    const GgufVocabulary vocabulary(file);
    if (*model == "gpt2") {
        return byteLevelDocument(file, vocabulary).dump();
    }
    if (*model == "llama") {
        return pieceDocument(file, vocabulary).dump();
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: tokenizers of the kind \"%2\" cannot be read from GGUF; put the "
                            "model's tokenizer.json beside the file."),
                file.path(), *model);
}

bool hasGgufTokenizer(const fs::path &path)
{
    if (!io::GgufFile::isGguf(path)) {
        return false;
    }
    const io::GgufFile file(path);
    return file.value(embeddedKey) != nullptr || file.value(tokensKey) != nullptr;
}

namespace {

bool hasGgufForm(const JsonNode &document)
{
    const std::optional<JsonNode> model = document.find("model");
    return model && model->value().is_object() && model->text("type", "BPE") == "BPE"
        && model->find("vocab");
}

/// The elements of the array under `key`; none where it is absent.
std::vector<JsonNode> elementsIn(const JsonNode &node, std::string_view key)
{
    const std::optional<JsonNode> found = node.find(key);
    return found ? found->elements() : std::vector<JsonNode>();
}

/// What writes a tokenizer.json's parts as GGUF wants them.
class MetadataWriter
{
public:
    /// `document` has GGUF's form.
    MetadataWriter(const JsonNode &document, std::string text, const fs::path &folder)
        : m_document(document)
        , m_model(document.at("model"))
        , m_text(std::move(text))
        , m_folder(folder)
    {
    }

    io::GgufMetadata write(std::int64_t vocabularySize, std::string_view preTokenizer)
    {
        m_hasByteFallback = m_model.flag("byte_fallback", false);
        collectTokens(vocabularySize);
        add("tokenizer.ggml.model", std::string(m_hasByteFallback ? "llama" : "gpt2"));
        add("tokenizer.ggml.pre",
            m_hasByteFallback && preTokenizer.empty() ? std::string("default")
                                                      : preTokenizerName(preTokenizer));
        add(tokensKey, io::GgufArray::ofTexts(m_tokens));
        if (m_hasByteFallback) {
            addScores();
        }
        add("tokenizer.ggml.token_type", io::GgufArray::ofInt32(m_types));
        if (!m_hasByteFallback) {
            addMerges();
        }
        addSpecials();
        add(embeddedKey, m_text);
        return std::move(m_metadata);
    }

private:
    void add(std::string key, io::GgufValue value)
    {
        m_metadata.emplace_back(std::move(key), std::move(value));
    }

    static constexpr std::int64_t mostId = 1 << 24;

    void put(std::int64_t id, const std::string &token, std::int64_t type)
    {
        if (id < 0 || id > mostId) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: token \"%2\" has an id that cannot be."),
                        m_folder, token);
        }
        const auto place = static_cast<std::size_t>(id);
        if (place >= m_tokens.size()) {
            m_tokens.resize(place + 1);
            m_types.resize(place + 1, Unused);
        }
        m_tokens[place] = token;
        m_types[place] = type;
    }

    void collectTokens(std::int64_t vocabularySize)
    {
        for (const auto &[token, id] : m_model.at("vocab").value().items()) {
            const bool isByte = m_hasByteFallback && token.size() == 6 && token.starts_with("<0x");
            put(id.is_number_integer() ? id.get<std::int64_t>() : -1, token,
                isByte ? Byte : Normal);
        }
        const std::optional<JsonNode> unknown = m_model.find("unk_token");
        for (const JsonNode &token : elementsIn(m_document, "added_tokens")) {
            const std::string content = token.text("content", "");
            const bool isUnknown = unknown && unknown->value() == content;
            const bool isSpecial = token.flag("special", false);
            put(token.at("id").integer(0, mostId), content,
                isUnknown && m_hasByteFallback ? Unknown
                    : isSpecial                ? Control
                                               : UserDefined);
        }
        const auto size = static_cast<std::size_t>(std::max<std::int64_t>(vocabularySize, 0));
        m_tokens.resize(std::max(m_tokens.size(), size));
        m_types.resize(m_tokens.size(), Unused);
        for (std::size_t id = 0; id < m_tokens.size(); ++id) {
            if (m_types[id] == Unused) {
                m_tokens[id] = "[PAD" + std::to_string(id) + "]";
            }
        }
    }

    /// Both parts of a merge: "a b" or ["a", "b"].
    static std::pair<std::string, std::string> partsOf(const JsonNode &merge)
    {
        if (merge.value().is_array() && merge.value().size() == 2) {
            return {merge.element(0).text(), merge.element(1).text()};
        }
        const std::string text = merge.text();
        const std::size_t cut = text.find(' ', 1);
        return cut == std::string::npos ? std::pair<std::string, std::string>()
                                        : std::pair(text.substr(0, cut), text.substr(cut + 1));
    }

    /// A piece's score is minus the place of the first merge that makes it.
    void addScores()
    {
        std::unordered_map<std::string, std::size_t> rank;
        const std::vector<JsonNode> merges = elementsIn(m_model, "merges");
        for (std::size_t i = 0; i < merges.size(); ++i) {
            const auto [left, right] = partsOf(merges[i]);
            rank.emplace(left + right, i);
        }
        std::vector<double> scores;
        for (std::size_t id = 0; id < m_tokens.size(); ++id) {
            const auto found = rank.find(m_tokens[id]);
            // Pieces that no merge makes come last, in the order of their ids.
            const std::size_t place = found != rank.end() ? found->second : merges.size() + id;
            scores.push_back(m_types[id] == Normal ? -static_cast<double>(place) : 0.0);
        }
        add("tokenizer.ggml.scores", io::GgufArray::ofFloat32(std::move(scores)));
    }

    void addMerges()
    {
        std::vector<std::string> list;
        for (const JsonNode &merge : elementsIn(m_model, "merges")) {
            auto [left, right] = partsOf(merge);
            list.push_back(left.append(1, ' ').append(right));
        }
        add("tokenizer.ggml.merges", io::GgufArray::ofTexts(std::move(list)));
    }

    std::string preTokenizerName(std::string_view wanted) const
    {
        if (!wanted.empty()) {
            return std::string(wanted);
        }
        const std::optional<JsonNode> stage = m_document.find("pre_tokenizer");
        for (const PreTokenizer &rule : preTokenizers) {
            if (stage && splitsLike(*stage, rule)) {
                return std::string(rule.name);
            }
        }
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "%1: GGUF names the rule that splits a text into words, and that of "
                        "this tokenizer is not known here; name it by the exporter's "
                        "pre_tokenizer."),
            m_folder);
    }

    static bool splitsLike(const JsonNode &stage, const PreTokenizer &rule)
    {
        const std::string type = stage.text("type", "");
        if (type == "ByteLevel") {
            return rule.pattern.empty() && !rule.splitsDigits && stage.flag("use_regex", true)
                && !stage.flag("add_prefix_space", true);
        }
        const std::vector<JsonNode> parts = elementsIn(stage, "pretokenizers");
        if (type != "Sequence" || parts.size() != 2 || parts[1].text("type", "") != "ByteLevel") {
            return false;
        }
        const std::string first = parts[0].text("type", "");
        if (first == "Digits") {
            return rule.splitsDigits && parts[0].flag("individual_digits", false)
                && parts[1].flag("use_regex", true);
        }
        const std::optional<JsonNode> pattern = parts[0].find("pattern");
        return first == "Split" && !rule.pattern.empty()
            && parts[0].text("behavior", "") == "Isolated" && pattern
            && pattern->value().is_object() && pattern->text("Regex", "") == rule.pattern;
    }

    std::optional<std::int64_t> idOf(const std::string &token) const
    {
        const auto found = std::find(m_tokens.begin(), m_tokens.end(), token);
        return found == m_tokens.end() ? std::nullopt : std::optional(found - m_tokens.begin());
    }

    static json readIfThere(const fs::path &file)
    {
        std::error_code ignored;
        json document
            = fs::is_regular_file(file, ignored) ? io::readJsonFile(file) : json::object();
        return document.is_object() ? document : json::object();
    }

    /// The id of "bos_token" and its like, by name or number.
    std::optional<std::int64_t> specialId(const json &tokenizerConfig, const json &config,
                                          const std::string &name) const
    {
        if (tokenizerConfig.contains(name)) {
            const json &token = tokenizerConfig[name];
            const json &text
                = token.is_object() && token.contains("content") ? token["content"] : token;
            if (text.is_string()) {
                if (const auto id = idOf(text.get<std::string>())) {
                    return id;
                }
            }
        }
        const std::string key = name + "_id";
        if (!config.contains(key)) {
            return std::nullopt;
        }
        const json &id
            = config[key].is_array() && !config[key].empty() ? config[key][0] : config[key];
        const bool isKnown
            = id.is_number_integer() && id >= 0 && id < static_cast<std::int64_t>(m_tokens.size());
        return isKnown ? std::optional(id.get<std::int64_t>()) : std::nullopt;
    }

    /// Whether the post-processor puts `token` before (or behind) a text.
    bool frames(std::optional<std::int64_t> token, bool before) const
    {
        const std::optional<JsonNode> processor = m_document.find("post_processor");
        const std::vector<JsonNode> single
            = processor ? elementsIn(*processor, "single") : std::vector<JsonNode>();
        if (!token || single.empty()) {
            return false;
        }
        const std::optional<JsonNode> special
            = (before ? single.front() : single.back()).find("SpecialToken");
        return special && special->text("id", "") == m_tokens[static_cast<std::size_t>(*token)];
    }

    void addSpecials()
    {
        const json tokenizerConfig = readIfThere(m_folder / io::companions::tokenizerConfig);
        const json config = readIfThere(m_folder / "config.json");
        const std::array<std::pair<const char *, const char *>, 4> names{
            {{"bos_token", "tokenizer.ggml.bos_token_id"},
             {"eos_token", "tokenizer.ggml.eos_token_id"},
             {"unk_token", "tokenizer.ggml.unknown_token_id"},
             {"pad_token", "tokenizer.ggml.padding_token_id"}}};
        for (const auto &[name, key] : names) {
            if (const auto id = specialId(tokenizerConfig, config, name)) {
                add(key, static_cast<std::uint32_t>(*id));
            }
        }
        add("tokenizer.ggml.add_bos_token",
            frames(specialId(tokenizerConfig, config, "bos_token"), true));
        add("tokenizer.ggml.add_eos_token",
            frames(specialId(tokenizerConfig, config, "eos_token"), false));
        if (tokenizerConfig.contains("chat_template")
            && tokenizerConfig["chat_template"].is_string()) {
            add("tokenizer.chat_template", tokenizerConfig["chat_template"].get<std::string>());
        }
    }

    JsonNode m_document;
    JsonNode m_model;
    std::string m_text;
    fs::path m_folder;
    bool m_hasByteFallback = false;
    std::vector<std::string> m_tokens;
    std::vector<std::int64_t> m_types;
    io::GgufMetadata m_metadata;
};

} // namespace

namespace {

/// The tokenizer.json of a checkpoint, made of what lies there; nothing without a tokenizer.
std::optional<std::string> tokenizerText(const fs::path &checkpoint)
{
    if (const std::optional<fs::path> file = io::tokenizerJsonOf(checkpoint)) {
        return io::readWholeFile(*file, maxTokenizerBytes);
    }
    std::error_code ignored;
    if (fs::is_regular_file(checkpoint, ignored)) {
        return ggufTokenizerJson(checkpoint);
    }
    const std::optional<fs::path> legacy = findLegacyFile(checkpoint);
    return legacy ? std::optional(readLegacyTokenizer(*legacy).dump()) : std::nullopt;
}

json parsedTokenizer(const std::string &text, const fs::path &checkpoint)
{
    json document = io::parseJson(text, checkpoint.string());
    if (!document.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a JSON object; the file is damaged."),
                    checkpoint / io::companions::tokenizer);
    }
    return document;
}

} // namespace

std::string ggufTokenizerNote(const fs::path &checkpoint)
{
    const std::optional<std::string> text = tokenizerText(checkpoint);
    if (!text) {
        return {};
    }
    const json parsed = parsedTokenizer(*text, checkpoint);
    const JsonNode document(parsed, checkpoint.string(), "");
    if (hasGgufForm(document)) {
        return {};
    }
    const std::optional<JsonNode> model = document.find("model");
    const bool isNamed = model && model->value().is_object();
    return "GGUF has no form for a tokenizer of the kind "
        + (isNamed ? model->text("type", "unknown") : std::string("unknown"))
        + "; it travels as tokenizer.json, which Bitprism reads and llama.cpp does not";
}

io::GgufMetadata ggufTokenizerMetadata(const fs::path &checkpoint, std::int64_t vocabularySize,
                                       std::string_view preTokenizer)
{
    std::optional<std::string> text = tokenizerText(checkpoint);
    if (!text) {
        return {};
    }
    const json parsed = parsedTokenizer(*text, checkpoint);
    const JsonNode document(parsed, checkpoint.string(), "");
    if (!hasGgufForm(document)) { // what other programs cannot have, ours still reads
        return {{embeddedKey, std::move(*text)}};
    }
    return MetadataWriter(document, std::move(*text), checkpoint)
        .write(vocabularySize, preTokenizer);
}

} // namespace bitprism::tokenize
