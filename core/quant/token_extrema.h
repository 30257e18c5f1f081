// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/range_search.h"

#include <ATen/ATen.h>

#include <vector>

namespace bitprism {

/// The extremes of each token that entered a layer in one batch, from which a range for any share
/// of the tokens follows without looking at the input again (outlier-suppression.md 5).
class TokenExtrema
{
public:
    /// `rows` [tokens, cols]; those of several calls belong to one batch.
    void add(const at::Tensor &rows);
    std::size_t tokens() const { return m_high.size(); }
    /// Of the input clipped to [c_l, c_u]: c_u the largest of the tokens' maxima within the
    /// quantile `kept` of their magnitudes (linear between ranks), c_l likewise. 1: the whole
    /// range.
    ActivationRange range(double kept) const;

private:
    std::vector<float> m_low; ///< the tokens' minima, ascending
    std::vector<float> m_high; ///< maxima
    std::vector<float> m_lowMagnitudes; ///< of the minima, ascending
    std::vector<float> m_highMagnitudes;
};

} // namespace bitprism
