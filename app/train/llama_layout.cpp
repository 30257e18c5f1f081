// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/llama_layout.h"

#include <cmath>
#include <numbers>
#include <random>

namespace bitprism::train {

namespace {

ParameterSlot addSlot(ParameterLayout &layout, int rows, int cols)
{
    const ParameterSlot slot{layout.count, rows, cols};
    layout.count += slot.count();
    layout.slots.push_back(slot);
    layout.decays.push_back(rows > 1);
    return slot;
}

// Box and Muller: std::normal_distribution differs between standard libraries.
void fillNormal(std::mt19937_64 &random, float *values, std::size_t count, double deviation)
{
    const auto uniform = [&random] { return (double(random() >> 11) + 0.5) * 0x1p-53; };
    for (std::size_t i = 0; i < count; ++i) {
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        values[i] = float(deviation * radius * std::cos(2.0 * std::numbers::pi * uniform()));
    }
}

} // namespace

ParameterLayout layoutOf(const LlamaConfig &config)
{
    ParameterLayout layout;
    const int hidden = config.hiddenSize;
    layout.embedding = addSlot(layout, config.vocabularySize, hidden);
    for (int i = 0; i < config.blockCount; ++i) {
        BlockSlots block;
        block.inputGain = addSlot(layout, 1, hidden);
        block.qkv = addSlot(layout, config.qkvSize(), hidden);
        block.attentionOutput = addSlot(layout, hidden, hidden);
        block.postGain = addSlot(layout, 1, hidden);
        block.gateUp = addSlot(layout, 2 * config.feedForwardSize, hidden);
        block.down = addSlot(layout, hidden, config.feedForwardSize);
        layout.blocks.push_back(block);
    }
    layout.finalGain = addSlot(layout, 1, hidden);
    return layout;
}

std::vector<float> initialParameters(const LlamaConfig &config, unsigned long long seed)
{
    const ParameterLayout layout = layoutOf(config);
    std::vector<float> parameters(layout.count, 1.0f);
    std::mt19937_64 random(seed);
    const double deviation = 0.02;
    const double residual = deviation / std::sqrt(2.0 * config.blockCount);
    const auto fill = [&](const ParameterSlot &slot, double sigma) {
        fillNormal(random, parameters.data() + slot.offset, slot.count(), sigma);
    };
    fill(layout.embedding, deviation);
    for (const BlockSlots &block : layout.blocks) {
        fill(block.qkv, deviation);
        fill(block.attentionOutput, residual);
        fill(block.gateUp, deviation);
        fill(block.down, residual);
    }
    return parameters;
}

} // namespace bitprism::train
