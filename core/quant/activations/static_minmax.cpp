// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/static_activations.h"

#include <algorithm>

namespace bitprism {

namespace {

struct StaticMinmaxParams
{
    ActivationGridParams grid;
    std::string granularity{granularities::tensor};

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.choice("granularity", granularity,
                 {{granularities::tensor, BITPRISM_TR("Component", "Per tensor")},
                  {granularities::channel, BITPRISM_TR("Component", "Per channel")}},
                 {BITPRISM_TR("Component", "Granularity"),
                  BITPRISM_TR("Component",
                              "What shares a grid; one for each input channel shows what is "
                              "possible, few programs can run it.")});
    }
};

/// Fixed grids that reach the extremes seen in calibration; larger values are clipped. Per tensor,
/// the grid that outlier channels hurt most.
class StaticMinmax final : public StaticActivationQuantizer
{
public:
    using Params = StaticMinmaxParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "static-minmax",
                BITPRISM_TR("Component", "Static, smallest to largest"),
                "Xiao et al., SmoothQuant, arXiv 2211.10438, static",
                {}};
    }
    explicit StaticMinmax(const Params &params)
        : StaticActivationQuantizer(params.grid)
        , m_perChannel(params.granularity == granularities::channel)
    {
    }

    StatisticsNeeds needs() const override
    {
        StatisticsNeeds needs;
        needs.channels = true;
        return needs;
    }
    void fit(const LayerInfo &layer, const LayerStatistics &statistics) override
    {
        std::vector<double> low(statistics.channelMin.begin(), statistics.channelMin.end());
        std::vector<double> high(statistics.channelMax.begin(), statistics.channelMax.end());
        if (!m_perChannel && !low.empty()) {
            low = {*std::min_element(low.begin(), low.end())};
            high = {*std::max_element(high.begin(), high.end())};
        }
        setRange(layer, std::move(low), std::move(high));
    }

private:
    bool m_perChannel;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, static_minmax, StaticMinmax);

} // namespace bitprism
