// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/probe_evaluator.h"
#include "core/jobs/loss_prediction.h"
#include "core/models/block.h"
#include "core/quant/weight_quantizer.h"
#include "core/results/sensitivity_table.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitprism {

/// The quantizer whose damage is probed, made once per width so that limits across its parameters
/// are checked at each.
struct ProbeQuantizers
{
    std::string id;
    std::string params; ///< JSON object without bits, defaults filled in
    std::map<int, std::unique_ptr<WeightQuantizer>> byWidth;

    QuantizerNeeds needs() const;
};

/// Probes the layers of one block, each alone and at each width. Holds the changes of all of them:
/// layers x widths matrices.
class BlockProbe
{
public:
    /// Quantizes everything on the unquantized stream's inputs; weight and output errors are known
    /// then.
    BlockProbe(const Model &model, const ProbeEvaluator &evaluator, BlockId id,
               const ProbeQuantizers &quantizers, JobContext &context);

    /// One sequence's gradients of its summed loss, by layer name.
    void addGradients(const std::map<std::string, at::Tensor> &gradients,
                      std::int64_t scoredTokens);

    std::size_t size() const { return m_cells.size(); }
    /// Everything about cell `index` but the measured change; cells stand layer by layer.
    SensitivityCell cell(std::size_t index) const;
    /// The same with what the evaluator measures by running the model from this block on.
    SensitivityCell measuredCell(std::size_t index, JobContext &context) const;

private:
    struct Cell
    {
        SensitivityCell result;
        const LayerInfo *layer = nullptr;
        at::Tensor change; ///< Q(W) - W, [rows, cols], on the model's device
        LossPrediction prediction;
        bool isPredicted = false;
    };

    const ProbeEvaluator &m_evaluator;
    Block m_block;
    std::vector<Cell> m_cells;
};

} // namespace bitprism
