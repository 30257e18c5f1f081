// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/ggml_search.h"

#include <array>
#include <cstddef>

namespace bitprism::ggml {

inline constexpr std::size_t tileWeights = 256;
inline constexpr std::size_t mostLanes = 16;
using LaneValues = std::array<float, mostLanes>;

/// A super-block as its bytes hold it: x = d * scale * code - dmin * minimum in each lane (d *
/// scale * code where there are no minima).
struct TwoLevel
{
    float d = 0; ///< as F16 holds it
    float dmin = 0;
    LaneValues scale{}; ///< whole numbers
    LaneValues minimum{};
    alignas(32) std::array<float, tileWeights> codes{}; ///< [count, lanes], whole numbers
    double error = 0; ///< weighted
};

/// Sub-block scales of a k-quant.
struct SubScales
{
    float lowest = 0; ///< -32 or -128 for signed ones
    float highest = 63;
};

/// Q2_K, Q4_K and Q5_K. `tops`: places in the sub-block scales that the largest is tried at.
TwoLevel searchTwoLevelAffine(const Lanes &lanes, const AffineScan &scan, SubScales limits,
                              int tops, const Kernels &kernels);
/// Q3_K and Q6_K.
TwoLevel searchTwoLevelSymmetric(const Lanes &lanes, const SymmetricScan &scan, SubScales limits,
                                 int tops, const Kernels &kernels);

/// `value` as F16 holds it, and not zero where it is not. Throws BadInput where F16 ends.
float storableScale(float value);

} // namespace bitprism::ggml
