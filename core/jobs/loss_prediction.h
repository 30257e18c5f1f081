// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace bitprism {

/// The change of the mean loss that a weight change D will cause, to second order with the Fisher
/// information in place of the Hessian (high-impact-ratio.md 3.6 c):
///
///     <g, D> + 1/2 (1/N) sum_n T_n <g_n, D>^2
///
/// with g the gradient of the mean loss over all scored tokens, g_n that of sequence n's own mean,
/// and T_n its scored tokens. One object serves one D.
class LossPrediction
{
public:
    /// `projection` is <gradient of the summed loss of one sequence, D>.
    void add(double projection, std::int64_t scoredTokens);
    /// Nats per token.
    double value() const;

private:
    double m_sum = 0;
    double m_squares = 0; ///< sum of T_n <g_n, D>^2 = projection^2 / T_n
    std::int64_t m_tokens = 0;
    std::int64_t m_sequences = 0;
};

} // namespace bitprism
