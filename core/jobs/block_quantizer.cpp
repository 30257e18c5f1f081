// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_quantizer.h"

#include "core/calib/collect_statistics.h"
#include "core/jobs/job_run.h"
#include "core/kernels/weight_error.h"
#include "core/models/run_states.h"
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

/// The quantizers of some layers, each once; a stable order keeps equal requests equal.
std::vector<const WeightQuantizer *> quantizersOf(const std::vector<PlannedLayer> &layers)
{
    std::vector<const WeightQuantizer *> quantizers;
    for (const PlannedLayer &layer : layers) {
        if (std::find(quantizers.begin(), quantizers.end(), layer.quantizer) == quantizers.end()) {
            quantizers.push_back(layer.quantizer);
        }
    }
    return quantizers;
}

/// Of layers that are quantized together: the Hessians of their inputs and `perChannel` for each of
/// their channels, the factor of one and its workspace, and `copies` of its weights. An embedding
/// reads indices, which have no Hessian.
std::int64_t layersNeed(const std::vector<PlannedLayer> &layers, int copies,
                        std::int64_t perChannel)
{
    std::int64_t hessians = 0;
    std::int64_t widest = 0;
    std::set<std::string> groups;
    for (const PlannedLayer &layer : layers) {
        const std::int64_t cols = layer.layer->kind == "embedding" ? 0 : layer.layer->cols;
        const std::int64_t bytes = cols * cols * 4;
        const std::string &group = layer.layer->inputGroup;
        if (group.empty() || groups.insert(group).second) {
            hessians += bytes + cols * perChannel;
        }
        widest = std::max(widest, 2 * bytes + layer.layer->rows * layer.layer->cols * 4 * copies);
    }
    return hessians + widest;
}

} // namespace

RunLayer rowOf(const PlannedLayer &layer, const at::Tensor &original,
               const QuantizedLayer &quantized, const LayerStatistics *statistics,
               JobContext &context)
{
    const at::Tensor before = cpuFloat(original);
    const at::Tensor after = quantized.effective.defined() ? cpuFloat(quantized.effective)
                                                           : dequantized(*quantized.weight);
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
    constexpr std::int64_t countsOfChannel = 8192; // both signs over 30 octaves, 16 bins in each
    const bool counts = m_activations != nullptr && m_activations->needs().channelMagnitudes;
    const std::int64_t perChannel = counts ? countsOfChannel : 0;
    std::int64_t largest = layersNeed(m_plan.outerLayers(), 3, perChannel);
    for (int stack = 0; stack < static_cast<int>(model.info().stacks.size()); ++stack) {
        for (const BlockId id : model.blocksOf(stack)) {
            largest = std::max(largest, layersNeed(m_plan.layersOf(id), 6, perChannel));
        }
    }
    return largest;
}

std::int64_t BlockQuantizer::methodMemory(const Model &model, std::int64_t tokens,
                                          std::int64_t sampleTokens) const
{
    QuantizerWork work;
    work.blockBytes = model.largestBlockBytes();
    work.workingBytesPerToken = model.workingBytesPerToken();
    work.hiddenSize = model.info().hiddenSize;
    work.tokens = tokens;
    work.sampleTokens = sampleTokens;
    std::int64_t largest = 0;
    for (int stack = 0; stack < static_cast<int>(model.info().stacks.size()); ++stack) {
        for (const BlockId id : model.blocksOf(stack)) {
            const std::vector<PlannedLayer> &layers = m_plan.layersOf(id);
            for (const WeightQuantizer *quantizer : quantizersOf(layers)) {
                work.layers.clear();
                for (const PlannedLayer &layer : layers) {
                    if (layer.quantizer == quantizer) {
                        work.layers.push_back(layer.layer);
                    }
                }
                largest = std::max(largest, quantizer->memoryNeed(work));
            }
        }
    }
    // The full-precision stream: its block, its inputs and its outputs.
    const std::int64_t streams = m_plan.needsBlockStates()
        ? model.largestBlockBytes() + 3 * tokens * model.info().hiddenSize * 4
        : 0;
    return largest + streams;
}

double BlockQuantizer::passesOf(const RunPlan &plan, BlockId block, double samples)
{
    const std::vector<PlannedLayer> &layers = plan.layersOf(block);
    double passes = 1 + static_cast<double>(groupsOf(layers, plan.isSequential(block)).size());
    for (const WeightQuantizer *quantizer : quantizersOf(layers)) {
        const QuantizerNeeds needs = quantizer->needs();
        passes += needs.extraPasses + needs.sampleRuns / samples;
    }
    return passes + (plan.needsBlockStates() ? 1 : 0);
}

double BlockQuantizer::enterShare(BlockId block) const
{
    const double passes = passesOf(m_plan, block, m_samples);
    return (passes - 1) / passes;
}

