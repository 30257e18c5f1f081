// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/static_activations.h"

namespace bitprism {

namespace {

struct PercentileParams
{
    ActivationGridParams grid;
    double kept = 0.99999;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.real("kept", kept, {0.5, 1},
               {BITPRISM_TR("Component", "Share kept"),
                BITPRISM_TR("Component",
                            "Share of all magnitudes, in calibration, that the grid reaches.")});
    }
};

/// One fixed grid per layer input, cut where few magnitudes lie beyond.
class Percentile final : public StaticActivationQuantizer
{
public:
    using Params = PercentileParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "percentile",
                BITPRISM_TR("Component", "Static, percentile"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, baseline",
                {}};
    }
    explicit Percentile(const Params &params)
        : StaticActivationQuantizer(params.grid)
        , m_kept(params.kept)
    {
    }

    StatisticsNeeds needs() const override
    {
        StatisticsNeeds needs;
        needs.magnitudes = true;
        return needs;
    }
    void fit(const LayerInfo &layer, const LayerStatistics &statistics) override
    {
        const ActivationRange range = percentileRange(statistics.magnitudes, m_kept);
        setRange(layer, {range.low}, {range.high});
    }

private:
    double m_kept;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, percentile, Percentile);

} // namespace bitprism
