// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_units.h"

#include <optional>
#include <vector>

namespace bitprism {

/// A limit on the sum of `amounts` of what is chosen.
struct LinearLimit
{
    std::vector<std::vector<double>> amounts; ///< [unit][candidate]
    double limit = 0;
};

struct IntegerSolution
{
    std::vector<std::size_t> choice; ///< empty: nothing found in time, or nothing there
    bool isOptimal = false;
    double bound = 0; ///< no choice damages less
};

/// Minimises the sum of damages over one candidate per unit under all limits at once, by
/// branch-and-cut (COIN-OR CBC). Interactions are left out. Starts from `start`, which keeps the
/// limits, and stops after `seconds`.
IntegerSolution solveIntegerProgram(const AllocationUnits &units,
                                    const std::vector<LinearLimit> &limits,
                                    const std::vector<std::size_t> &start, double seconds);

} // namespace bitprism
