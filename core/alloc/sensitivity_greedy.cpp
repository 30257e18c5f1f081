// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"
#include "core/alloc/integer_program.h"
#include "core/alloc/spending_params.h"
#include "core/base/error.h"

#include <queue>

#include <chrono>
#include <functional>
#include <limits>

namespace bitprism {

namespace {

struct SensitivityGreedyParams : SpendingParams
{
    void visit(ParamVisitor &v)
    {
        visitMetric(v);
        visitBudget(v);
    }
};

/// One unit's change to another candidate; the best has the largest slope.
struct Move
{
    double slope = 0; ///< damage avoided per cost
    std::size_t unit = 0;
    std::size_t candidate = 0;

    bool operator<(const Move &other) const
    {
        if (slope != other.slope) {
            return slope < other.slope;
        }
        return unit != other.unit ? unit > other.unit : candidate > other.candidate;
    }
};

/// Greedy spending: from the cheapest choice, always the affordable move with the largest slope
/// over all units and all their candidates. While everything is affordable, these are the edges of
/// the units' lower convex hulls in falling order; after the first that is not, the rest of the
/// budget is filled. Slopes never rise along the way, and what a smaller budget fills up with gains
/// less than the move it could not afford, so a larger budget never ends with more damage.
class GreedyWalk
{
public:
    GreedyWalk(const AllocationUnits &units, const ResourceLimits &limits)
        : m_units(units)
        , m_limits(limits)
    {
        for (const AllocationUnit &unit : units.units()) {
            m_choice.push_back(cheapest(unit));
        }
        m_use = units.use(m_choice);
        if (!limits.allow(m_use)) { // several limits, whose cheapest choices differ
            m_choice = choiceWithin(limits, units);
            m_use = units.use(m_choice);
        }
        for (std::size_t u = 0; u < m_choice.size(); ++u) {
            offer(u);
        }
    }

    const std::vector<std::size_t> &choice() const { return m_choice; }

    /// False once no affordable move helps.
    bool step()
    {
        while (!m_moves.empty()) {
            const Move move = m_moves.top();
            m_moves.pop();
            const bool isTaken = m_limits.allow(useAfter(move.unit, move.candidate));
            if (isTaken) {
                m_use = useAfter(move.unit, move.candidate);
                m_choice[move.unit] = move.candidate;
            }
            offer(move.unit); // the next of this unit, or a smaller one where it was too dear
            if (isTaken) {
                return true;
            }
        }
        return false;
    }

private:
    const UnitCandidate &candidate(std::size_t unit, std::size_t position) const
    {
        return m_units.units()[unit].candidates[position];
    }

    std::size_t cheapest(const AllocationUnit &unit) const
    {
        std::size_t best = 0;
        for (std::size_t c = 1; c < unit.candidates.size(); ++c) {
            const double cost = m_limits.cost(unit.candidates[c].use);
            const double least = m_limits.cost(unit.candidates[best].use);
            if (cost < least
                || (cost == least && unit.candidates[c].damage < unit.candidates[best].damage)) {
                best = c;
            }
        }
        return best;
    }

    ResourceUse useAfter(std::size_t unit, std::size_t position) const
    {
        ResourceUse use = m_use;
        use -= candidate(unit, m_choice[unit]).use;
        use += candidate(unit, position).use;
        return use;
    }

    /// Queues the unit's best move that is affordable now.
    void offer(std::size_t unit)
    {
        const UnitCandidate &current = candidate(unit, m_choice[unit]);
        const double currentCost = m_limits.cost(current.use);
        Move best;
        double bestCost = 0;
        bool isFound = false;
        for (std::size_t c = 0; c < m_units.units()[unit].candidates.size(); ++c) {
            const double gain = current.damage - candidate(unit, c).damage;
            if (!(gain > 0) || !m_limits.allow(useAfter(unit, c))) {
                continue;
            }
            const double cost = m_limits.cost(candidate(unit, c).use) - currentCost;
            const double slope = cost > 0 ? gain / cost : std::numeric_limits<double>::infinity();
            // Of candidates on one edge of the hull, the nearest: the frontier has all its corners.
            if (!isFound || slope > best.slope || (slope == best.slope && cost < bestCost)) {
                best = {slope, unit, c};
                bestCost = cost;
                isFound = true;
            }
        }
        if (isFound) {
            m_moves.push(best);
        }
    }

    const AllocationUnits &m_units;
    const ResourceLimits &m_limits;
    std::vector<std::size_t> m_choice;
    ResourceUse m_use;
    std::priority_queue<Move> m_moves;
};

class GreedyFrontier final : public Frontier
{
public:
    explicit GreedyFrontier(AllocationProblem problem)
        : m_units(std::move(problem))
    {
    }

    Allocation at(const Budget &budget) const override
    {
        const auto start = std::chrono::steady_clock::now();
        const ResourceLimits limits(budget, m_units);
        GreedyWalk walk(m_units, limits);
        while (walk.step()) { }
        Allocation allocation = m_units.allocation(walk.choice(), "sensitivity-greedy", "feasible");
        allocation.milliseconds
            = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                  .count();
        return allocation;
    }

    std::vector<FrontierPoint> points() const override
    {
        const ResourceLimits limits({}, m_units);
        GreedyWalk walk(m_units, limits);
        std::vector<FrontierPoint> points{m_units.point(walk.choice())};
        while (walk.step()) {
            points.push_back(m_units.point(walk.choice()));
        }
        return points;
    }

private:
    AllocationUnits m_units;
};

/// Starts every layer at its cheapest width and spends bits where a bit avoids most damage, taking
/// the layers' damages to add up.
class SensitivityGreedy final : public SpendingAllocator<SensitivityGreedyParams>
{
public:
    using Params = SensitivityGreedyParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "sensitivity-greedy";
        info.title = BITPRISM_TR("Component", "Most damage avoided per bit");
        info.source = "Marginal analysis on the convex hulls of additive damages";
        return info;
    }
    explicit SensitivityGreedy(const Params &params)
        : SpendingAllocator(params)
    {
    }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem, std::stop_token) const override
    {
        return std::make_unique<GreedyFrontier>(std::move(problem));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, sensitivity_greedy, SensitivityGreedy);

} // namespace bitprism
