// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism::test {

/// Whether a sanitizer watches program and tests: everything takes several times as long, and
/// memory besides its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool isSanitized = true;
#else
inline constexpr bool isSanitized = false;
#endif

/// A limit of time that is ample without one.
inline constexpr int ample(int milliseconds)
{
    return isSanitized ? 20 * milliseconds : milliseconds;
}

} // namespace bitprism::test
