// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/probe_evaluator.h"
#include "core/eval/suffix_evaluator.h"
#include "core/jobs/loss_prediction.h"
#include "core/models/block.h"
#include "core/quant/channel_scores.h"
#include "core/quant/weight_quantizer.h"
#include "core/results/sensitivity_table.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One way to quantize a layer that is probed.
struct ProbeCandidate
{
    int bits = 0;
    std::optional<double> ratio;
    const WeightQuantizer *quantizer = nullptr;
};

/// The quantizer whose damage is probed, made once per width so that limits across its parameters
/// are checked at each.
struct ProbeQuantizers
{
    std::string id;
    std::string params; ///< JSON object without bits, defaults filled in
    std::map<int, std::unique_ptr<WeightQuantizer>> byWidth;
    std::vector<ProbeCandidate> candidates; ///< of every layer, in the order of its cells

    QuantizerNeeds needs() const;
};

/// Probes the layers of one block, each alone and in each form, and pairs of them. Holds the
/// changes of all of them: layers x candidates matrices.
class BlockProbe
{
public:
    /// Quantizes everything on the unquantized stream's inputs; weight and output errors are known
    /// then. `scores` as QuantizerNeeds::gradients asks for them.
    BlockProbe(const Model &model, const ProbeEvaluator &evaluator, BlockId id,
               const ProbeQuantizers &quantizers, const ChannelScores &scores, JobContext &context);

    /// One sequence's gradients of its summed loss, by layer name.
    void addGradients(const std::map<std::string, at::Tensor> &gradients,
                      std::int64_t scoredTokens);

    std::size_t size() const { return m_cells.size(); }
    /// Cells of one layer stand together; the position of the layer in the block.
    std::size_t layerOf(std::size_t index) const { return index / m_candidates; }
    /// Everything about cell `index` but the measured change; cells stand layer by layer.
    SensitivityCell cell(std::size_t index) const;
    /// sqrt(T_n) p_n of each sequence that addGradients() saw (high-impact-ratio.md 3.6 c).
    const std::vector<double> &projections(std::size_t index) const
    {
        return m_cells[index].projections;
    }
    /// The same with what the evaluator measures by running the model from this block on.
    SensitivityCell measuredCell(std::size_t index, JobContext &context) const;
    /// The same with losses that measure() gave.
    SensitivityCell measuredCell(std::size_t index, const SuffixLosses &losses) const;

    /// The block with some of its cells' changes, of different layers.
    Block changed(const std::vector<std::size_t> &indices) const;
    /// Losses with them, by running the model from this block on; only where the evaluator is a
    /// SuffixEvaluator.
    SuffixLosses measure(const std::vector<std::size_t> &indices, JobContext &context) const;
    /// Squared error of the block's output on the unquantized stream, relative to the output's
    /// square (3.6 b).
    double localError(const std::vector<std::size_t> &indices, JobContext &context);

private:
    struct Cell
    {
        SensitivityCell result;
        const LayerInfo *layer = nullptr;
        at::Tensor change; ///< Q(W) - W, [rows, cols], on the model's device
        LossPrediction prediction;
        std::vector<double> projections;
    };

    const Model &m_model;
    const SuffixEvaluator &losses() const;

    const ProbeEvaluator &m_evaluator;
    Block m_block;
    std::size_t m_candidates;
    std::vector<Cell> m_cells;
    std::vector<StreamState> m_inputs; ///< of the local error, kept once it was asked for
    std::vector<at::Tensor> m_outputs;
    double m_outputSquare = 0;
};

} // namespace bitprism
