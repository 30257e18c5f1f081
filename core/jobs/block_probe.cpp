// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_probe.h"

#include "core/calib/collect_statistics.h"
#include "core/jobs/block_quantizer.h"
#include "core/quant/quantized_overlay.h"

namespace bitprism {

QuantizerNeeds ProbeQuantizers::needs() const
{
    QuantizerNeeds needs;
    for (const auto &[width, quantizer] : byWidth) {
        needs.statistics |= quantizer->needs().statistics;
    }
    return needs;
}

BlockProbe::BlockProbe(const Model &model, const ProbeEvaluator &evaluator, BlockId id,
                       const ProbeQuantizers &quantizers, JobContext &context)
    : m_evaluator(evaluator)
    , m_block(evaluator.block(id))
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
        for (const auto &[width, quantizer] : quantizers.byWidth) {
            context.throwIfCancelled();
            PlannedLayer planned;
            planned.layer = layer;
            planned.bits = width;
            const LayerTask task{layer, weight, width, {}, collector.find(*layer)};
            const QuantizedLayer quantized = quantizer->quantize(task, context);
            const RunLayer row = rowOf(planned, weight, quantized, task.statistics, context);
            Cell cell;
            cell.layer = layer;
            cell.result.layer = layer->name;
            cell.result.bits = width;
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
        cell.isPredicted = true;
    }
}

SensitivityCell BlockProbe::cell(std::size_t index) const
{
    SensitivityCell result = m_cells[index].result;
    if (m_cells[index].isPredicted) {
        result.predictedDeltaNll = m_cells[index].prediction.value();
    }
    return result;
}

SensitivityCell BlockProbe::measuredCell(std::size_t index, JobContext &context) const
{
    SensitivityCell result = cell(index);
    const Cell &probed = m_cells[index];
    Block changed = m_block;
    changed.setTensor(probed.layer->tensor, m_block.tensor(probed.layer->tensor) + probed.change);
    m_evaluator.measure(changed, result, context);
    return result;
}

} // namespace bitprism
