// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/merge_table.h"

namespace bitprism::tokenize {

/// Merges neighbours of `ids` from position `first` on, the lowest rank first and then the
/// leftmost, until no pair is in the table. O(n log n), by a heap over a linked list.
void mergeNeighbours(const MergeTable &merges, std::vector<TokenId> &ids, std::size_t first);

} // namespace bitprism::tokenize
