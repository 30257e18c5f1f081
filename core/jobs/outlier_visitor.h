// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/layer_statistics.h"
#include "core/models/stream.h"
#include "core/results/outlier_table.h"

#include <functional>
#include <optional>

namespace bitprism {

/// What the statistics of a layer's input say about outliers; `weight` is [rows, cols].
LayerOutliers outliersOf(const LayerInfo &layer, const LayerStatistics &statistics,
                         const at::Tensor &weight);

/// Adds the layers of each block to an outlier table as the stream passes them.
/// The row of a layer whose model does not run: the same of the weight itself, its columns as
/// channels and its rows as tokens.
LayerOutliers weightOutliersOf(const LayerInfo &layer, const at::Tensor &weight);

class OutlierVisitor final : public BlockVisitor
{
public:
    /// `onBlock` is called after the rows of a block were added to `table`.
    OutlierVisitor(const Model &model, OutlierTable &table, std::function<void(BlockId)> onBlock);

    std::int64_t memoryNeed(const Model &model) const override;
    void enter(Block &block, std::vector<StreamState> &states, JobContext &context) override;
    BlockHooks *hooks(const Block &block, std::size_t index) override;
    void leave(Block &block, std::vector<StreamState> &states, JobContext &context) override;

private:
    const Model &m_model;
    OutlierTable &m_table;
    std::function<void(BlockId)> m_onBlock;
    const std::vector<StreamState> *m_states = nullptr;
    std::optional<StatisticsCollector> m_collector;
};

} // namespace bitprism
