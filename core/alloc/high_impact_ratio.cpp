// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"
#include "core/alloc/interaction_terms.h"

namespace bitprism {

namespace {

struct HighImpactRatioParams
{
    std::string metric = "delta-nll";
    std::string interactions = "automatic";
    int maxFront = 20000;
    double budgetBits = 0;

    void visit(ParamVisitor &v)
    {
        v.choice(
            "metric", metric,
            {{"delta-nll", BITPRISM_TR("Component", "Change of the loss, measured")},
             {"automatic", BITPRISM_TR("Component", "The best one measured")},
             {"kl-divergence", BITPRISM_TR("Component", "KL divergence")},
             {"predicted-delta-nll", BITPRISM_TR("Component", "Change of the loss, predicted")},
             {"output-mse", BITPRISM_TR("Component", "Error of the layer's output")},
             {"weight-mse", BITPRISM_TR("Component", "Error of the weights")}},
            {BITPRISM_TR("Component", "Metric"),
             BITPRISM_TR("Component",
                         "The sensitivity on the diagonal of the program; interactions are changes "
                         "of the loss.")});
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
        v.real("budget_bits", budgetBits, {0, 16},
               {BITPRISM_TR("Component", "Budget"),
                BITPRISM_TR("Component", "Average stored bits per weight; 0: given elsewhere."),
                "bit"});
    }
};

/// Ratios (or widths) by the quadratic program over layers and their interactions.
class HighImpactRatio final : public Allocator
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
        : m_params(params)
    {
    }

    std::string damageMetric() const override { return m_params.metric; }
    std::string interactions() const override { return m_params.interactions; }

    Budget budget() const override
    {
        Budget budget;
        if (m_params.budgetBits > 0) {
            budget.averageBits = m_params.budgetBits;
        }
        return budget;
    }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem,
                                          std::stop_token stop) const override
    {
        ExactOptions options;
        options.maxPoints = static_cast<std::size_t>(m_params.maxFront);
        return std::make_unique<ExactFrontier>(std::move(problem), options, std::move(stop));
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, high_impact_ratio, HighImpactRatio);

} // namespace bitprism
