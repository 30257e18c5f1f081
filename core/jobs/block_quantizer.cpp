// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_quantizer.h"

#include "core/calib/collect_statistics.h"
#include "core/kernels/weight_error.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"

#include <algorithm>
#include <set>

namespace bitprism {

namespace {

std::span<const float> values(const at::Tensor &tensor)
{
    return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// Layers in the order they are quantized in, cut where statistics are collected anew.
std::vector<std::vector<PlannedLayer>> groupsOf(const std::vector<PlannedLayer> &layers,
                                                bool sequential)
{
    std::vector<std::vector<PlannedLayer>> groups;
    for (const PlannedLayer &layer : layers) {
        const std::string &input = layer.layer->inputGroup;
        const bool isNew = groups.empty()
            || (sequential && (input.empty() || input != groups.back().front().layer->inputGroup));
        if (isNew) {
            groups.emplace_back();
        }
        groups.back().push_back(layer);
    }
    return groups;
}

} // namespace

RunLayer rowOf(const PlannedLayer &layer, const at::Tensor &original,
               const QuantizedLayer &quantized, const LayerStatistics *statistics,
               JobContext &context)
{
    const at::Tensor before = cpuFloat(original);
    const at::Tensor after = dequantized(*quantized.weight);
    RunLayer row;
    row.name = layer.layer->name;
    row.block = layer.layer->block;
    row.bits = quantized.weight->bits();
    row.ratio = layer.ratio;
    row.weightMse = weightError(values(before), values(after)).meanSquared;
    if (statistics != nullptr && statistics->outerSum.defined()) {
        const at::Tensor hessian = cpuFloat(statistics->hessian());
        row.outputMse = relativeOutputError(matrixView(before), matrixView(after),
                                            matrixView(hessian), context.stopToken());
    }
    row.seconds = quantized.seconds;
    row.storageBits = quantized.weight->storage().total();
    row.weights = layer.layer->rows * layer.layer->cols;
    return row;
}

BlockQuantizer::BlockQuantizer(const RunPlan &plan, const Model &model,
                               ActivationQuantizer *activations, OnBlock onBlock)
    : m_plan(plan)
    , m_model(model)
    , m_activations(activations)
    , m_onBlock(std::move(onBlock))
{
}

std::int64_t BlockQuantizer::memoryNeed(const Model &model) const
{
    std::int64_t largest = 0;
    for (int stack = 0; stack < static_cast<int>(model.info().stacks.size()); ++stack) {
        for (const BlockId id : model.blocksOf(stack)) {
            std::int64_t hessians = 0;
            std::int64_t widest = 0;
            std::set<std::string> groups;
            for (const PlannedLayer &layer : m_plan.layersOf(id)) {
                const std::int64_t bytes = layer.layer->cols * layer.layer->cols * 4;
                const std::string &group = layer.layer->inputGroup;
                if (group.empty() || groups.insert(group).second) {
                    hessians += bytes;
                }
                widest = std::max(widest, bytes + 3 * 4 * layer.layer->rows * layer.layer->cols);
            }
            largest = std::max(largest, hessians + 2 * widest); // the factor and its workspace
        }
    }
    return largest;
}

int BlockQuantizer::passesOf(const RunPlan &plan, BlockId block)
{
    return 1 + static_cast<int>(groupsOf(plan.layersOf(block), plan.isSequential(block)).size());
}

void BlockQuantizer::enter(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    m_finished = {};
    const std::vector<PlannedLayer> &layers = m_plan.layersOf(block.id());
    StatisticsNeeds needs = m_plan.statisticsNeeds(block.id());
    needs.hessian = true; // for the output error, which every run reports
    for (const auto &group : groupsOf(layers, m_plan.isSequential(block.id()))) {
        StatisticsCollector collector(needs);
        collect(group, block, states, collector, context);
        quantizeGroup(group, block, collector, context);
    }
}

void BlockQuantizer::collect(const std::vector<PlannedLayer> &layers, const Block &block,
                             const std::vector<StreamState> &states, StatisticsCollector &collector,
                             JobContext &context) const
{
    std::set<std::string> names;
    for (const PlannedLayer &layer : layers) {
        names.insert(layer.layer->name);
    }
    collector.restrictTo(names);
    context.stage("statistics of " + layers.front().layer->name);
    collectStatistics(m_model, block, states, collector, context);
}

void BlockQuantizer::quantizeGroup(const std::vector<PlannedLayer> &layers, Block &block,
                                   StatisticsCollector &collected, JobContext &context)
{
    // Layers of one quantizer go to it together; a stable order keeps equal requests equal.
    std::vector<const WeightQuantizer *> quantizers;
    for (const PlannedLayer &layer : layers) {
        if (std::find(quantizers.begin(), quantizers.end(), layer.quantizer) == quantizers.end()) {
            quantizers.push_back(layer.quantizer);
        }
        if (m_activations != nullptr && collected.find(*layer.layer) != nullptr) {
            m_activations->fit(*layer.layer, *collected.find(*layer.layer));
        }
    }
    for (const WeightQuantizer *quantizer : quantizers) {
        BlockTask task;
        task.model = &m_model;
        task.block = &block;
        std::vector<const PlannedLayer *> planned;
        for (const PlannedLayer &layer : layers) {
            if (layer.quantizer == quantizer) {
                planned.push_back(&layer);
                task.layers.push_back({layer.layer, block.tensor(layer.layer->tensor), layer.bits,
                                       layer.ratio, collected.find(*layer.layer)});
            }
        }
        context.stage("quantizing " + layers.front().layer->name);
        const std::vector<QuantizedLayer> results = quantizer->quantizeBlock(task, context);
        for (std::size_t i = 0; i < results.size(); ++i) {
            const LayerTask &given = task.layers[i];
            m_finished.rows.push_back(
                rowOf(*planned[i], given.weight, results[i], given.statistics, context));
            m_finished.weights.emplace_back(given.layer->name, results[i].weight);
            block.setTensor(given.layer->tensor,
                            dequantized(*results[i].weight).to(m_model.device()));
        }
    }
}

void BlockQuantizer::leave(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    m_onBlock(block.id(), std::move(m_finished), states, context);
}

BlockQuantizer::Finished BlockQuantizer::quantizeOuter(const std::vector<PlannedLayer> &layers,
                                                       StatisticsCollector *collected,
                                                       JobContext &context) const
{
    Finished finished;
    for (const PlannedLayer &layer : layers) {
        context.throwIfCancelled();
        context.stage("quantizing " + layer.layer->name);
        LayerTask task{layer.layer, m_model.loadTensor(layer.layer->tensor), layer.bits,
                       layer.ratio, collected == nullptr ? nullptr : collected->find(*layer.layer)};
        const QuantizedLayer quantized = layer.quantizer->quantize(task, context);
        finished.rows.push_back(rowOf(layer, task.weight, quantized, task.statistics, context));
        finished.weights.emplace_back(layer.layer->name, quantized.weight);
    }
    return finished;
}

} // namespace bitprism
