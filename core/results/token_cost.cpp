// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/token_cost.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t longestContext = 2048;
constexpr double bitsPerByte = 8;

} // namespace

TokenCost layerCost(const LayerInfo &layer, double weightBits, std::int64_t storageBits,
                    double activationBits)
{
    const auto rows = static_cast<double>(layer.rows);
    const auto cols = static_cast<double>(layer.cols);
    TokenCost cost;
    cost.bitOperations = rows * cols * weightBits * activationBits;
    cost.ioBytes
        = (static_cast<double>(storageBits) + (rows + cols) * activationBits) / bitsPerByte;
    return cost;
}

std::int64_t costedPositions(const ModelInfo &model)
{
    return std::min(model.contextLength, longestContext);
}

TokenCost modelCost(const ModelInfo &model,
                    const std::function<const LayerWidth *(const LayerInfo &)> &widthOf,
                    const CacheWidth &cache, double operandBits)
{
    const auto positions = static_cast<double>(costedPositions(model));
    const auto hidden = static_cast<double>(model.hiddenSize);
    TokenCost cost;
    for (const NormInfo &norm : model.norms) {
        cost.ioBytes += hidden * (norm.bias.empty() ? 1 : 2) * fullWidth / bitsPerByte;
    }
    for (const LayerInfo &layer : model.layers) {
        if (layer.kind == "embedding") {
            cost.ioBytes += hidden * fullWidth / bitsPerByte;
            if (!model.hasTiedHead) {
                continue;
            }
        }
        if (const LayerWidth *width = widthOf(layer)) {
            cost += layerCost(layer, width->weightBits, width->storageBits, width->activationBits);
        } else {
            cost += layerCost(layer, fullWidth,
                              static_cast<std::int64_t>(fullWidth) * layer.rows * layer.cols,
                              fullWidth);
        }
        const auto rows = static_cast<double>(layer.rows);
        if (layer.kind == "attention_query") { // as many products as rows, for keys and for values
            cost.bitOperations
                += rows * positions * operandBits * (cache.keyBits + cache.valueBits);
        } else if (layer.kind == "attention_key") {
            cost.ioBytes += rows * (positions + 1) * cache.storedKeyBits / bitsPerByte;
        } else if (layer.kind == "attention_value") {
            cost.ioBytes += rows * (positions + 1) * cache.storedValueBits / bitsPerByte;
        }
    }
    return cost;
}

} // namespace bitprism
