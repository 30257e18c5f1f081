// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/run_plan.h"
#include "core/models/stream.h"
#include "core/quant/code_file.h"
#include "core/results/run_summary.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace bitprism {

/// Walks a calibration stream and quantizes each block on the inputs that the blocks before it,
/// already quantized, give it (GPTQ's convention); the next block's inputs come from the quantized
/// block. Without states (no calibration data) only data-free quantizers work.
///
/// The activation quantizer is fitted here and acts in evaluation only: weights are quantized on
/// full-precision activations, as in the publications.
class BlockQuantizer final : public BlockVisitor
{
public:
    struct Finished
    {
        std::vector<NamedWeight> weights;
        std::vector<RunLayer> rows;
        TensorEdits edits; ///< what else of the block changed (core/quant/tensor_edits.h)
    };
    /// Called after a block was quantized and ran, with the states behind it. fullStates() holds
    /// those of the full-precision stream.
    using OnBlock
        = std::function<void(BlockId, Finished, const std::vector<StreamState> &, JobContext &)>;

    /// `activations` may be null; everything outlives the visitor.
    BlockQuantizer(const RunPlan &plan, const Model &model, ActivationQuantizer *activations,
                   OnBlock onBlock);

    /// Samples of the calibration set, for progress.
    void setSampleCount(std::size_t samples)
    {
        m_samples = std::max(1.0, static_cast<double>(samples));
    }
    /// What enters the first block of the full-precision stream, where the plan needs one: a copy
    /// of the quantized stream's states, or those kept with a run.
    void setFullStates(std::vector<StreamState> states) { m_fullStates = std::move(states); }
    /// What quantizers made of gradients (ChannelScorer), by layer name.
    void setScores(ChannelScores scores) { m_scores = std::move(scores); }
    /// Behind the last finished block; empty where the plan needs none.
    const std::vector<StreamState> &fullStates() const { return m_fullStates; }

    std::int64_t memoryNeed(const Model &model) const override;
    /// What the quantizers hold themselves, for calibration samples of these sizes.
    std::int64_t methodMemory(const Model &model, std::int64_t tokens,
                              std::int64_t sampleTokens) const;
    double enterShare(BlockId block) const override;
    void enter(Block &block, std::vector<StreamState> &states, JobContext &context) override;
    void leave(Block &block, std::vector<StreamState> &states, JobContext &context) override;

    /// Passes over the calibration set that the block takes, its own run included.
    /// `samples` in number.
    static double passesOf(const RunPlan &plan, BlockId block, double samples);
    /// Quantizes layers that lie outside the blocks; `statistics` may be null. Weights are read
    /// from the model.
    Finished quantizeOuter(const std::vector<PlannedLayer> &layers, StatisticsCollector *collected,
                           JobContext &context) const;

private:
    void quantizeGroup(const std::vector<PlannedLayer> &layers, Block &block,
                       const std::vector<StreamState> &states, StatisticsCollector &collected,
                       JobContext &context);
    /// Gives the activation quantizer what was seen of the attention's operands.
    void fitAttention(BlockId block, StatisticsCollector &collected);
    void runQuantizer(const WeightQuantizer &quantizer, const std::vector<PlannedLayer> &layers,
                      Block &block, const std::vector<StreamState> &states,
                      StatisticsCollector &collected, JobContext &context);
    /// Runs the block, as it is now, on the full-precision stream.
    void advanceFullStream(const Block &block, JobContext &context);
    void collect(const std::vector<PlannedLayer> &layers, const Block &block,
                 const std::vector<StreamState> &states, StatisticsCollector &collector,
                 JobContext &context) const;

    const RunPlan &m_plan;
    const Model &m_model;
    ActivationQuantizer *m_activations;
    OnBlock m_onBlock;
    Finished m_finished;
    double m_samples = 1; ///< of the calibration set
    ChannelScores m_scores;
    std::vector<StreamState> m_fullStates; ///< enter the block, then those behind it
    std::vector<at::Tensor> m_targets; ///< what the full-precision block made of them
};

/// One row of a run: what quantizing `original` to `quantized` did; the output error where the
/// statistics hold a Hessian.
RunLayer rowOf(const PlannedLayer &layer, const at::Tensor &original,
               const QuantizedLayer &quantized, const LayerStatistics *statistics,
               JobContext &context);

} // namespace bitprism