void BlockQuantizer::enter(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    m_finished = {};
    if (m_plan.needsBlockStates()) {
        advanceFullStream(block, context);
    }
    const std::vector<PlannedLayer> &layers = m_plan.layersOf(block.id());
    StatisticsNeeds needs = m_plan.statisticsNeeds(block.id());
    needs.hessian = true; // for the output error, which every run reports
    const double blocks
        = m_model.info().stacks.at(static_cast<std::size_t>(block.id().stack)).blocks;
    const auto groups = groupsOf(layers, m_plan.isSequential(block.id()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const double share = enterShare(block.id()) / static_cast<double>(groups.size());
        const double from = (block.id().index + share * static_cast<double>(i)) / blocks;
        ProgressSpan span(context, from, from + share / blocks);
        StatisticsCollector collector(needs);
        if (m_activations != nullptr && m_activations->quantizesAttention()) {
            collector.watchOperands();
        }
        collect(groups[i], block, states, collector, span);
        quantizeGroup(groups[i], block, states, collector, span);
    }
}

void BlockQuantizer::advanceFullStream(const Block &block, JobContext &context)
{
    context.stage("running block " + std::to_string(block.id().index) + " in full precision");
    std::vector<StreamState> states = m_fullStates;
    runOnAll(m_model, block, states, context);
    m_targets.clear();
    for (const StreamState &state : states) {
        m_targets.push_back(state.hidden);
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
                                   const std::vector<StreamState> &states,
                                   StatisticsCollector &collected, JobContext &context)
{
    for (const PlannedLayer &layer : layers) {
        if (m_activations != nullptr && collected.find(*layer.layer) != nullptr) {
            m_activations->fit(*layer.layer, *collected.find(*layer.layer));
        }
    }
    fitAttention(block.id(), collected);
    for (const WeightQuantizer *quantizer : quantizersOf(layers)) {
        std::vector<PlannedLayer> own;
        std::copy_if(layers.begin(), layers.end(), std::back_inserter(own),
                     [&](const PlannedLayer &layer) { return layer.quantizer == quantizer; });
        runQuantizer(*quantizer, own, block, states, collected, context);
    }
}

/// Again after each group of layers: the last has the others' weights quantized.
void BlockQuantizer::fitAttention(BlockId block, StatisticsCollector &collected)
{
    for (const AttentionOperand operand :
         {AttentionOperand::Query, AttentionOperand::Key, AttentionOperand::Value,
          AttentionOperand::Probabilities}) {
        const LayerInfo site = attentionSite(block, operand);
        if (m_activations != nullptr && collected.find(site) != nullptr) {
            m_activations->fit(site, *collected.find(site));
        }
    }
}

void BlockQuantizer::runQuantizer(const WeightQuantizer &quantizer,
                                  const std::vector<PlannedLayer> &layers, Block &block,
                                  const std::vector<StreamState> &states,
                                  StatisticsCollector &collected, JobContext &context)
{
    BlockTask task;
    task.model = &m_model;
    task.block = &block;
    if (quantizer.needs().blockStates) {
        task.quantizedInputs = &states;
        task.fullInputs = &m_fullStates;
        task.targets = &m_targets;
    }
    for (const PlannedLayer &layer : layers) {
        const auto scores = m_scores.find(layer.layer->name);
        task.layers.push_back({layer.layer, block.tensor(layer.layer->tensor), layer.bits,
                               layer.ratio, collected.find(*layer.layer),
                               scores == m_scores.end() ? at::Tensor() : scores->second});
    }
    context.stage("quantizing " + layers.front().layer->name);
    const QuantizedBlock result = quantizer.quantizeBlock(task, context);
    BITPRISM_ASSERT(result.layers.size() == layers.size(), "every layer comes back, in order");
    for (const auto &[name, tensor] : result.edits) {
        block.setTensor(name, tensor.to(m_model.device()));
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const LayerTask &given = task.layers[i];
        const QuantizedLayer &quantized = result.layers[i];
        m_finished.rows.push_back(
            rowOf(layers[i], given.weight, quantized, given.statistics, context));
        m_finished.weights.emplace_back(given.layer->name, quantized.weight);
        block.setTensor(given.layer->tensor, dequantized(*quantized.weight).to(m_model.device()));
    }
}

void BlockQuantizer::leave(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    std::set<std::string> coded;
    for (const PlannedLayer &layer : m_plan.layersOf(block.id())) {
        coded.insert(layer.layer->tensor);
    }
    m_finished.edits = editsOf(block, coded);
    for (std::size_t i = 0; i < m_targets.size(); ++i) {
        m_fullStates[i].hidden = std::move(m_targets[i]);
    }
    m_targets.clear();
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
        // A transformed head is edited together with the norm before it.
        const at::Tensor weight = layer.layer->kind == "head"
            ? m_model.loadHead(layer.layer->stack).tensor(layer.layer->tensor)
            : m_model.loadTensor(layer.layer->tensor);
        LayerTask task{layer.layer, weight, layer.bits, layer.ratio,
                       collected == nullptr ? nullptr : collected->find(*layer.layer)};
        const QuantizedLayer quantized = layer.quantizer->quantize(task, context);
        finished.rows.push_back(rowOf(layer, task.weight, quantized, task.statistics, context));
        finished.weights.emplace_back(layer.layer->name, quantized.weight);
    }
    return finished;
}

} // namespace bitprism
