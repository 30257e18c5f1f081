// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"
#include "core/alloc/integer_program.h"
#include "core/alloc/spending_params.h"
#include "core/base/error.h"

#include <algorithm>
#include <chrono>

namespace bitprism {

namespace {

struct UniformParams : SpendingParams
{
    int bits = 0;
    double ratio = -1;

    void visit(ParamVisitor &v)
    {
        v.integer("bits", bits, {0, 8},
                  {BITPRISM_TR("Component", "Bits"),
                   BITPRISM_TR("Component", "Width of every layer; 0: the best the budget allows."),
                   "bit"});
        v.real("ratio", ratio, {-1, 1},
               {BITPRISM_TR("Component", "Ratio"),
                BITPRISM_TR("Component",
                            "Share of high-impact weights in every layer, where the sensitivity "
                            "run probed ratios; -1: the best the budget allows.")});
        visitBudget(v);
    }
};

class UniformFrontier final : public Frontier
{
public:
    UniformFrontier(AllocationProblem problem, int bits, double ratio)
        : m_units(std::move(problem))
    {
        const std::vector<AllocationUnit> &units = m_units.units();
        const auto isFree = [](const AllocationUnit &unit) { return !unit.isPinned; };
        const auto model = std::find_if(units.begin(), units.end(), isFree);
        for (std::vector<std::size_t> &choice : uniformChoices(m_units)) {
            // Where all layers are pinned there is one choice only.
            const bool isWanted
                = model == units.end()
                || isAsked(
                      model->candidates[choice[static_cast<std::size_t>(model - units.begin())]],
                      bits, ratio);
            if (isWanted) {
                m_choices.push_back(std::move(choice));
            }
        }
        if (m_choices.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The layers have no probed width (or ratio) in common that a "
                                    "uniform allocation could use."));
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
            limits.require(leastUse());
            refuseTogether(/*isCertain=*/true);
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
    /// The least of each resource that any of the choices needs.
    ResourceUse leastUse() const
    {
        ResourceUse least = m_units.use(m_choices.front());
        for (const std::vector<std::size_t> &choice : m_choices) {
            const ResourceUse use = m_units.use(choice);
            least.storageBits = std::min(least.storageBits, use.storageBits);
            least.bytes = std::min(least.bytes, use.bytes);
            least.bitOperations = std::min(least.bitOperations, use.bitOperations);
            least.ioBytes = std::min(least.ioBytes, use.ioBytes);
        }
        return least;
    }

    static bool isAsked(const UnitCandidate &candidate, int bits, double ratio)
    {
        return (bits == 0 || candidate.bits == bits)
            && (ratio < 0 || candidate.ratio.value_or(-1) == ratio);
    }

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

    std::string interactions() const override { return "automatic"; }

    Budget budget() const override { return m_params.budget(); }
    bool needsBudget() const override { return m_params.bits == 0 && m_params.ratio < 0; }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem, std::stop_token) const override
    {
        return std::make_unique<UniformFrontier>(std::move(problem), m_params.bits, m_params.ratio);
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, uniform, Uniform);

} // namespace bitprism
