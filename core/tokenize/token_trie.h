// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitprism::tokenize {

/// Strings and their numbers, searched for the longest that begins at a place. Most places cost
/// one look at the first byte.
class TokenTrie
{
public:
    struct Match
    {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::uint32_t value = 0;
    };

    /// The first of two equal keys stays; an empty one is ignored.
    void add(std::string_view key, std::uint32_t value);
    bool isEmpty() const { return m_values.size() == 1; }

    /// The leftmost match from `position` on, and the longest there.
    std::optional<Match> find(std::string_view text, std::size_t position) const;

private:
    static constexpr std::uint32_t noValue = 0xFFFFFFFF;

    static std::uint64_t edge(std::uint32_t node, char byte)
    {
        return (std::uint64_t{node} << 8) | static_cast<unsigned char>(byte);
    }

    std::vector<std::uint32_t> m_values{noValue}; // of each node; node 0 is the root
    std::unordered_map<std::uint64_t, std::uint32_t> m_children;
    std::array<bool, 256> m_begins{};
};

} // namespace bitprism::tokenize
