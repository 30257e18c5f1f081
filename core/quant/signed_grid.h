// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/symmetric_codes.h"

#include <ATen/ATen.h>

namespace bitprism {

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
