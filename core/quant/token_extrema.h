// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/activation_search.h"
#include "core/quant/range_search.h"

#include <ATen/ATen.h>

#include <map>
#include <string>
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

/// The same for all layers of a network whose samples come in batches; layers that share an input
/// are one site (siteOf()).
class SiteExtrema
{
public:
    struct Site
    {
        LayerInfo layer; ///< the one that was seen
        bool hasTokens = true; ///< otherwise its range is kept whole
        std::vector<TokenExtrema> batches;

        /// The mean over batches of the range for the share `kept`.
        ActivationRange range(double kept) const;
        /// Numbers that entered it in a batch.
        double numbers(std::size_t batch) const;
    };

    /// `batch` samples are ranked together.
    explicit SiteExtrema(std::size_t batch = 1)
        : m_batch(batch)
    {
    }
    void add(const SeenInput &seen);
    const std::map<std::string, Site> &sites() const { return m_sites; }

private:
    std::size_t m_batch;
    std::map<std::string, Site> m_sites;
};

} // namespace bitprism
