// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

/// What transforms make of the channels between a norm and the layers that read it: used by the
/// transforms themselves and by what predicts them from statistics.
namespace bitprism {

/// SmoothQuant's s = max|X|^alpha / max|W|^(1 - alpha) of one channel (Xiao et al., arXiv
/// 2211.10438, equation 4; base-methods.md 5): the weights' maximum is at least 1e-5, and so is s.
double smoothingScale(double inputMax, double weightMax, double alpha);

/// What gamma-migration takes out of a norm, by channel: its gain, or 1 where the gain is zero or
/// below `guard` times the median magnitude (Wei et al., arXiv 2209.13325; outlier-suppression.md,
/// equation 3).
std::vector<float> migratedGains(std::span<const float> gains, double guard);

/// Outlier Suppression+ (Wei et al., arXiv 2304.09145) of a channel that reaches from `low` to
/// `high`: the shift (equation 8), and the scale at a threshold, once shifted (equation 9).
double suppressionShift(double low, double high);
double suppressionScale(double low, double high, double threshold);
/// Where its search for the threshold ends, behind a LayerNorm or an RMS norm (released code).
double lowestThreshold(bool isLayerNorm);

} // namespace bitprism
