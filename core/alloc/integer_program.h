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
    bool isInfeasible = false; ///< no choice keeps the limits
    double bound = 0; ///< no choice damages less
};

/// Minimises the sum of damages over one candidate per unit under all limits at once, by
/// branch-and-cut (GLPK). Interactions are left out. Starts from `start`, which keeps the limits,
/// unless it is empty, and stops after `seconds`; the thread's CancellationScope stops it with
/// Error (Cancelled).
IntegerSolution solveIntegerProgram(const AllocationUnits &units,
                                    const std::vector<LinearLimit> &limits,
                                    const std::vector<std::size_t> &start, double seconds);

/// "glpk 5.0".
std::string integerSolverName();

/// The rows of `limits` for every resource that is limited.
std::vector<LinearLimit> linearLimits(const AllocationUnits &units, const ResourceLimits &limits);

/// Throws BadInput that says that no choice keeps all limits at once (`isCertain`), or that none
/// was found.
[[noreturn]] void refuseTogether(bool isCertain);

/// A choice that keeps all limits at once, for when the cheapest by one resource does not keep the
/// others; searched for a second at most. Throws BadInput where there is none, or none was found.
std::vector<std::size_t> choiceWithin(const ResourceLimits &limits, const AllocationUnits &units);

} // namespace bitprism
