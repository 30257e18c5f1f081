// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/awq_search.h"

#include "core/models/run_states.h"
#include "core/quant/layer_input.h"
#include "core/quant/tensor_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr double leastScale = 1e-4;

std::string biasOf(const std::string &weight)
{
    constexpr std::string_view suffix = ".weight";
    return weight.ends_with(suffix) ? weight.substr(0, weight.size() - suffix.size()) + ".bias"
                                    : std::string();
}

} // namespace

void AwqScales::add(const std::string &group, const std::string &producer, at::Tensor columns)
{
    m_byGroup[group] = columns;
    m_byProducer[producer] = std::move(columns);
}

at::Tensor AwqScales::columnsOf(const LayerInfo &layer) const
{
    const auto found = m_byGroup.find(layer.inputGroup);
    return found == m_byGroup.end() ? at::Tensor() : found->second;
}

at::Tensor AwqScales::rowsOf(const LayerInfo &layer) const
{
    const auto found = m_byProducer.find(layer.tensor);
    return found == m_byProducer.end() ? at::Tensor() : found->second;
}

TensorEdits AwqScales::edits(const BlockTask &task) const
{
    TensorEdits edits;
    for (const auto &[producer, scales] : m_byProducer) {
        const at::Tensor weight = task.block->tensor(producer);
        if (weight.dim() == 1) {
            edits[producer] = roundToStored(*task.model, producer, cpuFloat(weight) / scales);
        }
        const at::Tensor bias = task.block->tensor(biasOf(producer));
        if (bias.defined()) {
            edits[biasOf(producer)]
                = roundToStored(*task.model, biasOf(producer), cpuFloat(bias) / scales);
        }
    }
    return edits;
}

AwqSearch::AwqSearch(const BlockTask &task, StatisticsCollector &collected, GridOf gridOf)
    : m_task(task)
    , m_collected(collected)
    , m_gridOf(std::move(gridOf))
{
}

std::vector<AwqSearch::Group> AwqSearch::scalableGroups() const
{
    std::vector<Group> groups;
    for (const LayerTask &layer : m_task.layers) {
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group &group) {
            return group.front()->layer->inputGroup == layer.layer->inputGroup;
        });
        if (same != groups.end()) {
            same->push_back(&layer);
        } else if (!layer.layer->inputGroup.empty()) {
            groups.push_back({&layer});
        }
    }
    groups.erase(std::remove_if(groups.begin(), groups.end(),
                                [this](const Group &group) { return !canFold(group); }),
                 groups.end());
    return groups;
}

bool AwqSearch::canFold(const Group &group) const
{
    const LayerInfo &first = *group.front()->layer;
    const std::vector<const LayerInfo *> &all = m_task.model->layersOf(m_task.block->id());
    const auto sharing = std::count_if(all.begin(), all.end(), [&](const LayerInfo *layer) {
        return layer->inputGroup == first.inputGroup;
    });
    const at::Tensor producer = m_task.block->tensor(first.producer);
    const LayerStatistics *inputs = m_collected.find(first);
    if (first.producer.empty() || !producer.defined() || inputs == nullptr || inputs->tokens == 0
        || sharing != std::ssize(group) || producer.size(0) != first.cols) {
        return false;
    }
    const bool isOwnLayer
        = std::any_of(m_task.layers.begin(), m_task.layers.end(), [&](const LayerTask &layer) {
              return layer.layer->tensor == first.producer;
          });
    return producer.dim() == 1 ? feedsLayersOnly(first.producer) : isOwnLayer;
}

bool AwqSearch::feedsLayersOnly(const std::string &gain) const
{
    const std::vector<NormInfo> &norms = m_task.model->info().norms;
    return std::any_of(norms.begin(), norms.end(), [&](const NormInfo &norm) {
        return norm.gain == gain && norm.feedsLayersOnly;
    });
}

