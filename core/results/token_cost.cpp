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

TokenCost modelCost(const ModelInfo &model,
                    const std::function<const LayerWidth *(const LayerInfo &)> &widthOf,
                    double keyBits, double valueBits, double operandBits)
{
    const auto positions = static_cast<double>(std::min(model.contextLength, longestContext));
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
            cost.bitOperations += rows * positions * operandBits * (keyBits + valueBits);
        } else if (layer.kind == "attention_key") {
            cost.ioBytes += rows * (positions + 1) * keyBits / bitsPerByte;
        } else if (layer.kind == "attention_value") {
            cost.ioBytes += rows * (positions + 1) * valueBits / bitsPerByte;
        }
    }
    return cost;
}

} // namespace bitprism
