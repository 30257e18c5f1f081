// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/attention_site.h"
#include "core/calib/magnitude_counts.h"
#include "core/models/block.h"
#include "core/results/outlier_table.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bitprism {

/// Which sums a pass over the calibration set keeps; one pass feeds all.
struct StatisticsNeeds
{
    bool hessian = false; ///< sum x x^T
    bool hessianInDouble = false; ///< FP64, for methods whose file says so; FP32 otherwise
    bool channels = false; ///< maxima and sums per input channel
    bool magnitudes = false; ///< counts in bins of constant relative width
    bool channelMagnitudes = false; ///< such counts per input channel, in bins four times as wide

    bool any() const { return hessian || channels || magnitudes || channelMagnitudes; }
    StatisticsNeeds &operator|=(const StatisticsNeeds &other);
};

/// Sums over the calibration tokens that entered one input group. Mergeable: shards add up.
struct LayerStatistics
{
    std::int64_t cols = 0;
    std::int64_t tokens = 0;
    at::Tensor outerSum; ///< [cols, cols], symmetric: sum x x^T over tokens; undefined if not asked
    std::vector<float> channelMaxAbs; ///< [cols]
    std::vector<float> channelMin; ///< [cols]
    std::vector<float> channelMax; ///< [cols]
    std::vector<double> channelSum; ///< [cols]
    std::vector<double> channelAbsSum; ///< [cols]
    std::vector<double> channelSquareSum; ///< [cols]
    MagnitudeCounts magnitudes;
    std::vector<MagnitudeCounts> channelMagnitudes; ///< [cols]

    /// Throws InternalError unless both counted inputs of the same width.
    void merge(const LayerStatistics &other);
    /// 2/n sum x x^T with n = tokens (GPTQ, arXiv 2210.17323; its result does not depend on the
    /// factor).
    at::Tensor hessian() const;
    double maxAbs() const;
};

/// Histograms whose range doubles when it must: the bins are powers of two wide and symmetric about
/// zero, so that any order of adding and merging gives the same counts. 2,048 bins.
void addToHistogram(Histogram &histogram, const at::Tensor &values);

/// Hooks that collect statistics per input group while a block runs; layers without a group count
/// as a group of their own. One collector may serve a whole stream or one block.
class StatisticsCollector final : public BlockHooks
{
public:
    explicit StatisticsCollector(const StatisticsNeeds &needs)
        : m_needs(needs)
    {
    }

    /// Collect for these layers' groups only; empty: for all.
    void restrictTo(std::set<std::string> layerNames) { m_only = std::move(layerNames); }
    /// Tokens of the next inputs that count, [samples, length]; undefined: all.
    void setMask(at::Tensor mask);
    /// Collects attention's operands too, for find() of attentionSite(): all their numbers as one
    /// channel; no Hessian.
    void watchOperands()
    {
        m_watchesOperands = m_needs.channels || m_needs.magnitudes || m_needs.channelMagnitudes;
    }
    bool watchesOperands() const { return m_watchesOperands; }

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override;
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override;

    /// Null where nothing entered the layer's group. Throws BadInput where its sums are not finite:
    /// the model overflowed on this data, and what is learned from them would mean nothing.
    const LayerStatistics *find(const LayerInfo &layer);
    /// Forgets everything collected.
    void clear();

private:
    struct Group
    {
        std::string leader; ///< the layer whose calls are counted, the others see the same tensor
        LayerStatistics statistics;
        bool isMirrored = true; ///< outerSum's upper triangle is filled
        bool isChecked = false; ///< its sums are known to be finite
    };
    StatisticsNeeds m_needs;
    std::set<std::string> m_only;
    at::Tensor m_mask;
    OperandRows m_operandRows;
    bool m_watchesOperands = false;
    std::map<std::string, Group> m_groups;
};

} // namespace bitprism
