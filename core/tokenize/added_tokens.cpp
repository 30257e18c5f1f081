// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/added_tokens.h"

#include "core/base/utf8.h"
#include "core/tokenize/characters.h"

#include <algorithm>

namespace bitprism::tokenize {

namespace {

constexpr std::size_t maxContentBytes = 1024; // bounds what a search costs at one place

AddedToken readToken(const JsonNode &node)
{
    AddedToken token;
    token.id = static_cast<TokenId>(node.at("id").integer(0, maxTokenId));
    token.content = node.text("content");
    if (token.content.size() > maxContentBytes) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 is longer than %2 bytes."),
                    node.at("content").where(), maxContentBytes);
    }
    token.isSpecial = node.flag("special", false);
    token.isSingleWord = node.flag("single_word", false);
    token.stripsLeft = node.flag("lstrip", false);
    token.stripsRight = node.flag("rstrip", false);
    token.isNormalized = node.flag("normalized", !token.isSpecial);
    return token;
}

/// Start of the last character of `text` before `position`.
std::size_t previousCharacter(std::string_view text, std::size_t position)
{
    return utf8Floor(text, position - 1);
}

bool endsWithWord(std::string_view text, std::size_t position)
{
    if (position == 0) {
        return false;
    }
    std::size_t at = previousCharacter(text, position);
    return isWordCharacter(nextCodePoint(text, at));
}

bool beginsWithWord(std::string_view text, std::size_t position)
{
    return position < text.size() && isWordCharacter(nextCodePoint(text, position));
}

/// Start of the white space that ends at `position`, but not before `first`.
std::size_t beginOfBlanks(std::string_view text, std::size_t position, std::size_t first)
{
    while (position > first) {
        const std::size_t begin = previousCharacter(text, position);
        std::size_t at = begin;
        if (!isWhitespace(nextCodePoint(text, at))) {
            break;
        }
        position = begin;
    }
    return position;
}

/// The white space that begins at `position`. `known` was found before: within it nothing is looked
/// at twice, or a file whose tokens are blanks themselves would cost quadratic time.
Range blanksFrom(std::string_view text, std::size_t position, Range known)
{
    if (position >= known.begin && position < known.end) {
        return known;
    }
    std::size_t end = position;
    for (std::size_t at = position; at < text.size();) {
        if (!isWhitespace(nextCodePoint(text, at))) {
            break;
        }
        end = at;
    }
    return {position, end};
}

} // namespace

AddedTokens::AddedTokens(const JsonNode &node, const Vocabulary &vocabulary,
                         const Normalizer &normalizer)
{
    for (const JsonNode &element : node.elements()) {
        AddedToken token = readToken(element);
        if (token.content.empty() || m_vocabulary.idOf(token.content) == token.id) {
            continue;
        }
        const std::string *sameId = vocabulary.tokenOf(token.id);
        const bool clashes = (sameId != nullptr && *sameId != token.content)
            || vocabulary.idOf(token.content).value_or(token.id) != token.id;
        if (clashes || !m_vocabulary.add(token.content, token.id)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: \"%2\" or its id %3 is another token's."),
                        element.where(), token.content, token.id);
        }
        std::string spelling = token.content;
        if (token.isNormalized && normalizer) {
            normalizer(spelling);
        }
        (token.isNormalized ? m_normalized : m_plain)
            .add(spelling, static_cast<std::uint32_t>(m_tokens.size()));
        if (token.isSpecial) {
            m_specials.insert(token.id);
        }
        m_tokens.push_back(std::move(token));
    }
}

std::vector<TextPart> AddedTokens::split(std::string_view text, bool isNormalized) const
{
    const TokenTrie &trie = isNormalized ? m_normalized : m_plain;
    std::vector<TextPart> parts;
    std::size_t taken = 0; // everything before lies in a part
    Range blanks; // the white space that the last token took
    std::size_t position = 0;
    while (const std::optional<TokenTrie::Match> match
           = trie.isEmpty() ? std::nullopt : trie.find(text, position)) {
        position = match->end;
        const AddedToken &token = m_tokens[match->value];
        if (token.isSingleWord
            && (endsWithWord(text, match->begin) || beginsWithWord(text, match->end))) {
            continue;
        }
        Range range{match->begin, match->end};
        if (token.stripsLeft) {
            range.begin = beginOfBlanks(text, range.begin, taken);
        }
        if (token.stripsRight) {
            blanks = blanksFrom(text, range.end, blanks);
            range.end = blanks.end;
        }
        if (taken < range.begin) {
            parts.push_back({{taken, range.begin}, std::nullopt});
        }
        parts.push_back({range, token.id});
        taken = range.end;
    }
    if (taken < text.size()) {
        parts.push_back({{taken, text.size()}, std::nullopt});
    }
    return parts;
}

} // namespace bitprism::tokenize
