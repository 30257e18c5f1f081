// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/loss_prediction.h"

#include "core/base/error.h"

namespace bitprism {

void LossPrediction::add(double projection, std::int64_t scoredTokens)
{
    BITPRISM_ASSERT(scoredTokens > 0, "a sequence scores something");
    m_sum += projection;
    m_squares += projection * projection / static_cast<double>(scoredTokens);
    m_tokens += scoredTokens;
    ++m_sequences;
}

double LossPrediction::value() const
{
    if (m_sequences == 0) {
        return 0;
    }
    return m_sum / static_cast<double>(m_tokens)
        + 0.5 * m_squares / static_cast<double>(m_sequences);
}

} // namespace bitprism
