// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_probe.h"

#include "core/calib/collect_statistics.h"
#include "core/jobs/block_quantizer.h"
#include "core/models/run_states.h"
#include "core/quant/quantized_overlay.h"

#include <c10/core/GradMode.h>

#include <cmath>

namespace bitprism {

QuantizerNeeds ProbeQuantizers::needs() const
{
    QuantizerNeeds needs;
    for (const auto &[width, quantizer] : byWidth) {
        needs.statistics |= quantizer->needs().statistics;
        needs.gradients = needs.gradients || quantizer->needs().gradients;
        needs.weightScores = needs.weightScores || quantizer->needs().weightScores;
    }
    return needs;
}

BlockProbe::BlockProbe(const Model &model, const ProbeEvaluator &evaluator, BlockId id,
                       const ProbeQuantizers &quantizers, const ChannelScores &scores,
                       JobContext &context)
    : m_model(model)
    , m_evaluator(evaluator)
    , m_block(evaluator.block(id))
    , m_candidates(quantizers.candidates.size())
{
    StatisticsNeeds needs = quantizers.needs().statistics;
    needs.hessian = true; // for the output error
    StatisticsCollector collector(needs);
    collectStatistics(model, m_block, evaluator.inputs(id), collector, context);
    for (const LayerInfo *layer : model.layersOf(id)) {
        if (!layer->quantizable) {
            continue;
        }
        const at::Tensor weight = m_block.tensor(layer->tensor);
        const auto found = scores.find(layer->name);
        for (const ProbeCandidate &candidate : quantizers.candidates) {
            context.throwIfCancelled();
            PlannedLayer planned;
            planned.layer = layer;
            planned.bits = candidate.bits;
            planned.ratio = candidate.ratio;
            LayerTask task{layer, weight, candidate.bits, candidate.ratio, collector.find(*layer)};
            task.scores = found == scores.end() ? at::Tensor() : found->second;
            const QuantizedLayer quantized = candidate.quantizer->quantize(task, context);
            const RunLayer row = rowOf(planned, weight, quantized, task.statistics, context);
            Cell cell;
            cell.layer = layer;
            cell.result.layer = layer->name;
            cell.result.block = model.unitOf(id);
            cell.result.bits = candidate.bits;
            cell.result.ratio = candidate.ratio;
            cell.result.weightMse = row.weightMse;
            cell.result.outputMse = row.outputMse;
            cell.result.storageBits = row.storageBits;
            cell.result.weights = row.weights;
            const at::Tensor after = quantized.effective.defined() ? quantized.effective
                                                                   : dequantized(*quantized.weight);
            cell.change = after.to(weight.device()) - weight;
            m_cells.push_back(std::move(cell));
        }
    }
}

void BlockProbe::addGradients(const std::map<std::string, at::Tensor> &gradients,
                              std::int64_t scoredTokens)
{
    for (Cell &cell : m_cells) {
        const at::Tensor &gradient = gradients.at(cell.layer->name);
        const double projection = at::dot(gradient.flatten(), cell.change.flatten()).item<double>();
        cell.prediction.add(projection, scoredTokens);
        cell.projections.push_back(projection / std::sqrt(static_cast<double>(scoredTokens)));
    }
}

SensitivityCell BlockProbe::cell(std::size_t index) const
{
    SensitivityCell result = m_cells[index].result;
    if (!m_cells[index].projections.empty()) {
        result.predictedDeltaNll = m_cells[index].prediction.value();
    }
    return result;
}

const SuffixEvaluator &BlockProbe::losses() const
{
    const auto *found = dynamic_cast<const SuffixEvaluator *>(&m_evaluator);
    BITPRISM_ASSERT(found != nullptr, "the model has a loss");
    return *found;
}

SensitivityCell BlockProbe::measuredCell(std::size_t index, JobContext &context) const
{
    SensitivityCell result = cell(index);
    m_evaluator.measure(changed({index}), result, context);
    return result;
}

SensitivityCell BlockProbe::measuredCell(std::size_t index, const SuffixLosses &losses) const
{
    SensitivityCell result = cell(index);
    const MeanWithError delta = deltaNll(this->losses(), losses);
    const MeanWithError divergence = klDivergence(this->losses(), losses);
    result.deltaNll = delta.mean;
    result.deltaNllStandardError = delta.standardError;
    result.klDivergence = divergence.mean;
    result.klStandardError = divergence.standardError;
    return result;
}

Block BlockProbe::changed(const std::vector<std::size_t> &indices) const
{
    Block changed = m_block;
    for (const std::size_t index : indices) {
        const Cell &cell = m_cells[index];
        changed.setTensor(cell.layer->tensor, m_block.tensor(cell.layer->tensor) + cell.change);
    }
    return changed;
}

SuffixLosses BlockProbe::measure(const std::vector<std::size_t> &indices, JobContext &context) const
{
    return losses().evaluate(changed(indices), context);
}

double BlockProbe::localError(const std::vector<std::size_t> &indices, JobContext &context)
{
    BITPRISM_ASSERT(!m_block.id().isHead(), "a head's output is the loss itself");
    const c10::NoGradGuard noGradients;
    if (m_outputs.empty()) {
        m_inputs = m_evaluator.inputs(m_block.id());
        std::vector<StreamState> states = m_inputs;
        runOnAll(m_model, m_block, states, context);
        for (const StreamState &state : states) {
            m_outputs.push_back(state.hidden);
            m_outputSquare += state.hidden.square().sum(at::kDouble).item<double>();
        }
    }
    std::vector<StreamState> states = m_inputs;
    runOnAll(m_model, changed(indices), states, context);
    double square = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
        square += (states[i].hidden - m_outputs[i]).square().sum(at::kDouble).item<double>();
    }
    return square / m_outputSquare;
}

} // namespace bitprism
