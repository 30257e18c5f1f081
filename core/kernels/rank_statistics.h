// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace bitprism {

/// Ranks from 1, ties sharing the mean of theirs. O(n log n).
std::vector<double> averageRanks(std::span<const double> values);

/// Pearson's correlation of the ranks. Nothing for fewer than two pairs, a constant side, or values
/// that are not finite.
std::optional<double> spearmanCorrelation(std::span<const double> x, std::span<const double> y);

/// Kendall's tau-b (ties corrected); nothing where Spearman's is. O(n log n).
std::optional<double> kendallTau(std::span<const double> x, std::span<const double> y);

/// Quantile at `probability` in [0, 1] of ascending values, linear between neighbours (Hyndman and
/// Fan's type 7). `sorted` is not empty.
double sortedQuantile(std::span<const double> sorted, double probability);

/// The same for each probability, of values in any order.
std::vector<double> quantiles(std::span<const double> values,
                              std::span<const double> probabilities);

} // namespace bitprism
