// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <type_traits>

namespace bitprism::detail {

/// round(quotient) + zeroPoint within [0, maxCode], halves to even, as a whole number of type T.
/// Clamping to whole bounds first gives the same code, and is the form that vectorises: with two
/// clamps after each other GCC makes branches of them. Adding and taking away 1.5 * 2^(mantissa
/// bits) rounds as the processor does (to nearest, ties to even), where nearbyint would be a call
/// on baseline x86-64. NaN gives a code in range too.
template <typename T> inline T roundToCode(T quotient, T zeroPoint, T maxCode)
{
    static_assert(std::is_floating_point_v<T>);
    constexpr T shift = std::is_same_v<T, float> ? T(0x1.8p23) : T(0x1.8p52);
    const T low = -zeroPoint;
    const T high = maxCode - zeroPoint;
    T level = quotient > low ? quotient : low;
    level = level < high ? level : high;
    return ((level + shift) - shift) + zeroPoint;
}

} // namespace bitprism::detail
