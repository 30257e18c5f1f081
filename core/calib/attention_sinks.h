// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_findings.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bitprism {

/// Finds the tokens that a block's attention to its own stack rests on: keys that get, in some
/// head, more than 0.3 of the attention on average over the queries that see them, and that a
/// quarter of the queries or more see (Xiao et al., arXiv 2309.17453; the threshold is Gu et al.'s,
/// arXiv 2410.10781). Memory: one number per head and position of a state.
class AttentionSinks
{
public:
    static constexpr double threshold = sinkShare;

    struct Sink
    {
        std::int64_t token = 0; ///< counted over all states, padding left out
        double share = 0; ///< mean over heads
        int heads = 0; ///< above the threshold
    };

    /// The next probabilities are of this state: `mask` [samples, length], undefined for all.
    void beginState(const at::Tensor &mask, std::int64_t samples, std::int64_t length);
    /// Attention probabilities [samples, heads, queries, keys] of the state's next queries; what
    /// comes after the last query is attention to something else, and left alone.
    void add(const at::Tensor &probabilities);
    /// After the last query of a state; beginState() does it for the one before.
    void finishState();

    int heads() const { return m_heads; } ///< 0: no probabilities were seen
    /// The strongest first, at most 16.
    const std::vector<Sink> &found() const { return m_found; }

private:
    at::Tensor m_mask; ///< [samples, length], bool, on the CPU; undefined: all
    std::int64_t m_samples = 0;
    std::int64_t m_length = 0;
    std::int64_t m_query = 0; ///< next query
    std::int64_t m_firstToken = 0;
    at::Tensor m_sums; ///< [samples, heads, length], double
    at::Tensor m_views; ///< [samples, length]: queries that see the key
    int m_heads = 0;
    std::vector<Sink> m_found;
};

} // namespace bitprism
