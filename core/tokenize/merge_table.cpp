// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/merge_table.h"

#include <bit>

namespace bitprism::tokenize {

MergeTable::MergeTable(std::size_t mergeCount)
    : m_slots(std::bit_ceil(mergeCount * 2 + 2)) // at most half full
    , m_mask(m_slots.size() - 1)
{
    m_merged.reserve(mergeCount);
}

void MergeTable::add(TokenId left, TokenId right, TokenId merged)
{
    const std::uint64_t key = keyOf(left, right);
    std::size_t slot = slotOf(key);
    while (m_slots[slot].rank != noRank && m_slots[slot].key != key) {
        slot = (slot + 1) & m_mask;
    }
    m_slots[slot] = {key, static_cast<std::uint32_t>(m_merged.size())};
    m_merged.push_back(merged);
}

} // namespace bitprism::tokenize
