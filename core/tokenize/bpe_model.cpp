// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"
#include "core/tokenize/bpe_word.h"
#include "core/tokenize/merge_table.h"
#include "core/tokenize/token_model.h"

#include <nlohmann/json.hpp>

#include <array>
#include <unordered_set>

namespace bitprism::tokenize {

namespace {

using ByteTokens = std::array<std::optional<TokenId>, 256>;

/// "<0x0A>", ...: the tokens that spell characters outside the vocabulary.
ByteTokens findByteTokens(const Vocabulary &vocabulary)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    ByteTokens tokens;
    for (std::size_t byte = 0; byte < tokens.size(); ++byte) {
        tokens[byte]
            = vocabulary.idOf(std::string("<0x") + digits[byte >> 4] + digits[byte & 15] + ">");
    }
    return tokens;
}

std::pair<std::string, std::string> readMergePair(const JsonNode &node)
{
    const nlohmann::json &merge = node.value();
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
        return {merge[0].get<std::string>(), merge[1].get<std::string>()};
    }
    const std::string text = merge.is_string() ? merge.get<std::string>() : std::string();
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 must be \"LEFT RIGHT\" or [\"LEFT\", \"RIGHT\"]."),
                    node.where());
    }
    return {text.substr(0, space), text.substr(space + 1)};
}

TokenId requireToken(const Vocabulary &vocabulary, const std::string &token, const JsonNode &merge)
{
    const std::optional<TokenId> id = vocabulary.idOf(token);
    if (!id) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 needs \"%2\", which is no token."), merge.where(),
                    token);
    }
    return *id;
}

bool isVersionLine(const nlohmann::json &merge)
{
    return merge.is_string() && merge.get_ref<const std::string &>().starts_with("#version");
}

MergeTable readMerges(const JsonNode &node, const Vocabulary &vocabulary,
                      std::size_t prefixCharacters)
{
    const nlohmann::json &merges = node.value();
    if (!merges.is_array()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be an array."),
                    node.where());
    }
    MergeTable table(merges.size());
    for (std::size_t i = 0; i < merges.size(); ++i) {
        if (isVersionLine(merges[i])) {
            continue;
        }
        const JsonNode merge = node.element(i);
        const auto [left, right] = readMergePair(merge);
        std::size_t skipped = 0; // the right part's continuing_subword_prefix
        for (std::size_t c = 0; c < prefixCharacters && skipped < right.size(); ++c) {
            nextCodePoint(right, skipped);
        }
        const TokenId leftId = requireToken(vocabulary, left, merge);
        const TokenId rightId = requireToken(vocabulary, right, merge);
        table.add(leftId, rightId, requireToken(vocabulary, left + right.substr(skipped), merge));
    }
    return table;
}

std::size_t characterCount(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        nextCodePoint(text, i);
    }
    return count;
}

/// Which characters stand side by side in any token. Merging makes tokens only, so it never joins
/// two characters that stand side by side in none: a text may be cut there, and each part be merged
/// by itself, with the same ids. Characters that are no tokens themselves are never cut at.
class Neighbours
{
public:
    Neighbours() = default;
    explicit Neighbours(const Vocabulary &vocabulary)
    {
        for (TokenId id = 0; id <= vocabulary.largestId(); ++id) {
            const std::string *token = vocabulary.tokenOf(id);
            if (token == nullptr || token->empty() || invalidUtf8Position(*token)) {
                continue;
            }
            std::size_t at = 0;
            char32_t before = nextCodePoint(*token, at);
            if (at == token->size()) {
                m_characters.insert(before);
            }
            while (at < token->size()) {
                const char32_t next = nextCodePoint(*token, at);
                m_pairs.insert(pair(before, next));
                before = next;
            }
        }
    }

    bool isEmpty() const { return m_characters.empty(); }

    std::size_t firstBoundary(std::string_view text) const
    {
        std::size_t at = 0;
        char32_t before = nextCodePoint(text, at);
        while (at < text.size()) {
            const std::size_t boundary = at;
            const char32_t next = nextCodePoint(text, at);
            if (!m_pairs.contains(pair(before, next)) && m_characters.contains(before)
                && m_characters.contains(next)) {
                return boundary;
            }
            before = next;
        }
        return text.size();
    }

private:
    static std::uint64_t pair(char32_t left, char32_t right)
    {
        return (std::uint64_t{left} << 32) | right;
    }

