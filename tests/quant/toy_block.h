// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/collect_statistics.h"
#include "core/kernels/weight_error.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"
#include "core/quant/weight_quantizer.h"
#include "tests/support/family_subjects.h"

#include <memory>
#include <vector>

namespace bitprism::test {

/// The first block of a toy model with all its layers as a task: states, targets and statistics as
/// a run fills them. Both streams are the same here.
class ToyBlock
{
public:
    explicit ToyBlock(const ToyLlama &options, int bits = 3)
        : ToyBlock(subjectOf([&](const auto &folder) { writeToyLlama(folder, options); },
                             options.vocabulary, 24),
                   {tokens(options, 1), tokens(options, 2)}, bits)
    {
    }
    explicit ToyBlock(Subject subject, int bits = 3)
        : ToyBlock(std::move(subject), {}, bits)
    {
    }

    BlockTask task;
    StatisticsCollector &statistics() { return m_statistics; }
    const Model &model() const { return *m_toy.model; }

    /// The block with some of its tensors replaced, run on all inputs, against the targets: mean
    /// squared difference over mean square.
    double outputError(const TensorEdits &replaced) const
    {
        Block changed = m_block;
        for (const auto &[name, tensor] : replaced) {
            changed.setTensor(name, tensor);
        }
        double error = 0;
        double whole = 0;
        for (std::size_t i = 0; i < m_inputs.size(); ++i) {
            StreamState state = m_inputs[i];
            model().runBlock(changed, state);
            error += (state.hidden - m_targets[i]).square().sum(at::kDouble).item<double>();
            whole += m_targets[i].square().sum(at::kDouble).item<double>();
        }
        return error / whole;
    }

    /// What a quantized block's tensors are: codes, and edits beside them.
    static TensorEdits tensorsOf(const QuantizedBlock &quantized)
    {
        TensorEdits tensors = quantized.edits;
        for (const QuantizedLayer &layer : quantized.layers) {
            tensors[layer.layer->tensor] = dequantized(*layer.weight);
        }
        return tensors;
    }

    /// tr(D H D^T) of one layer of the task, summed over all.
    double layerError(const QuantizedBlock &quantized) const
    {
        double error = 0;
        for (std::size_t i = 0; i < task.layers.size(); ++i) {
            const at::Tensor change
                = dequantized(*quantized.layers[i].weight) - task.layers[i].weight;
            const at::Tensor H = task.layers[i].statistics->hessian();
            error += (change.matmul(H) * change).sum(at::kDouble).item<double>();
        }
        return error;
    }

private:
    ToyBlock(Subject subject, std::vector<Batch> batches, int bits)
        : m_toy(std::move(subject))
        , m_block(model().loadBlock({0, 0}))
        , m_statistics(StatisticsNeeds{.hessian = true, .channels = true})
    {
        if (batches.empty()) {
            batches.push_back(m_toy.batch);
        }
        for (const Batch &batch : batches) {
            m_inputs.push_back(model().begin(0, batch));
            m_outputs.push_back(m_inputs.back());
            model().runBlock(m_block, m_outputs.back());
            m_targets.push_back(m_outputs.back().hidden);
        }
        JobContext context;
        collectStatistics(model(), m_block, m_inputs, m_statistics, context);
        task.model = &model();
        task.block = &m_block;
        task.quantizedInputs = &m_inputs;
        task.fullInputs = &m_inputs;
        task.targets = &m_targets;
        for (const LayerInfo *layer : model().layersOf({0, 0})) {
            task.layers.push_back(
                {layer, m_block.tensor(layer->tensor), bits, {}, m_statistics.find(*layer)});
        }
    }
    static Batch tokens(const ToyLlama &options, std::uint64_t seed)
    {
        Batch batch;
        batch.tokens = randomTokens(3, 24, options.vocabulary, seed);
        return batch;
    }

    Subject m_toy;
    Block m_block;
    std::vector<StreamState> m_inputs;
    std::vector<StreamState> m_outputs;
    std::vector<at::Tensor> m_targets;
    StatisticsCollector m_statistics;
};

/// A toy whose inputs and weights have something to lose.
inline ToyLlama learnableToy()
{
    ToyLlama toy;
    toy.spread = 0.3;
    toy.keyValueHeads = toy.heads;
    return toy;
}

} // namespace bitprism::test
