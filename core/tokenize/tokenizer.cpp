// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer.h"

#include "core/base/utf8.h"
#include "core/io/companion_files.h"
#include "core/io/file.h"
#include "core/io/json_reader.h"
#include "core/tokenize/gguf_tokenizer.h"
#include "core/tokenize/legacy_files.h"
#include "core/tokenize/pipeline.h"
#include "core/tokenize/text_bounds.h"
#include "core/tokenize/text_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace bitprism::tokenize {

namespace {

constexpr std::uint64_t maxTokenizerBytes = std::uint64_t{128}
    << 20; // the largest known have 35 MB

void checkText(std::string_view text)
{
    if (text.size() > static_cast<std::size_t>(maxTextBytes)) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "The text has %1 bytes; at most %2 are tokenized at once."),
            text.size(), maxTextBytes);
    }
    if (const std::optional<std::size_t> position = invalidUtf8Position(text)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The text is not UTF-8 (byte %1); convert it first."),
                    *position);
    }
}

std::string joined(const std::vector<std::string> &tokens, std::string_view separator)
{
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        text.append(i == 0 ? "" : separator).append(tokens[i]);
    }
    return text;
}

} // namespace

Tokenizer::Tokenizer(std::unique_ptr<const Pipeline> pipeline)
    : m_pipeline(std::move(pipeline))
{
}

Tokenizer::~Tokenizer() = default;

std::shared_ptr<const Tokenizer> Tokenizer::make(const nlohmann::json &document,
                                                 std::string_view source,
                                                 const std::filesystem::path &folder)
{
    std::shared_ptr<Tokenizer> tokenizer(new Tokenizer(readPipeline(document, source)));
    const TextBounds bounds = findTextBounds(*tokenizer->m_pipeline, folder);
    tokenizer->m_bosId = bounds.bos;
    tokenizer->m_eosId = bounds.eos;
    return tokenizer;
}

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path &path)
{
    std::error_code problem;
    const bool isFolder = std::filesystem::is_directory(path, problem);
    if (isFolder && !existsIn(path)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 has no tokenizer.json (nor vocab.json with merges.txt, "
                                "vocab.txt or tokenizer.model): text cannot be tokenized."),
                    path);
    }
    if (io::GgufFile::isGguf(path)) {
        return openGguf(path);
    }
    const std::filesystem::path folder = isFolder ? path : std::filesystem::path();
    const std::optional<std::filesystem::path> ownForm
        = isFolder ? io::tokenizerJsonOf(path) : std::nullopt;
    const std::filesystem::path file = !isFolder ? path
        : ownForm                                ? *ownForm
                                                 : *findLegacyFile(path);
    const bool isOwnForm
        = file.extension() == ".json" && file.filename() != io::companions::vocabulary;
    if (!isOwnForm) {
        return make(readLegacyTokenizer(file), file.string(), folder);
    }
    const std::string json = io::readWholeFile(file, maxTokenizerBytes);
    return make(io::parseJson(json, file.string(), {maxTokenizerBytes}), file.string(), folder);
}

/// What lies beside the file, else what it carries.
std::shared_ptr<const Tokenizer> Tokenizer::openGguf(const std::filesystem::path &file)
{
    if (!hasGgufTokenizer(file) || io::tokenizerJsonOf(file)) {
        return open(file.parent_path() / io::companions::tokenizer);
    }
    const std::string json = *ggufTokenizerJson(file);
    return make(io::parseJson(json, file.string(), {maxTokenizerBytes}), file.string(), {});
}

std::shared_ptr<const Tokenizer> Tokenizer::fromJson(std::string_view json, std::string_view source)
{
    return make(io::parseJson(json, source, {maxTokenizerBytes}), source, {});
}

bool Tokenizer::existsIn(const std::filesystem::path &folder)
{
    if (io::tokenizerJsonOf(folder)) {
        return true;
    }
    return io::GgufFile::isGguf(folder) ? hasGgufTokenizer(folder)
                                        : findLegacyFile(folder).has_value();
}

Encoding Tokenizer::encode(std::string_view text, bool addSpecials) const
{
    Encoding encoding{encodeIds(text, addSpecials), {}};
    encoding.pieces.reserve(encoding.ids.size());
    for (const TokenId id : encoding.ids) {
        encoding.pieces.push_back(*m_pipeline->tokenOf(id));
    }
    return encoding;
}

