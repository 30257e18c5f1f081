// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/signed_grid.h"

namespace bitprism {

at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs,
                              const SymmetricCodes &codes)
{
    const at::Tensor scale = maxAbs.clamp_min(leastActivationRange).div(codes.divisor);
    return input.div(scale).round_().clamp_(codes.lowest, codes.highest).mul_(scale);
}

at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs, int bits)
{
    return fakeQuantizeSigned(input, maxAbs, symmetricCodes(bits));
}

at::Tensor fakeQuantizeRange(const at::Tensor &input, const at::Tensor &low, const at::Tensor &high,
                             int bits)
{
    const double largestCode = (1 << bits) - 1;
    const at::Tensor scale = (high - low).clamp_min(leastActivationRange).div(largestCode);
    const at::Tensor zeroPoint = low.neg().div(scale).round();
    const at::Tensor code = at::maximum(
        at::minimum(input.div(scale).round_(), largestCode - zeroPoint), zeroPoint.neg());
    return code * scale;
}

} // namespace bitprism
