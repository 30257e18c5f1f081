// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

namespace bitprism {

/// A token is massive where an entry of a block's output exceeds both (Sun et al.,
/// arXiv 2402.17762).
inline constexpr double massiveLeast = 100;
inline constexpr double massiveTimesMedian = 1000; ///< of the output's median magnitude
/// A token is an attention sink where some head gives it more, on average over the queries that see
/// it (Gu et al., arXiv 2410.10781).
inline constexpr double sinkShare = 0.3;

/// What a table marks in all its blocks: a zero is an answer, nothing is not.
struct OutlierFindings
{
    std::optional<std::size_t> massive; ///< tokens, counted in each block; nothing: none was seen
    std::optional<std::size_t> sinks; ///< likewise; nothing: no block's attention was seen
    double largest = 0; ///< of any block's output
    double largestTimesMedian = 0; ///< the most that a block's largest entry is of its median
};

OutlierFindings findingsOf(const OutlierTable &table);

} // namespace bitprism
