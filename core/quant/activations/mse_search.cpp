// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/counted_activations.h"

#include <cmath>

namespace bitprism {

namespace {

struct MseSearchParams
{
    ActivationGridParams grid;
    std::string granularity{granularities::tensor};

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        CountedActivationQuantizer::visitGranularity(v, granularity);
    }
};

/// Grids of the least mean squared rounding error.
class MseSearch final : public CountedActivationQuantizer
{
public:
    using Params = MseSearchParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "mse-search",
                BITPRISM_TR("Component", "Least squared error"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, baseline",
                {}};
    }
    explicit MseSearch(const Params &params)
        : CountedActivationQuantizer(params.grid, params.granularity)
    {
    }

protected:
    ActivationRange rangeOfCounts(const MagnitudeCounts &counts) const override
    {
        return searchedRange(counts, grid().bits, grid().symmetric, grid().symmetricGrid);
    }
    /// Both ends shrunk alike: this is done for every token that the model sees.
    at::Tensor quantizeTokens(const at::Tensor &input) const override
    {
        constexpr int steps = 24; // down to an eighth
        const at::Tensor low = input.amin(-1, true).clamp_max(0);
        const at::Tensor high = input.amax(-1, true).clamp_min(0);
        at::Tensor best = roundTo(input, low, high);
        at::Tensor least = (best - input).square_().sum(-1, true);
        for (int i = 1; i <= steps; ++i) {
            const double share = std::exp2(-i / 8.0);
            const at::Tensor rounded = roundTo(input, low * share, high * share);
            const at::Tensor error = (rounded - input).square_().sum(-1, true);
            const at::Tensor isBetter = error < least;
            best = at::where(isBetter, rounded, best);
            least = at::minimum(error, least);
        }
        return best;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, mse_search, MseSearch);

} // namespace bitprism
