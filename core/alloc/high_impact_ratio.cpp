// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"
#include "core/alloc/interaction_terms.h"
#include "core/alloc/spending_params.h"

namespace bitprism {

namespace {

struct HighImpactRatioParams : SpendingParams
{
    HighImpactRatioParams() { metric = "delta-nll"; }

    std::string interactions = "automatic";
    int maxFront = 20000;

    void visit(ParamVisitor &v)
    {
        visitMetric(v);
        v.choice(
            "interactions", interactions,
            {{"automatic", BITPRISM_TR("Component", "Measured pairs, if there are any")},
             {"none", BITPRISM_TR("Component", "None: damages add up")},
             {"measured", BITPRISM_TR("Component", "Measured pairs")},
             {"fisher", BITPRISM_TR("Component", "Fisher projection")},
             {"combined", BITPRISM_TR("Component", "Measured pairs, the projection elsewhere")}},
            {BITPRISM_TR("Component", "Interactions"),
             BITPRISM_TR("Component",
                         "What two layers cost together beyond the sum of both alone.")});
        v.integer("max_front", maxFront, {2, 1000000},
                  {BITPRISM_TR("Component", "Largest frontier"),
                   BITPRISM_TR("Component",
                               "Points beyond which the frontier is thinned, and the optimum no "
                               "longer certain."),
                   "points"});
        visitBudget(v);
    }
};

/// Ratios (or widths) by the quadratic program over layers and their interactions.
class HighImpactRatio final : public SpendingAllocator<HighImpactRatioParams>
{
public:
    using Params = HighImpactRatioParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "high-impact-ratio";
        info.title = BITPRISM_TR("Component", "Least damage with interactions, exact");
        info.source = "Pham et al., arXiv 2511.17801, equations 5 to 9; exact solver of ours";
        return info;
    }
    explicit HighImpactRatio(const Params &params)
        : SpendingAllocator(params)
    {
    }
    std::string interactions() const override { return m_params.interactions; }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem,
                                          std::stop_token stop) const override
    {
        ExactOptions options;
        options.maxPoints = static_cast<std::size_t>(m_params.maxFront);
        return std::make_unique<ExactFrontier>(std::move(problem), options, std::move(stop));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, high_impact_ratio, HighImpactRatio);

} // namespace bitprism
