// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/symmetric_codes.h"

namespace bitprism {

SymmetricCodes symmetricCodes(int bits, std::string_view grid)
{
    const double half = 1 << (bits - 1);
    if (grid == symmetricGrids::span) {
        return {half - 0.5, -half, half - 1};
    }
    return {half - 1, grid == symmetricGrids::narrow ? 1 - half : -half, half - 1};
}

} // namespace bitprism
