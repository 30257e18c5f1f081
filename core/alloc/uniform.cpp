// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"

#include <algorithm>
#include <chrono>

namespace bitprism {

namespace {

struct UniformParams
{
    int bits = 0;
    double budgetBits = 0;

    void visit(ParamVisitor &v)
    {
        v.integer("bits", bits, {0, 8},
                  {BITPRISM_TR("Component", "Bits"),
                   BITPRISM_TR("Component", "Width of every layer; 0: the best the budget allows."),
                   "bit"});
        v.real("budget_bits", budgetBits, {0, 16},
               {BITPRISM_TR("Component", "Budget"),
                BITPRISM_TR("Component", "Average stored bits per weight; 0: given elsewhere."),
                "bit"});
    }
};

/// Position of the candidate with this width and ratio; nothing if there is none.
std::optional<std::size_t> findCandidate(const AllocationUnit &unit, const UnitCandidate &like)
{
    for (std::size_t c = 0; c < unit.candidates.size(); ++c) {
        if (unit.candidates[c].bits == like.bits && unit.candidates[c].ratio == like.ratio) {
            return c;
        }
    }
    return std::nullopt;
}

/// The choice that gives every unit that is not pinned the candidate `like`.
std::optional<std::vector<std::size_t>> uniformChoice(const AllocationUnits &units,
                                                      const UnitCandidate &like)
{
    std::vector<std::size_t> choice;
    for (const AllocationUnit &unit : units.units()) {
        const std::optional<std::size_t> found = findCandidate(unit, like);
        if (!found && !unit.isPinned) {
            return std::nullopt;
        }
        choice.push_back(found.value_or(0));
    }
    return choice;
}

class UniformFrontier final : public Frontier
{
public:
    UniformFrontier(AllocationProblem problem, int bits)
        : m_units(std::move(problem))
    {
        const std::vector<AllocationUnit> &units = m_units.units();
        const auto isFree = [](const AllocationUnit &unit) { return !unit.isPinned; };
        const auto model = std::find_if(units.begin(), units.end(), isFree);
        // Where all layers are pinned, any of them stands for the one choice there is.
        for (const UnitCandidate &candidate :
             (model == units.end() ? units.begin() : model)->candidates) {
            if (bits == 0 || candidate.bits == bits || model == units.end()) {
                if (auto choice = uniformChoice(m_units, candidate)) {
                    m_choices.push_back(std::move(*choice));
                }
            }
        }
        if (m_choices.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The layers have no probed width in common that a uniform "
                                    "allocation could use."));
        }
        std::stable_sort(m_choices.begin(), m_choices.end(), [&](const auto &a, const auto &b) {
            return m_units.use(a).storageBits < m_units.use(b).storageBits;
        });
    }

    Allocation at(const Budget &budget) const override
    {
        const auto start = std::chrono::steady_clock::now();
        const ResourceLimits limits(budget, m_units);
        const std::vector<std::size_t> *best = nullptr;
        for (const std::vector<std::size_t> &choice : m_choices) {
            if (limits.allow(m_units.use(choice))
                && (best == nullptr
                    || m_units.point(choice).objective < m_units.point(*best).objective)) {
                best = &choice;
            }
        }
        if (best == nullptr) {
            limits.require(m_units.use(m_choices.front()));
            best = &m_choices.front();
        }
        Allocation allocation = m_units.allocation(*best, "uniform", "feasible");
        allocation.milliseconds
            = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                  .count();
        return allocation;
    }

    std::vector<FrontierPoint> points() const override
    {
        std::vector<FrontierPoint> points;
        for (const std::vector<std::size_t> &choice : m_choices) {
            const FrontierPoint point = m_units.point(choice);
            if (points.empty() || point.objective < points.back().objective) {
                points.push_back(point);
            }
        }
        return points;
    }

private:
    AllocationUnits m_units;
    std::vector<std::vector<std::size_t>> m_choices; ///< storage ascending
};

/// The same width for every layer: what other allocations are compared with.
class Uniform final : public Allocator
{
public:
    using Params = UniformParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "uniform";
        info.title = BITPRISM_TR("Component", "One width for all layers");
        return info;
    }
    explicit Uniform(const Params &params)
        : m_params(params)
    {
    }

    Budget budget() const override
    {
        Budget budget;
        if (m_params.budgetBits > 0) {
            budget.averageBits = m_params.budgetBits;
        }
        return budget;
    }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem, std::stop_token) const override
    {
        return std::make_unique<UniformFrontier>(std::move(problem), m_params.bits);
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, uniform, Uniform);

} // namespace bitprism
