// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/token_extrema.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

void insertSorted(std::vector<float> &sorted, const at::Tensor &values)
{
    const at::Tensor flat = values.to(at::kCPU, at::kFloat).contiguous();
    const auto old = std::ssize(sorted);
    sorted.insert(sorted.end(), flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    std::sort(sorted.begin() + old, sorted.end());
    std::inplace_merge(sorted.begin(), sorted.begin() + old, sorted.end());
}

/// Linear between the ranks of ascending values.
double quantile(const std::vector<float> &sorted, double share)
{
    const double rank = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(rank));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double low = sorted[below];
    return low + (rank - static_cast<double>(below)) * (sorted[above] - low);
}

} // namespace

void TokenExtrema::add(const at::Tensor &rows)
{
    if (rows.size(0) == 0) {
        return;
    }
    const at::Tensor low = rows.amin(1);
    const at::Tensor high = rows.amax(1);
    insertSorted(m_low, low);
    insertSorted(m_high, high);
    insertSorted(m_lowMagnitudes, low.abs());
    insertSorted(m_highMagnitudes, high.abs());
}

ActivationRange TokenExtrema::range(double kept) const
{
    if (m_high.empty()) {
        return {};
    }
    const double most = quantile(m_highMagnitudes, kept);
    const double least = -quantile(m_lowMagnitudes, kept);
    // Both exist: a value within the quantile's magnitude, or one of the other sign.
    const double clipHigh = *(std::upper_bound(m_high.begin(), m_high.end(), most) - 1);
    const double clipLow = *std::lower_bound(m_low.begin(), m_low.end(), least);
    // The extremes of the clipped input are the clipped extremes.
    const auto clipped = [&](double x) { return std::min(std::max(x, clipLow), clipHigh); };
    return {clipped(m_low.front()), clipped(m_high.back())};
}

ActivationRange SiteExtrema::Site::range(double kept) const
{
    ActivationRange mean;
    double count = 0;
    for (const TokenExtrema &batch : batches) {
        if (batch.tokens() > 0) {
            const ActivationRange range = batch.range(hasTokens ? kept : 1);
            mean.low += range.low;
            mean.high += range.high;
            ++count;
        }
    }
    return {mean.low / std::max(1.0, count), mean.high / std::max(1.0, count)};
}

double SiteExtrema::Site::numbers(std::size_t batch) const
{
    const std::size_t tokens = batch < batches.size() ? batches[batch].tokens() : 0;
    return static_cast<double>(tokens) * static_cast<double>(layer.cols);
}

void SiteExtrema::add(const SeenInput &seen)
{
    Site &site = m_sites[siteOf(seen.layer)];
    const std::size_t batch = seen.sample / m_batch;
    site.layer = seen.layer;
    site.hasTokens = seen.hasTokens;
    site.batches.resize(std::max(site.batches.size(), batch + 1));
    site.batches[batch].add(seen.rows);
}

} // namespace bitprism
