// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What OmniQuant's grids are kept within (base-methods.md 1.2), on whatever they are computed.
namespace bitprism::omni_limits {

inline constexpr float leastScale = 1e-5F;
inline constexpr float largestScale = 1e4F;
inline constexpr float largestZeroPoint = 1e4F;

} // namespace bitprism::omni_limits