AwqScales AwqSearch::run(int ratios, JobContext &context)
{
    AwqScales result;
    const std::vector<Group> groups = scalableGroups();
    const double total = static_cast<double>(groups.size()) * ratios;
    double done = 0;
    for (const Group &group : groups) {
        const LayerInfo &first = *group.front()->layer;
        const LayerStatistics &inputs = *m_collected.find(first);
        const at::Tensor magnitudes
            = (at::tensor(inputs.channelAbsSum, at::kDouble) / static_cast<double>(inputs.tokens))
                  .to(at::kFloat);
        std::vector<double> &errors = m_errors[first.inputGroup];
        errors.clear();
        double least = std::numeric_limits<double>::infinity();
        at::Tensor best;
        for (int k = 0; k < ratios; ++k) {
            context.throwIfCancelled();
            const double ratio = static_cast<double>(k) / ratios;
            const at::Tensor scales
                = k == 0 ? at::ones_like(magnitudes) : foldable(group, scalesOf(magnitudes, ratio));
            errors.push_back(errorOf(group, scales, context));
            if (errors.back() < least) {
                least = errors.back();
                best = k == 0 ? at::Tensor() : scales;
            }
            context.progress(++done, total);
        }
        if (best.defined()) {
            result.add(first.inputGroup, first.producer, best);
        }
    }
    m_attended.clear();
    return result;
}

at::Tensor AwqSearch::scalesOf(const at::Tensor &magnitudes, double ratio)
{
    const at::Tensor scales = magnitudes.pow(ratio).clamp_min(leastScale);
    return scales / (scales.max() * scales.min()).sqrt();
}

at::Tensor AwqSearch::foldable(const Group &group, const at::Tensor &scales) const
{
    const std::string &name = group.front()->layer->producer;
    const at::Tensor gain = cpuFloat(m_task.block->tensor(name));
    if (gain.dim() != 1) {
        return scales; // rows of a layer that is quantized: nothing is rounded to the stored type
    }
    const at::Tensor folded = roundToStored(*m_task.model, name, gain / scales);
    const at::Tensor exact = gain / folded;
    const at::Tensor isUsable = exact.isfinite().logical_and(exact > 0);
    return at::where(isUsable, exact, at::ones_like(scales));
}

double AwqSearch::errorOf(const Group &group, const at::Tensor &scales, JobContext &context)
{
    Block changed = *m_task.block;
    at::Tensor change;
    for (const LayerTask *layer : group) {
        const at::Tensor W = cpuFloat(layer->weight);
        const at::Tensor scaled = (W * scales).contiguous();
        const GridSet grids
            = fitGrids(matrixView(scaled), m_gridOf(layer->bits), {}, context.stopToken());
        fakeQuantize(matrixView(scaled), grids, matrixView(scaled));
        const at::Tensor rounded = scaled / scales;
        change = rounded - W;
        changed.setTensor(layer->layer->tensor, rounded.to(m_task.model->device()));
    }
    if (group.size() == 1) {
        return layerError(*group.front(), change);
    }
    const LayerInfo *output = outputProjectionOf(group);
    return output != nullptr ? attentionError(changed, *output, context)
                             : blockError(changed, context);
}

double AwqSearch::layerError(const LayerTask &layer, const at::Tensor &change) const
{
    const at::Tensor H = cpuFloat(m_collected.find(*layer.layer)->hessian());
    return (change.matmul(H) * change).sum(at::kDouble).item<double>();
}

const LayerInfo *AwqSearch::outputProjectionOf(const Group &group) const
{
    constexpr std::string_view attention = "attention_";
    const std::string &kind = group.front()->layer->kind;
    const std::size_t place = kind.find(attention);
    if (place == std::string::npos) {
        return nullptr;
    }
    const std::string wanted = kind.substr(0, place + attention.size()) + "out";
    for (const LayerInfo *layer : m_task.model->layersOf(m_task.block->id())) {
        if (layer->kind == wanted) {
            return layer;
        }
    }
    return nullptr;
}

double AwqSearch::attentionError(const Block &changed, const LayerInfo &output, JobContext &context)
{
    std::vector<at::Tensor> &reference = m_attended[output.name];
    const at::Tensor &W = m_task.block->tensor(output.tensor); // [rows, cols]
    double error = 0;
    for (std::size_t i = 0; i < m_task.fullInputs->size(); ++i) {
        context.throwIfCancelled();
        const StreamState &state = (*m_task.fullInputs)[i];
        if (reference.size() == i) {
            reference.push_back(inputOf(*m_task.model, *m_task.block, output, state));
        }
        const at::Tensor input = inputOf(*m_task.model, changed, output, state);
        error += at::linear(input - reference[i], W).square().sum(at::kDouble).item<double>();
    }
    return error;
}

double AwqSearch::blockError(const Block &changed, JobContext &context) const
{
    std::vector<StreamState> states = *m_task.fullInputs;
    runOnAll(*m_task.model, changed, states, context);
    double error = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
        const at::Tensor change = states[i].hidden - (*m_task.targets)[i];
        error += change.square().sum(at::kDouble).item<double>();
    }
    return error;
}

} // namespace bitprism
