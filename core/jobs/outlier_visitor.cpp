// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/outlier_visitor.h"

#include "core/analysis/outlier_atlas_file.h"
#include "core/jobs/outlier_rows.h"
#include "core/jobs/outlier_tokens.h"

#include <algorithm>
#include <set>

namespace bitprism {

namespace {

/// Bytes of an OutlierSketch for each channel, without map and samples.
constexpr std::int64_t bytesOfChannel = 1600;

std::string inputOf(const LayerInfo &layer)
{
    return std::to_string(layer.stack) + "/" + std::to_string(layer.block) + "/"
        + (layer.inputGroup.empty() ? layer.name : layer.inputGroup);
}

/// Whose tokens enter the layer.
int tokenStackOf(const ModelInfo &info, const LayerInfo &layer)
{
    const bool readsMemory
        = layer.kind == "cross_attention_key" || layer.kind == "cross_attention_value";
    const int memory = info.stacks.at(static_cast<std::size_t>(layer.stack)).memoryStack;
    return readsMemory && memory >= 0 ? memory : layer.stack;
}

} // namespace

MapLimits mapLimits(const ModelInfo &model, std::int64_t bytes)
{
    std::set<std::string> inputs;
    for (const LayerInfo &layer : model.layers) {
        if (layer.block >= 0) {
            inputs.insert(inputOf(layer));
        }
    }
    MapLimits limits;
    limits.cells = std::min(limits.cells, bytes / std::max<std::int64_t>(1, std::ssize(inputs)));
    limits.channels = std::clamp<std::int64_t>(limits.cells, 1, limits.channels);
    return limits;
}

OutlierVisitor::OutlierVisitor(
    Source source, AtlasPlace place, OutlierTable &table,
    std::function<void(BlockId, const std::vector<StreamState> &)> onBlock)
    : m_source(std::move(source))
    , m_place(std::move(place))
    , m_table(table)
    , m_onBlock(std::move(onBlock))
{
}

std::int64_t OutlierVisitor::bytesNeeded(const Model &model, std::int64_t tokens,
                                         std::int64_t mapBytes)
{
    const MapLimits limits = mapLimits(model.info(), mapBytes);
    std::map<std::pair<int, int>, std::map<std::string, std::int64_t>> widths; // by block and input
    for (const LayerInfo &layer : model.info().layers) {
        widths[{layer.stack, layer.block}][inputOf(layer)] = layer.cols;
    }
    std::int64_t most = 0;
    for (const auto &[block, inputs] : widths) {
        std::int64_t bytes = 0;
        for (const auto &[input, cols] : inputs) {
            const std::int64_t cells
                = std::min(limits.cells, cols * std::min(limits.tokens, tokens));
            bytes += bytesOfChannel * cols + 2 * cells + 4 * sampleCells
                + tokens * (8 + 2 * static_cast<std::int64_t>(TopChannelRows::watched));
        }
        most = std::max(most, bytes + limits.cells); // one map in 8 bits while it is written
    }
    return most;
}

const AtlasTokens &OutlierVisitor::tokensOf(int stack)
{
    const auto found = m_tokens.find(stack);
    if (found != m_tokens.end()) {
        return found->second;
    }
    return m_tokens[stack]
        = m_place.folder.empty() ? AtlasTokens() : readAtlasTokens(m_place.folder, stack);
}

void OutlierVisitor::enter(Block &block, std::vector<StreamState> &states, JobContext &context)
{
    const BlockId id = block.id();
    context.stage("block " + std::to_string(id.index));
    m_states = &states;
    m_collector.emplace(mapLimits(m_source.model.info(), m_place.mapBytes));
    if (id.index == 0) {
        const StackInfo &stack
            = m_source.model.info().stacks.at(static_cast<std::size_t>(id.stack));
        m_tokens[id.stack]
            = atlasTokens(states, stack.readsFeatures ? std::vector<Batch>() : m_source.batches,
                          m_source.tokenizer.get());
        if (!m_place.folder.empty()) {
            writeAtlasTokens(m_place.folder, id.stack, m_tokens[id.stack]);
        }
    }
}

BlockHooks *OutlierVisitor::hooks(const Block &, std::size_t index)
{
    const StreamState &state = (*m_states)[index];
    m_collector->beginState(state.mask, state.hidden.size(0), state.hidden.size(1));
    return &*m_collector;
}

void OutlierVisitor::addLayers(const Block &block)
{
    const ModelInfo &info = m_source.model.info();
    std::map<std::string, std::vector<const LayerInfo *>> readers;
    std::vector<std::string> order;
    for (const LayerInfo *layer : m_source.model.layersOf(block.id())) {
        if (m_collector->find(*layer) != nullptr) {
            const std::string input = inputOf(*layer);
            if (!readers.contains(input)) {
                order.push_back(input);
            }
            readers[input].push_back(layer);
        }
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::vector<const LayerInfo *> &layers = readers[order[i]];
        const OutlierCollector::Input &input = *m_collector->find(*layers.front());
        InputSamples samples = input.sketch.samples();
        addNorm(samples, *layers.front(), m_source.model, block);
        std::vector<LayerOutliers> rows;
        for (const LayerInfo *layer : layers) {
            LayerOutliers &row = rows.emplace_back();
            row.layer = layer->name;
            row.tokenStack = tokenStackOf(info, *layer);
            samples.layers.push_back(weightRowsOf(*layer, block.tensor(layer->tensor), row));
        }
        const AtlasTokens &tokens = tokensOf(rows.front().tokenStack);
        std::string file;
        if (!m_place.folder.empty() && m_place.mapBytes > 0) {
            file = atlasFileName(m_source.model.unitOf(block.id()), static_cast<int>(i));
            writeInputAtlas(m_place.folder / file, input.sketch.map(), samples);
        }
        for (LayerOutliers &row : rows) {
            describeInput(row, input, samples, tokens);
            row.atlasFile = file;
            m_table.layers.push_back(std::move(row));
        }
    }
}

void OutlierVisitor::leave(Block &block, std::vector<StreamState> &states, JobContext &)
{
    m_collector->sinks().finishState();
    addLayers(block);
    m_table.blocks.push_back(
        blockOutliersOf(block.id(), states, m_collector->sinks(), tokensOf(block.id().stack)));
    m_collector.reset();
    m_onBlock(block.id(), states);
}

} // namespace bitprism
