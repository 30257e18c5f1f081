// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/bpe_word.h"

#include <algorithm>
#include <functional>

namespace bitprism::tokenize {

namespace {

constexpr std::uint32_t noSymbol = std::numeric_limits<std::uint32_t>::max();

/// A token of the word being merged, linked to its neighbours.
struct Symbol
{
    TokenId id = 0;
    std::uint32_t previous = noSymbol;
    std::uint32_t next = noSymbol;
    bool isMerged = false; ///< into the one before it
};

/// Pairs that may be merged, as (rank, position of the left one) in one number. An entry outlives
/// its pair; whoever takes it out checks that it still holds.
class Candidates
{
public:
    void add(std::uint32_t rank, std::uint32_t position)
    {
        m_heap.push_back((static_cast<std::uint64_t>(rank) << 32) | position);
    }
    void order() { std::make_heap(m_heap.begin(), m_heap.end(), std::greater<>()); }
    void push(std::uint32_t rank, std::uint32_t position)
    {
        add(rank, position);
        std::push_heap(m_heap.begin(), m_heap.end(), std::greater<>());
    }
    bool isEmpty() const { return m_heap.empty(); }
    std::pair<std::uint32_t, std::uint32_t> take()
    {
        std::pop_heap(m_heap.begin(), m_heap.end(), std::greater<>());
        const std::uint64_t entry = m_heap.back();
        m_heap.pop_back();
        return {static_cast<std::uint32_t>(entry >> 32), static_cast<std::uint32_t>(entry)};
    }

private:
    std::vector<std::uint64_t> m_heap;
};

class Word
{
public:
    Word(const MergeTable &merges, const TokenId *ids, std::uint32_t count)
        : m_merges(merges)
        , m_symbols(count)
    {
        for (std::uint32_t i = 0; i < count; ++i) {
            m_symbols[i]
                = {ids[i], i == 0 ? noSymbol : i - 1, i + 1 == count ? noSymbol : i + 1, false};
            if (i + 1 < count) {
                if (const std::uint32_t rank = merges.rankOf(ids[i], ids[i + 1]);
                    rank != MergeTable::noRank) {
                    m_candidates.add(rank, i);
                }
            }
        }
        m_candidates.order();
    }

    void mergeAll()
    {
        while (!m_candidates.isEmpty()) {
            const auto [rank, position] = m_candidates.take();
            const Symbol &left = m_symbols[position];
            if (left.isMerged || left.next == noSymbol) {
                continue;
            }
            const std::uint32_t current = m_merges.rankOf(left.id, m_symbols[left.next].id);
            const bool holds = current != MergeTable::noRank
                && m_merges.mergedBy(current) == m_merges.mergedBy(rank);
            if (holds) {
                merge(position, m_merges.mergedBy(rank));
            }
        }
    }

    void appendTo(std::vector<TokenId> &ids) const
    {
        for (const Symbol &symbol : m_symbols) {
            if (!symbol.isMerged) {
                ids.push_back(symbol.id);
            }
        }
    }

private:
    void merge(std::uint32_t position, TokenId id)
    {
        Symbol &left = m_symbols[position];
        Symbol &right = m_symbols[left.next];
        left.id = id;
        left.next = right.next;
        right.isMerged = true;
        if (left.next != noSymbol) {
            m_symbols[left.next].previous = position;
        }
        consider(left.previous);
        consider(position);
    }

    /// Adds the pair that begins at `position`, if it can be merged.
    void consider(std::uint32_t position)
    {
        if (position == noSymbol || m_symbols[position].next == noSymbol) {
            return;
        }
        const Symbol &left = m_symbols[position];
        const std::uint32_t rank = m_merges.rankOf(left.id, m_symbols[left.next].id);
        if (rank != MergeTable::noRank) {
            m_candidates.push(rank, position);
        }
    }

    const MergeTable &m_merges;
    std::vector<Symbol> m_symbols;
    Candidates m_candidates;
};

} // namespace

void mergeNeighbours(const MergeTable &merges, std::vector<TokenId> &ids, std::size_t first)
{
    if (ids.size() < first + 2) {
        return;
    }
    Word word(merges, ids.data() + first, static_cast<std::uint32_t>(ids.size() - first));
    word.mergeAll();
    ids.resize(first);
    word.appendTo(ids);
}

} // namespace bitprism::tokenize
