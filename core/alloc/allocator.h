// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/base/component.h"
#include "core/results/allocation.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace bitprism {

/// A solved problem, ready to answer budgets. Immutable; any thread may ask.
class Frontier
{
public:
    virtual ~Frontier() = default;

    /// The allocation under `budget`, within 50 ms at 500 layers (sensitivity-ilp: as long as its
    /// time limit). More budget never means more damage. A budget that no choice satisfies is
    /// BadInput with the smallest feasible value.
    virtual Allocation at(const Budget &budget) const = 0;
    /// Size against damage over all sizes, size ascending, damage falling.
    virtual std::vector<FrontierPoint> points() const = 0;
};

/// Chooses bits (and ratios) per layer under a budget. Pure: no model, no files.
class Allocator
{
public:
    using Interface = Allocator;
    static constexpr Kind kind = Kind::allocator;
    virtual ~Allocator() = default;

    /// Which of `damageMetrics` the problem should be posed with.
    virtual std::string damageMetric() const { return "automatic"; }
    /// Which of `interactionSources` the problem should be posed with; "none" for allocators that
    /// take damages to add up.
    virtual std::string interactions() const { return "none"; }
    /// The budget its own parameters name (a recipe's "budget_bits"): for callers that were given
    /// no other.
    virtual Budget budget() const { return {}; }
    /// Whether it only answers a budget; one whose parameters already are the answer does not.
    virtual bool needsBudget() const { return true; }
    /// Throws BadInput for a problem without layers, a layer without candidates, or numbers that
    /// are not finite.
    virtual std::unique_ptr<const Frontier> solve(AllocationProblem problem,
                                                  std::stop_token stop = {}) const = 0;
};

} // namespace bitprism
