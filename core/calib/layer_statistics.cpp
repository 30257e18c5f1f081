// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/layer_statistics.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitprism {

namespace {

template <typename T> void addTo(std::vector<T> &sums, const std::vector<T> &more)
{
    sums.resize(std::max(sums.size(), more.size()));
    for (std::size_t i = 0; i < more.size(); ++i) {
        sums[i] += more[i];
    }
}

/// Element by element; what only one of them has is taken as it is.
template <typename Join>
void extend(std::vector<float> &values, const std::vector<float> &more, Join join)
{
    for (std::size_t i = 0; i < more.size(); ++i) {
        if (i < values.size()) {
            values[i] = join(values[i], more[i]);
        } else {
            values.push_back(more[i]);
        }
    }
}

} // namespace

StatisticsNeeds &StatisticsNeeds::operator|=(const StatisticsNeeds &other)
{
    hessian = hessian || other.hessian;
    hessianInDouble = hessianInDouble || other.hessianInDouble;
    channels = channels || other.channels;
    magnitudes = magnitudes || other.magnitudes;
    channelMagnitudes = channelMagnitudes || other.channelMagnitudes;
    return *this;
}

void LayerStatistics::merge(const LayerStatistics &other)
{
    BITPRISM_ASSERT(cols == 0 || other.cols == 0 || cols == other.cols,
                    "merged statistics belong to one layer");
    cols = std::max(cols, other.cols);
    tokens += other.tokens;
    if (other.outerSum.defined()) {
        outerSum = outerSum.defined() ? outerSum + other.outerSum : other.outerSum;
    }
    channelMaxAbs.resize(std::max(channelMaxAbs.size(), other.channelMaxAbs.size()));
    for (std::size_t i = 0; i < other.channelMaxAbs.size(); ++i) {
        channelMaxAbs[i] = std::max(channelMaxAbs[i], other.channelMaxAbs[i]);
    }
    extend(channelMin, other.channelMin, [](float a, float b) { return std::min(a, b); });
    extend(channelMax, other.channelMax, [](float a, float b) { return std::max(a, b); });
    addTo(channelSum, other.channelSum);
    addTo(channelAbsSum, other.channelAbsSum);
    addTo(channelSquareSum, other.channelSquareSum);
    magnitudes.merge(other.magnitudes);
    if (channelMagnitudes.empty()) {
        channelMagnitudes = other.channelMagnitudes;
    } else {
        for (std::size_t i = 0; i < other.channelMagnitudes.size(); ++i) {
            channelMagnitudes[i].merge(other.channelMagnitudes[i]);
        }
    }
}

at::Tensor LayerStatistics::hessian() const
{
    BITPRISM_ASSERT(outerSum.defined() && tokens > 0, "the Hessian was asked for and fed");
    return outerSum * (2.0 / static_cast<double>(tokens));
}

double LayerStatistics::maxAbs() const
{
    return channelMaxAbs.empty() ? 0
                                 : *std::max_element(channelMaxAbs.begin(), channelMaxAbs.end());
}

} // namespace bitprism
