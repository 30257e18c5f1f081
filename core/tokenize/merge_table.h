// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/tokenizer.h"

#include <limits>

namespace bitprism::tokenize {

/// The merges of a BPE model: which pairs of neighbours become one token, the lowest rank first.
/// An open-addressing hash table, as merging looks up little else.
class MergeTable
{
public:
    static constexpr std::uint32_t noRank = std::numeric_limits<std::uint32_t>::max();

    explicit MergeTable(std::size_t mergeCount);

    /// The rank is the number of merges added before; a pair that comes again takes the new one.
    void add(TokenId left, TokenId right, TokenId merged);

    /// noRank if the two are not merged.
    std::uint32_t rankOf(TokenId left, TokenId right) const
    {
        const std::uint64_t key = keyOf(left, right);
        for (std::size_t slot = slotOf(key);; slot = (slot + 1) & m_mask) {
            if (m_slots[slot].rank == noRank || m_slots[slot].key == key) {
                return m_slots[slot].rank;
            }
        }
    }

    TokenId mergedBy(std::uint32_t rank) const { return m_merged[rank]; }

private:
    struct Slot
    {
        std::uint64_t key = 0;
        std::uint32_t rank = noRank; ///< noRank: free
    };

    static std::uint64_t keyOf(TokenId left, TokenId right)
    {
        return (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint64_t>(right);
    }
    std::size_t slotOf(std::uint64_t key) const
    {
        constexpr std::uint64_t oddMultiplier = 0x9E3779B97F4A7C15U; // 2^64 / golden ratio
        return static_cast<std::size_t>((key * oddMultiplier) >> 32) & m_mask;
    }

    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
    std::vector<TokenId> m_merged;
};

} // namespace bitprism::tokenize
