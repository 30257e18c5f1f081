// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/counted_activations.h"

#include "core/base/error.h"
#include "core/base/parallel.h"

#include <utility>

namespace bitprism {

CountedActivationQuantizer::CountedActivationQuantizer(const ActivationGridParams &grid,
                                                       std::string granularity)
    : StaticActivationQuantizer(grid)
    , m_granularity(std::move(granularity))
{
}

void CountedActivationQuantizer::visitGranularity(ParamVisitor &v, std::string &granularity)
{
    v.choice("granularity", granularity,
             {{granularities::tensor, BITPRISM_TR("Component", "Per tensor")},
              {granularities::channel, BITPRISM_TR("Component", "Per channel")},
              {granularities::token, BITPRISM_TR("Component", "Per token, dynamic")}},
             {BITPRISM_TR("Component", "Granularity"),
              BITPRISM_TR("Component",
                          "What shares a grid. One for each input channel shows what is possible, "
                          "few programs can run it; one for each token needs no calibration: its "
                          "own values give it while the model runs.")});
}

StatisticsNeeds CountedActivationQuantizer::needs() const
{
    StatisticsNeeds needs;
    needs.magnitudes = m_granularity == granularities::tensor;
    needs.channelMagnitudes = m_granularity == granularities::channel;
    return needs;
}

void CountedActivationQuantizer::fit(const LayerInfo &layer, const LayerStatistics &statistics)
{
    if (m_granularity == granularities::tensor) {
        const ActivationRange range = rangeOfCounts(statistics.magnitudes);
        setRange(layer, {range.low}, {range.high});
        return;
    }
    if (m_granularity == granularities::token) {
        return; // every token says its own range
    }
    const std::vector<MagnitudeCounts> &counts = statistics.channelMagnitudes;
    std::vector<double> low(counts.size());
    std::vector<double> high(counts.size());
    parallelFor(counts.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t channel = begin; channel < end; ++channel) {
            const ActivationRange range = rangeOfCounts(counts[channel]);
            low[channel] = range.low;
            high[channel] = range.high;
        }
    });
    setRange(layer, std::move(low), std::move(high));
}

at::Tensor CountedActivationQuantizer::quantize(const at::Tensor &input,
                                                const LayerInfo &layer) const
{
    return m_granularity == granularities::token
        ? quantizeTokens(input)
        : StaticActivationQuantizer::quantize(input, layer);
}

} // namespace bitprism
