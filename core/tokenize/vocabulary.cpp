// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/vocabulary.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::tokenize {

Vocabulary::Vocabulary(const JsonNode &node)
{
    const nlohmann::json &tokens = node.value();
    if (!tokens.is_object() || tokens.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 must be an object of tokens and ids, not empty."),
                    node.where());
    }
    m_ids.reserve(tokens.size());
    m_tokens.reserve(tokens.size());
    for (const auto &[token, id] : tokens.items()) {
        const bool isInteger = id.is_number_integer();
        const std::int64_t number = isInteger ? id.get<std::int64_t>() : -1;
        if (number < 0 || number > maxTokenId) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: the id of \"%2\" must be an integer from 0 to %3."),
                node.where(), token, maxTokenId);
        }
        if (!add(token, static_cast<TokenId>(number))) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: \"%2\" and \"%3\" have the same id %4."),
                        node.where(), *tokenOf(static_cast<TokenId>(number)), token, number);
        }
    }
}

bool Vocabulary::add(const std::string &token, TokenId id)
{
    if (m_tokens.contains(id)) {
        return false;
    }
    const auto [entry, isNew] = m_ids.emplace(token, id);
    if (isNew) {
        m_tokens.emplace(id, &entry->first);
        m_largestId = std::max(m_largestId, id);
    }
    return isNew;
}

std::optional<TokenId> Vocabulary::idOf(std::string_view token) const
{
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

const std::string *Vocabulary::tokenOf(TokenId id) const
{
    const auto found = m_tokens.find(id);
    return found == m_tokens.end() ? nullptr : found->second;
}

} // namespace bitprism::tokenize
