// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/static_activations.h"

namespace bitprism {

namespace {

/// One fixed grid per layer input: the range of least mean squared rounding error over the
/// calibration set.
class MseSearch final : public StaticActivationQuantizer
{
public:
    using Params = ActivationGridParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "mse-search",
                BITPRISM_TR("Component", "Static, least squared error"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, baseline",
                {}};
    }
    explicit MseSearch(const Params &params)
        : StaticActivationQuantizer(params)
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
        const ActivationRange range = searchedRange(statistics.magnitudes, grid().bits,
                                                    grid().symmetric, grid().symmetricGrid);
        setRange(layer, {range.low}, {range.high});
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, mse_search, MseSearch);

} // namespace bitprism