std::vector<TokenId> Tokenizer::encodeIds(std::string_view text, bool addSpecials) const
{
    checkText(text);
    std::vector<TokenId> ids = encodeText(*m_pipeline, text);
    if (addSpecials) {
        const SpecialFrame &frame = m_pipeline->frame;
        ids.insert(ids.begin(), frame.before.begin(), frame.before.end());
        ids.insert(ids.end(), frame.after.begin(), frame.after.end());
    }
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skipSpecials) const
{
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const TokenId id : ids) {
        const std::string *token = m_pipeline->tokenOf(id);
        if (token == nullptr && (id < 0 || id >= vocabularySize())) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "Token id %1 is outside the vocabulary of %2."), id,
                        vocabularySize());
        }
        if (token != nullptr && !(skipSpecials && isSpecial(id))) {
            tokens.push_back(*token);
        }
    }
    if (!m_pipeline->decoder) {
        return joined(tokens, " ");
    }
    m_pipeline->decoder(tokens);
    return joined(tokens, "");
}

std::int64_t Tokenizer::vocabularySize() const
{
    return std::int64_t{std::max(m_pipeline->model->vocabulary().largestId(),
                                 m_pipeline->addedTokens.vocabulary().largestId())}
    + 1;
}

std::optional<TokenId> Tokenizer::tokenToId(std::string_view token) const
{
    return m_pipeline->idOf(token);
}

std::optional<std::string> Tokenizer::idToToken(TokenId id) const
{
    const std::string *token = m_pipeline->tokenOf(id);
    return token == nullptr ? std::nullopt : std::optional(*token);
}

bool Tokenizer::isSpecial(TokenId id) const { return m_pipeline->addedTokens.isSpecial(id); }

std::optional<TokenId> Tokenizer::bosId() const { return m_bosId; }

std::optional<TokenId> Tokenizer::eosId() const { return m_eosId; }

std::size_t Tokenizer::specialsAfter() const { return m_pipeline->frame.after.size(); }

namespace {

/// Whether `rows` of an embedding are explained by `tokens` and padding. Published models pad by up
/// to 2.4 % (DeepSeek LLM: 102,400 rows for 100,015 tokens), small ones to a multiple of 128.
bool isPadded(std::int64_t tokens, std::int64_t rows)
{
    constexpr std::int64_t shareOfRows = 20;
    constexpr std::int64_t multiple = 128;
    constexpr std::int64_t unit = 8; // a padded size is a multiple at least of this
    const std::int64_t upwards = (tokens + multiple - 1) / multiple * multiple;
    return rows - tokens <= rows / shareOfRows || (rows % unit == 0 && rows <= upwards);
}

void requireFit(const Tokenizer &tokenizer, const ModelInfo &model)
{
    const std::int64_t tokens = tokenizer.vocabularySize();
    const std::int64_t rows = model.vocabularySize;
    if (!isPadded(tokens, rows)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: its tokenizer has only %2 tokens, but the model's vocabulary "
                                "%3; use the tokenizer that belongs to the model."),
                    model.path, tokens, rows);
    }
    for (std::int64_t id = rows; id < tokens; ++id) {
        if (!tokenizer.isSpecial(static_cast<TokenId>(id))) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: its tokenizer has %2 tokens, but the model's vocabulary "
                                    "%3; use the tokenizer that belongs to the model."),
                        model.path, tokens, rows);
        }
    }
    // Of another tokenizer with as many tokens, that is all a folder can tell.
    for (const std::string &name : namedBounds(model.path)) {
        if (!tokenizer.tokenToId(name)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tokenizer_config.json names the token \"%2\", which the "
                                    "tokenizer beside it lacks; use the tokenizer that belongs to "
                                    "the model."),
                        model.path, name);
        }
    }
}

} // namespace

const Tokenizer &require(const Tokenizer *tokenizer, const ModelInfo &model)
{
    if (tokenizer == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 has no tokenizer (tokenizer.json, vocab.json with merges.txt, "
                                "vocab.txt or tokenizer.model), which reading a text needs; add "
                                "one."),
                    model.path);
    }
    if (model.vocabularySize > 0) { // unknown where a part of the model is missing
        requireFit(*tokenizer, model);
    }
    return *tokenizer;
}

std::string Tokenizer::description() const
{
    return (m_pipeline->isByteLevel ? "byte-level " : "") + m_pipeline->model->kind() + ", "
        + std::to_string(vocabularySize()) + " tokens";
}

} // namespace bitprism::tokenize
