// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"
#include "core/tokenize/tokenizer.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace bitprism::tokenize {

/// Larger ids are refused: callers size their tables by the largest.
constexpr TokenId maxTokenId = (1 << 24) - 1;

/// Lets a hash table keyed by std::string be searched by a view.
struct StringHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};
template <typename Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// Tokens and their ids, one to one; ids may have gaps.
class Vocabulary
{
public:
    Vocabulary() = default;
    /// From an object {"token": id}; throws BadInput for ids that are no integers from 0 to
    /// maxTokenId or occur twice, and for an empty vocabulary.
    explicit Vocabulary(const JsonNode &node);

    /// False if the token or the id is taken.
    bool add(const std::string &token, TokenId id);

    std::optional<TokenId> idOf(std::string_view token) const;
    /// Null for an id without a token.
    const std::string *tokenOf(TokenId id) const;
    std::size_t count() const { return m_ids.size(); }
    /// -1 if empty.
    TokenId largestId() const { return m_largestId; }

private:
    StringMap<TokenId> m_ids;
    std::unordered_map<TokenId, const std::string *> m_tokens; // the keys of m_ids, which stay put
    TokenId m_largestId = -1;
};

} // namespace bitprism::tokenize
