// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/counted_activations.h"

#include <cmath>

namespace bitprism {

namespace {

struct PercentileParams
{
    ActivationGridParams grid;
    double kept = 0.99999;
    std::string granularity{granularities::tensor};

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.real("kept", kept, {0.5, 1},
               {BITPRISM_TR("Component", "Share kept"),
                BITPRISM_TR("Component",
                            "Share of all magnitudes, in calibration or in a token, that the "
                            "grid reaches.")});
        CountedActivationQuantizer::visitGranularity(v, granularity);
    }
};

/// Grids cut where few magnitudes lie beyond.
class Percentile final : public CountedActivationQuantizer
{
public:
    using Params = PercentileParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "percentile",
                BITPRISM_TR("Component", "Percentile of magnitudes"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, baseline",
                {}};
    }
    explicit Percentile(const Params &params)
        : CountedActivationQuantizer(params.grid, params.granularity)
        , m_kept(params.kept)
    {
    }

protected:
    ActivationRange rangeOfCounts(const MagnitudeCounts &counts) const override
    {
        return percentileRange(counts, m_kept);
    }
    /// A token's bound is the least of its magnitudes that the share does not exceed.
    at::Tensor quantizeTokens(const at::Tensor &input) const override
    {
        const auto count = static_cast<double>(input.size(-1));
        const auto rank = static_cast<std::int64_t>(std::ceil(m_kept * count));
        const at::Tensor low = input.amin(-1, true).clamp_max(0);
        const at::Tensor high = input.amax(-1, true).clamp_min(0);
        if (rank >= input.size(-1)) {
            return roundTo(input, low, high);
        }
        const at::Tensor bound
            = std::get<0>(input.abs().kthvalue(std::max<std::int64_t>(1, rank), -1, true));
        return roundTo(input, at::maximum(low, -bound), at::minimum(high, bound));
    }

private:
    double m_kept;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, percentile, Percentile);

} // namespace bitprism
