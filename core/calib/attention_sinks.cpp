// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/attention_sinks.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t mostSinks = 16;

} // namespace

void AttentionSinks::beginState(const at::Tensor &mask, std::int64_t samples, std::int64_t length)
{
    finishState();
    m_mask = mask.defined() ? mask.to(at::kCPU, at::kBool).contiguous() : at::Tensor();
    m_samples = samples;
    m_length = length;
    m_query = 0;
}

void AttentionSinks::add(const at::Tensor &probabilities)
{
    const std::int64_t queries = probabilities.size(2);
    const std::int64_t keys = probabilities.size(3);
    if (probabilities.size(0) != m_samples || m_query + queries > m_length || keys > m_length) {
        return;
    }
    if (!m_sums.defined()) {
        m_heads = static_cast<int>(probabilities.size(1));
        m_sums = at::zeros({m_samples, m_heads, m_length}, at::kDouble);
        m_views = at::zeros({m_samples, m_length}, at::kDouble);
    }
    at::Tensor seen = probabilities;
    if (m_mask.defined()) { // padding asks, too
        seen = seen
            * m_mask.narrow(1, m_query, queries)
                  .to(seen.device(), seen.scalar_type())
                  .view({m_samples, 1, queries, 1});
    }
    // A causal chunk ends with its last query's own key; a sliding window begins later.
    const std::int64_t first = std::max<std::int64_t>(0, m_query + queries - keys);
    m_sums.narrow(2, first, keys).add_(seen.sum(2).to(at::kCPU, at::kDouble));
    m_views.narrow(1, first, keys).add_(seen.amax(1).gt(0).sum(1).to(at::kCPU, at::kDouble));
    m_query += queries;
}

void AttentionSinks::finishState()
{
    std::int64_t token = m_firstToken;
    const bool isSeen = m_sums.defined() && m_query == m_length;
    for (std::int64_t sample = 0; sample < m_samples; ++sample) {
        for (std::int64_t position = 0; position < m_length; ++position) {
            if (m_mask.defined() && !m_mask.data_ptr<bool>()[sample * m_length + position]) {
                continue;
            }
            const double views
                = isSeen ? m_views.data_ptr<double>()[sample * m_length + position] : 0;
            Sink sink;
            sink.token = token++;
            for (int head = 0; 4 * views >= static_cast<double>(m_length) && head < m_heads;
                 ++head) {
                const double share
                    = m_sums.data_ptr<double>()[(sample * m_heads + head) * m_length + position]
                    / views;
                sink.share += share / m_heads;
                sink.heads += share > threshold ? 1 : 0;
            }
            if (sink.heads > 0) {
                m_found.push_back(sink);
            }
        }
    }
    std::stable_sort(m_found.begin(), m_found.end(),
                     [](const Sink &a, const Sink &b) { return a.share > b.share; });
    m_found.resize(std::min(m_found.size(), mostSinks));
    m_firstToken = token;
    m_samples = 0;
    m_sums = at::Tensor();
    m_views = at::Tensor();
}

} // namespace bitprism
