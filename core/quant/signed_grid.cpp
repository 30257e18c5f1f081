// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/signed_grid.h"

namespace bitprism {

SymmetricCodes symmetricCodes(int bits, std::string_view grid)
{
    const double half = 1 << (bits - 1);
    if (grid == symmetricGrids::span) {
        return {half - 0.5, -half, half - 1};
    }
    return {half - 1, grid == symmetricGrids::narrow ? 1 - half : -half, half - 1};
}

at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs,
                              const SymmetricCodes &codes)
{
    constexpr double rangeFloor = 1e-5;
    const at::Tensor scale = maxAbs.clamp_min(rangeFloor).div(codes.divisor);
    return input.div(scale).round_().clamp_(codes.lowest, codes.highest).mul_(scale);
}

at::Tensor fakeQuantizeSigned(const at::Tensor &input, const at::Tensor &maxAbs, int bits)
{
    return fakeQuantizeSigned(input, maxAbs, symmetricCodes(bits));
}

at::Tensor fakeQuantizeRange(const at::Tensor &input, const at::Tensor &low, const at::Tensor &high,
                             int bits)
{
    constexpr double rangeFloor = 1e-5;
    const double largestCode = (1 << bits) - 1;
    const at::Tensor scale = (high - low).clamp_min(rangeFloor).div(largestCode);
    const at::Tensor zeroPoint = low.neg().div(scale).round();
    const at::Tensor code = at::maximum(
        at::minimum(input.div(scale).round_(), largestCode - zeroPoint), zeroPoint.neg());
    return code * scale;
}

} // namespace bitprism
