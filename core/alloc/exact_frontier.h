// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace bitprism {

struct ExactOptions
{
    std::string allocator = "high-impact-ratio"; ///< named in the allocations
    std::size_t maxPoints = 20000; ///< of a merged front; beyond it is thinned
    double mostCombinations = 5e6; ///< of a component that is enumerated; beyond it is searched
};

/// The whole frontier of a problem (high-impact-ratio.md 3.5). Units that interact inside a block
/// are a component, whose choices are enumerated; the components' fronts are merged. Without
/// interactions this is the multiple-choice knapsack, solved exactly for all budgets at once, with
/// fused layers as single items. Statuses: "optimal", or "feasible" with the duality gap where a
/// front was thinned, a component was too large to enumerate, layers of different blocks interact
/// or several limits hold at once. At any budget never worse than every layer at one and the same
/// candidate.
class ExactFrontier final : public Frontier
{
public:
    ExactFrontier(AllocationProblem problem, ExactOptions options, const std::stop_token &stop);
    ~ExactFrontier() override;

    /// The first budget in another resource than storage solves for it; the caller's
    /// CancellationScope stops that with Error (Cancelled).
    Allocation at(const Budget &budget) const override;
    std::vector<FrontierPoint> points() const override;

    const AllocationUnits &units() const { return m_units; }

private:
    class Solution;
    struct Found;

    const Solution &solution(Resource resource) const;
    Found underOne(Resource resource, double limit) const;
    Found underSeveral(const ResourceLimits &limits, const std::vector<Resource> &limited) const;

    AllocationUnits m_units;
    ExactOptions m_options;
    mutable std::mutex m_mutex; ///< guards m_solutions
    mutable std::map<Resource, std::unique_ptr<const Solution>> m_solutions;
};

} // namespace bitprism
