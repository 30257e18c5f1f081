// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/outlier_visitor.h"

#include "core/base/error.h"
#include "core/kernels/rank_statistics.h"

#include <algorithm>
#include <numeric>

namespace bitprism {

namespace {

constexpr std::size_t mostOutlierChannels = 16;

StatisticsNeeds outlierNeeds()
{
    StatisticsNeeds needs;
    needs.channels = true;
    needs.tokens = true;
    needs.histogram = true;
    return needs;
}

std::vector<OutlierChannel> largestChannels(const std::vector<float> &maxAbs)
{
    std::vector<std::size_t> order(maxAbs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t count = std::min(mostOutlierChannels, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](std::size_t a, std::size_t b) {
                          return maxAbs[a] != maxAbs[b] ? maxAbs[a] > maxAbs[b] : a < b;
                      });
    std::vector<OutlierChannel> channels;
    for (std::size_t i = 0; i < count; ++i) {
        channels.push_back({static_cast<std::int64_t>(order[i]), maxAbs[order[i]]});
    }
    return channels;
}

} // namespace

LayerOutliers outliersOf(const LayerInfo &layer, const LayerStatistics &statistics,
                         const at::Tensor &weight)
{
    LayerOutliers row;
    row.layer = layer.name;
    row.maxAbs = statistics.maxAbs();
    row.kurtosis = statistics.kurtosis();
    row.outlierChannels = largestChannels(statistics.channelMaxAbs);
    row.channelMaxAbs.assign(statistics.channelMaxAbs.begin(), statistics.channelMaxAbs.end());
    const std::vector<double> tokens(statistics.tokenMaxAbs.begin(), statistics.tokenMaxAbs.end());
    if (!tokens.empty()) {
        const std::vector<double> found = quantiles(tokens, std::vector<double>{0.5, 0.9, 0.99, 1});
        row.tokenMaxMedian = found[0];
        row.tokenMax90 = found[1];
        row.tokenMax99 = found[2];
        row.tokenMaxLargest = found[3];
    }
    row.inputHistogram = statistics.histogram;
    if (!at::isfinite(weight).all().item<bool>()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The weights of layer %1 hold values that are not finite (NaN or "
                                "infinity)."),
                    layer.name);
    }
    addToHistogram(row.weightHistogram, weight);
    return row;
}

LayerOutliers weightOutliersOf(const LayerInfo &layer, const at::Tensor &weight)
{
    StatisticsCollector collector(outlierNeeds());
    static_cast<void>(collector.beforeLayer(layer, weight));
    LayerOutliers row = outliersOf(layer, *collector.find(layer), weight);
    row.inputHistogram = {};
    return row;
}

OutlierVisitor::OutlierVisitor(const Model &model, OutlierTable &table,
                               std::function<void(BlockId)> onBlock)
    : m_model(model)
    , m_table(table)
    , m_onBlock(std::move(onBlock))
{
}

std::int64_t OutlierVisitor::memoryNeed(const Model &model) const
{
    std::int64_t columns = 0;
    for (const LayerInfo &layer : model.info().layers) {
        columns = std::max(columns, layer.cols);
    }
    return 64 * columns * static_cast<std::int64_t>(sizeof(double)) + 4 * m_table.tokens * 8;
}

void OutlierVisitor::enter(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    context.stage("block " + std::to_string(block.id().index));
    m_states = &states;
    m_collector.emplace(outlierNeeds());
}

BlockHooks *OutlierVisitor::hooks(const Block &, std::size_t index)
{
    m_collector->setMask((*m_states)[index].mask);
    return &*m_collector;
}

void OutlierVisitor::leave(Block &block, std::vector<StreamState> &, JobContext &)
{
    for (const LayerInfo *layer : m_model.layersOf(block.id())) {
        if (const LayerStatistics *statistics = m_collector->find(*layer)) {
            m_table.layers.push_back(outliersOf(*layer, *statistics, block.tensor(layer->tensor)));
        }
    }
    m_onBlock(block.id());
}

} // namespace bitprism