    std::unordered_set<std::uint64_t> m_pairs;
    std::unordered_set<char32_t> m_characters;
};

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909) with the variants of GPT-2
/// (byte-level) and SentencePiece (byte fallback).
class BpeModel final : public TokenModel
{
public:
    explicit BpeModel(const JsonNode &node)
        : m_vocabulary(node.at("vocab"))
        , m_prefix(node.text("continuing_subword_prefix", ""))
        , m_suffix(node.text("end_of_word_suffix", ""))
        , m_merges(readMerges(node.at("merges"), m_vocabulary, characterCount(m_prefix)))
        , m_fusesUnknown(node.flag("fuse_unk", false))
        , m_fallsBackToBytes(node.flag("byte_fallback", false))
        , m_ignoresMerges(node.flag("ignore_merges", false))
        , m_byteTokens(findByteTokens(m_vocabulary))
    {
        if (m_prefix.empty() && m_suffix.empty() && !m_ignoresMerges) {
            m_neighbours = Neighbours(m_vocabulary);
        }
        if (const std::optional<JsonNode> unknown = node.find("unk_token")) {
            m_hasUnknown = true;
            m_unknownId = m_vocabulary.idOf(unknown->text());
            m_where = unknown->where();
        }
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        if (m_ignoresMerges) {
            if (const std::optional<TokenId> id = m_vocabulary.idOf(piece)) {
                ids.push_back(*id);
                return;
            }
        }
        const std::size_t first = ids.size();
        appendCharacters(piece, ids);
        mergeNeighbours(m_merges, ids, first);
    }

    std::size_t independentPrefix(std::string_view piece) const override
    {
        return m_neighbours.isEmpty() ? piece.size() : m_neighbours.firstBoundary(piece);
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override
    {
        return m_fallsBackToBytes ? "BPE with byte fallback" : "BPE";
    }

private:
    /// One id for each character (or each of its bytes), before any merge.
    void appendCharacters(std::string_view piece, std::vector<TokenId> &ids) const
    {
        std::string affixed;
        bool unknownIsPending = false; // it waits for the next known character
        for (std::size_t i = 0; i < piece.size();) {
            const std::size_t begin = i;
            nextCodePoint(piece, i);
            const std::string_view character = piece.substr(begin, i - begin);
            const std::string_view spelling
                = withAffixes(character, begin == 0, i == piece.size(), affixed);
            if (const std::optional<TokenId> id = m_vocabulary.idOf(spelling)) {
                if (unknownIsPending) {
                    ids.push_back(unknownId());
                    unknownIsPending = false;
                }
                ids.push_back(*id);
            } else if (!(m_fallsBackToBytes && appendBytes(spelling, ids)) && m_hasUnknown) {
                if (unknownIsPending && !m_fusesUnknown) {
                    ids.push_back(unknownId());
                }
                unknownIsPending = true;
            }
        }
        if (unknownIsPending) {
            ids.push_back(unknownId());
        }
    }

    /// A file may name an unknown token that it lacks, as long as no text needs it.
    TokenId unknownId() const
    {
        if (!m_unknownId) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1 is needed for this text, but is no token."),
                        m_where);
        }
        return *m_unknownId;
    }

    std::string_view withAffixes(std::string_view character, bool isFirst, bool isLast,
                                 std::string &affixed) const
    {
        const bool hasPrefix = !isFirst && !m_prefix.empty();
        const bool hasSuffix = isLast && !m_suffix.empty();
        if (!hasPrefix && !hasSuffix) {
            return character;
        }
        affixed.assign(hasPrefix ? m_prefix : "").append(character);
        return affixed.append(hasSuffix ? m_suffix : "");
    }

    /// False, with nothing appended, if a byte has no token.
    bool appendBytes(std::string_view spelling, std::vector<TokenId> &ids) const
    {
        const std::size_t first = ids.size();
        for (const char byte : spelling) {
            const std::optional<TokenId> id = m_byteTokens[static_cast<unsigned char>(byte)];
            if (!id) {
                ids.resize(first);
                return false;
            }
            ids.push_back(*id);
        }
        return true;
    }

    Vocabulary m_vocabulary;
    std::string m_prefix;
    std::string m_suffix;
    MergeTable m_merges;
    Neighbours m_neighbours; ///< empty where a piece cannot be cut
    bool m_fusesUnknown;
    bool m_fallsBackToBytes;
    bool m_ignoresMerges;
    ByteTokens m_byteTokens;
    bool m_hasUnknown = false;
    std::optional<TokenId> m_unknownId;
    std::string m_where; // of the unknown token's key
};

} // namespace

TokenModelPtr readBpeModel(const JsonNode &node)
{
    const std::optional<JsonNode> dropout = node.find("dropout");
    if (dropout && dropout->value() != 0) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "%1: dropout makes ids random; set it to null to use the model."),
            dropout->where());
    }
    return std::make_unique<BpeModel>(node);
}

} // namespace bitprism::tokenize
