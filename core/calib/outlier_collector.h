// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/outlier_sketch.h"
#include "core/calib/attention_sinks.h"
#include "core/calib/magnitude_counts.h"
#include "core/models/block.h"
#include "core/results/outlier_table.h"

#include <map>
#include <string>

namespace bitprism {

/// Hooks that sketch every input of layers of a block, once for each input group, and watch its
/// attention. One collector serves one block.
class OutlierCollector final : public BlockHooks
{
public:
    explicit OutlierCollector(const MapLimits &limits)
        : m_limits(limits)
    {
    }

    struct Input
    {
        std::string leader; ///< the layer whose calls count; the others see the same tensor
        OutlierSketch sketch;
        Histogram histogram;
        MagnitudeCounts magnitudes;
    };

    /// The block runs on this state next: `mask` [samples, length], undefined for all.
    void beginState(at::Tensor mask, std::int64_t samples, std::int64_t length);
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override;
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override;

    /// Null where nothing entered the layer.
    const Input *find(const LayerInfo &layer) const;
    /// After the last state.
    AttentionSinks &sinks() { return m_sinks; }

    /// Rows of `x` [samples, length, cols] that `mask` leaves, as a matrix on the CPU.
    static at::Tensor rowsOf(const at::Tensor &x, const at::Tensor &mask);

private:
    MapLimits m_limits;
    at::Tensor m_mask;
    AttentionSinks m_sinks;
    std::map<std::string, Input> m_inputs; ///< by group
};

} // namespace bitprism
