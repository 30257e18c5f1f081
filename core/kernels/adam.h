// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Adam's constants (Kingma and Ba, arXiv 1412.6980), as PyTorch has them.
namespace bitprism::adam {

inline constexpr double meanMemory = 0.9;
inline constexpr double squareMemory = 0.999;
inline constexpr double floor = 1e-8; ///< added to the root of the second moment

} // namespace bitprism::adam
