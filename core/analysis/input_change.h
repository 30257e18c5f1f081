// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_samples.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// What a transform does to a layer's input and, so that the output stays, to its weight:
/// x' = ((x - shift) / scale) R and W' = (W scale) R, with R a Hadamard matrix behind random signs.
/// A channel of scale 0 is constant and leaves both; what the shift takes goes into the bias.
struct InputChange
{
    std::vector<double> shift; ///< [channels]
    std::vector<double> scale; ///< [channels]
    bool rotates = false;
    std::vector<bool> kept; ///< channels that are not quantized, [channels]; empty: none
};

/// A quantizer's view of an input: entries of kept channels do not count.
struct InputRange
{
    double low = 0;
    double high = 0;
    double kurtosis = 0;
};

InputChange noChange(std::int64_t channels);
/// s_j = max|X_j|^alpha / max|W_j|^(1 - alpha) over all layers that read the input, both maxima at
/// least 1e-5, as is s (SmoothQuant, arXiv 2211.10438, equation 4).
InputChange smoothed(const InputSamples &samples, double alpha);
/// Divides by the gain, but where it is below `guard` times the median magnitude (Outlier
/// Suppression, arXiv 2209.13325; outlier-suppression.md, equation 3).
InputChange migrated(const InputSamples &samples, double guard);
/// z = (max + min) / 2, where the norm has a bias, else 0 (Outlier Suppression+, arXiv 2304.09145,
/// equation 8).
std::vector<double> centres(const InputSamples &samples);
/// Scale max(1, max|x - z| / threshold) (equation 9).
InputChange clippedAt(const InputSamples &samples, double threshold);
/// Folds the gain into the layers where a rotation does, then rotates.
InputChange rotated(const InputSamples &samples);
/// Keeps the ceil(share * channels) channels of the largest magnitude.
InputChange keepingTop(const InputSamples &samples, double share);

/// Rows of an input, [rows, channels], after the change; kept channels become 0.
std::vector<float> changedInput(const InputChange &change, const std::vector<float> &rows);
/// Rows of a weight likewise.
std::vector<float> changedWeight(const InputChange &change, const std::vector<float> &rows);

/// Range and kurtosis of the changed input on all tokens: from the channels' ranges and power sums,
/// exactly; of a rotation, from the tokens that are kept. Those drawn at random reach less far than
/// all that they stand for, so their range grows by sqrt(ln M / ln m), M and m the numbers of
/// entries: the largest of m entries that are near to normal, as a rotation makes them, lies at
/// sqrt(2 ln m) standard deviations.
InputRange rangeOf(const InputSamples &samples, const InputChange &change);

/// How many tokens each of the sample's stands for: 1 for an extreme, else equal shares of the
/// rest. [sampled]
std::vector<double> tokenWeights(const InputSamples &samples);

} // namespace bitprism
