// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/normalizer.h"
#include "core/tokenize/pattern.h"
#include "core/tokenize/token_trie.h"
#include "core/tokenize/vocabulary.h"

#include <unordered_set>

namespace bitprism::tokenize {

/// A token that is found in the text before anything else cuts it.
struct AddedToken
{
    TokenId id = 0;
    std::string content;
    bool isSpecial = false;
    bool isSingleWord = false; ///< not inside a word
    bool stripsLeft = false; ///< takes the white space before it
    bool stripsRight = false;
    bool isNormalized = false; ///< sought in the normalized text, in normalized spelling
};

/// A part of a text: an added token, or what lies between two.
struct TextPart
{
    Range range;
    std::optional<TokenId> id;
};

/// The key "added_tokens". At each place the longest token wins.
class AddedTokens
{
public:
    AddedTokens() = default;
    /// `vocabulary` is the model's: an added token may stand there too, under the same id. Throws
    /// BadInput for ids or contents that clash.
    AddedTokens(const JsonNode &node, const Vocabulary &vocabulary, const Normalizer &normalizer);

    /// Cuts at the tokens sought in the text as it is, or in the normalized one.
    std::vector<TextPart> split(std::string_view text, bool isNormalized) const;

    /// Of the added tokens alone.
    const Vocabulary &vocabulary() const { return m_vocabulary; }
    bool isSpecial(TokenId id) const { return m_specials.contains(id); }

private:
    std::vector<AddedToken> m_tokens;
    Vocabulary m_vocabulary;
    std::unordered_set<TokenId> m_specials;
    TokenTrie m_plain; // values are positions in m_tokens
    TokenTrie m_normalized;
};

} // namespace bitprism::tokenize
