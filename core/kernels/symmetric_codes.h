// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace bitprism {

/// Least range, or largest magnitude, that a grid of activations is made for.
inline constexpr double leastActivationRange = 1e-5;

/// How a symmetric grid of b bits meets a largest magnitude (outlier-suppression.md 4).
struct SymmetricCodes
{
    double divisor = 127; ///< of the largest magnitude: the scale
    double lowest = -128;
    double highest = 127;
};

/// Names of such grids: the largest positive code stands for the largest magnitude; the whole range
/// of codes spans twice the largest magnitude (Outlier Suppression); as the first, but without the
/// lowest code (Outlier Suppression+).
namespace symmetricGrids {
inline constexpr std::string_view positive = "positive"; ///< 2^(b-1) - 1
inline constexpr std::string_view span = "span"; ///< (2^b - 1) / 2
inline constexpr std::string_view narrow = "narrow"; ///< 2^(b-1) - 1, codes from 1 - 2^(b-1)
} // namespace symmetricGrids

SymmetricCodes symmetricCodes(int bits, std::string_view grid = symmetricGrids::positive);

} // namespace bitprism
