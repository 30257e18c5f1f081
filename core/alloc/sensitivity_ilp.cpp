// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"
#include "core/alloc/integer_program.h"
#include "core/alloc/spending_params.h"

#include <algorithm>
#include <chrono>

namespace bitprism {

namespace {

struct SensitivityIlpParams : SpendingParams
{
    double seconds = 10;

    void visit(ParamVisitor &v)
    {
        visitMetric(v);
        v.real("seconds", seconds, {0.01, 3600, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Time limit"),
                BITPRISM_TR("Component", "Of one budget; what was best until then is taken."),
                "s"});
        visitBudget(v);
    }
};

class IlpFrontier final : public Frontier
{
public:
    IlpFrontier(AllocationProblem problem, double seconds, std::stop_token stop)
        : m_exact(std::move(problem), {"sensitivity-ilp"}, std::move(stop))
        , m_seconds(seconds)
    {
    }

    /// The front's answer is where the search starts, and what is given where that is better: the
    /// solver's tolerances are wider than the front's.
    Allocation at(const Budget &budget) const override
    {
        const auto start = std::chrono::steady_clock::now();
        Allocation known = m_exact.at(budget);
        const AllocationUnits &units = m_exact.units();
        const ResourceLimits limits(budget, units);
        const IntegerSolution found
            = solveIntegerProgram(units, linearLimits(units, limits), choiceOf(known), m_seconds);
        const bool isBetter = !found.choice.empty() && limits.allow(units.use(found.choice))
            && units.damage(found.choice) < known.objective;
        Allocation allocation = isBetter
            ? units.allocation(found.choice, "sensitivity-ilp", "feasible")
            : std::move(known);
        allocation.solver = integerSolverName();
        if (found.isOptimal) {
            allocation.status = "optimal";
            allocation.gap = 0;
        } else if (allocation.status != "optimal") {
            allocation.gap = std::max(0.0, allocation.objective - found.bound);
        }
        allocation.milliseconds
            = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                  .count();
        return allocation;
    }

    std::vector<FrontierPoint> points() const override { return m_exact.points(); }

private:
    std::vector<std::size_t> choiceOf(const Allocation &allocation) const
    {
        std::vector<std::size_t> choice;
        for (const AllocationUnit &unit : m_exact.units().units()) {
            const LayerChoice &wanted = allocation.layers[unit.layers.front()];
            const auto found = std::find_if(
                unit.candidates.begin(), unit.candidates.end(), [&](const UnitCandidate &c) {
                    return c.bits == wanted.bits && c.ratio == wanted.ratio;
                });
            choice.push_back(static_cast<std::size_t>(found - unit.candidates.begin()));
        }
        return choice;
    }

    ExactFrontier m_exact;
    double m_seconds;
};

/// The sum of damages made least by integer programming, under any number of limits at once.
class SensitivityIlp final : public SpendingAllocator<SensitivityIlpParams>
{
public:
    using Params = SensitivityIlpParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "sensitivity-ilp";
        info.title = BITPRISM_TR("Component", "Least sum of damages, integer program");
        info.source = "Multiple-choice knapsack by branch-and-cut (GLPK)";
        return info;
    }
    explicit SensitivityIlp(const Params &params)
        : SpendingAllocator(params)
    {
    }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem,
                                          std::stop_token stop) const override
    {
        problem.interactions.clear(); // damages add up here
        return std::make_unique<IlpFrontier>(std::move(problem), m_params.seconds, std::move(stop));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, sensitivity_ilp, SensitivityIlp);

} // namespace bitprism
