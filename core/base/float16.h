// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace bitprism {

/// IEEE 754 binary16 bits to float; exact, subnormals and NaN included.
inline float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    const std::uint32_t magnitude = half & 0x7fffU;
    const float subnormal = static_cast<float>(magnitude) * 0x1p-24F;
    const std::uint32_t rebias = magnitude >= 0x7c00U ? 0x70000000U : 0x38000000U;
    const std::uint32_t normal = (magnitude << 13) + rebias;
    return std::bit_cast<float>(
        sign | (magnitude < 0x0400U ? std::bit_cast<std::uint32_t>(subnormal) : normal));
}

/// Float to binary16 bits, rounded to nearest, ties to even; overflow gives infinity.
inline std::uint16_t floatToHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    std::uint32_t half = 0;
    if (magnitude > 0x7f800000U) {
        half = 0x7e00U | ((magnitude >> 13) & 0x1ffU);
    } else if (magnitude >= 0x47800000U) {
        half = 0x7c00U;
    } else if (magnitude < 0x38800000U) {
        // Adding 0.5 lets the hardware round at 2^-24, the spacing of subnormal halves.
        half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3f000000U;
    } else {
        half = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
    }
    return static_cast<std::uint16_t>(sign | half);
}

/// `value` as a binary16 reader would see it.
inline float roundToHalf(float value) { return halfToFloat(floatToHalf(value)); }

inline float bfloat16ToFloat(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Float to bfloat16 bits, rounded to nearest, ties to even.
inline std::uint16_t floatToBfloat16(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffU) > 0x7f800000U) {
        return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    }
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

} // namespace bitprism
