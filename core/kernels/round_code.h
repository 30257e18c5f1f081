// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <type_traits>

namespace bitprism::detail {

/// round(quotient) + zeroPoint within [0, maxCode], halves to even, as a whole number of type T.
/// Adding and taking away 1.5 * 2^(mantissa bits) rounds as the mode of the processor does (to
/// nearest, ties to even) and vectorises without SSE4.1, where nearbyint would be a call. The
/// quotient is clamped first: zero points stay within 10,000, so codes do not change. NaN gives a
/// code in range too.
template <typename T> inline T roundToCode(T quotient, T zeroPoint, T maxCode)
{
    static_assert(std::is_floating_point_v<T>);
    constexpr T shift = std::is_same_v<T, float> ? T(0x1.8p23) : T(0x1.8p52);
    constexpr T bound = T(32768);
    quotient = quotient > -bound ? quotient : -bound;
    quotient = quotient < bound ? quotient : bound;
    T code = ((quotient + shift) - shift) + zeroPoint;
    code = code > T(0) ? code : T(0);
    return code < maxCode ? code : maxCode;
}

} // namespace bitprism::detail
