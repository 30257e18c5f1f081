// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/token_trie.h"

namespace bitprism::tokenize {

void TokenTrie::add(std::string_view key, std::uint32_t value)
{
    if (key.empty()) {
        return;
    }
    m_begins[static_cast<unsigned char>(key.front())] = true;
    std::uint32_t node = 0;
    for (const char byte : key) {
        const auto [child, isNew] = m_children.emplace(edge(node, byte), m_values.size());
        if (isNew) {
            m_values.push_back(noValue);
        }
        node = child->second;
    }
    if (m_values[node] == noValue) {
        m_values[node] = value;
    }
}

std::optional<TokenTrie::Match> TokenTrie::find(std::string_view text, std::size_t position) const
{
    for (std::size_t begin = position; begin < text.size(); ++begin) {
        if (!m_begins[static_cast<unsigned char>(text[begin])]) {
            continue;
        }
        std::optional<Match> longest;
        std::uint32_t node = 0;
        for (std::size_t end = begin; end < text.size();) {
            const auto child = m_children.find(edge(node, text[end]));
            if (child == m_children.end()) {
                break;
            }
            node = child->second;
            ++end;
            if (m_values[node] != noValue) {
                longest = Match{begin, end, m_values[node]};
            }
        }
        if (longest) {
            return longest;
        }
    }
    return std::nullopt;
}

} // namespace bitprism::tokenize
