// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/calib/layer_statistics.h"

#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t binCount = 2048;

/// The smallest power of two above `magnitude`, so that every value lies strictly inside the range.
double rangeAbove(double magnitude) { return std::exp2(std::floor(std::log2(magnitude)) + 1); }

/// Twice the range with the same number of bins: pairs of bins join, around the middle.
void doubleRange(Histogram &histogram)
{
    std::vector<std::int64_t> counts(binCount, 0);
    for (std::size_t i = 0; i < binCount; ++i) {
        counts[binCount / 4 + i / 2] += histogram.counts[i];
    }
    histogram.counts = std::move(counts);
    histogram.low *= 2;
    histogram.high *= 2;
}

void growTo(Histogram &histogram, double range)
{
    while (histogram.high < range) {
        doubleRange(histogram);
    }
}

} // namespace

void addToHistogram(Histogram &histogram, const at::Tensor &values)
{
    const at::Tensor flat = values.detach().to(at::kCPU, at::kFloat).contiguous().view(-1);
    if (flat.numel() == 0) {
        return;
    }
    const double largest = flat.abs().max().item<double>();
    BITPRISM_ASSERT(std::isfinite(largest), "activations are finite");
    // Zeros alone need some range; it grows with the first other value.
    const double range = rangeAbove(std::max(largest, 0x1p-30));
    if (histogram.counts.empty()) {
        histogram.low = -range;
        histogram.high = range;
        histogram.counts.assign(binCount, 0);
    }
    growTo(histogram, range);
    constexpr std::size_t half = binCount / 2;
    const float scale = static_cast<float>(static_cast<double>(half) / histogram.high);
    const float *value = flat.data_ptr<float>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        // The scale is a power of two, so the bin is exact whatever the range was at this time.
        const int bin = static_cast<int>(std::floor(value[i] * scale)) + static_cast<int>(half);
        ++histogram.counts[static_cast<std::size_t>(bin)];
    }
}

} // namespace bitprism
