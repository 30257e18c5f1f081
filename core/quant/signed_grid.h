// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <string_view>

namespace bitprism {

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

/// Fake-quantizes `input` to `codes` on the symmetric grid that reaches `maxAbs` (floor 1e-5).
/// `maxAbs` broadcasts against `input`. FP32, halves to even.
at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs,
                              const SymmetricCodes &codes);
/// The same with symmetricGrids::positive (RangeRule::QuarotSym and SmoothQuant).
at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs, int bits);

/// Fake-quantizes `input` to codes 0 .. 2^bits-1 on the grid from `low` to `high` with an integer
/// zero point (floor of the range 1e-5): zero stays zero. `low` <= 0 <= `high` broadcast against
/// `input`. FP32, halves to even.
at::Tensor fakeQuantizeRange(const at::Tensor &input, const at::Tensor &low, const at::Tensor &high,
                             int bits);

} // namespace bitprism
