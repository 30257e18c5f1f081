// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <cstdint>

namespace bitprism {

/// FP32 operations per token of a forward pass over windows of `length`: two for each weight of the
/// blocks (and of the head), and causal attention's two products, 2 length hidden size a block.
inline double forwardOperations(const ModelInfo &model, std::int64_t length, bool withHead)
{
    double operations = 2.0 * static_cast<double>(length) * static_cast<double>(model.hiddenSize)
        * static_cast<double>(model.blocks);
    for (const LayerInfo &layer : model.layers) {
        if (layer.block >= 0) {
            operations += 2.0 * static_cast<double>(layer.rows) * static_cast<double>(layer.cols);
        }
    }
    if (withHead) {
        operations += 2.0 * static_cast<double>(model.vocabularySize)
            * static_cast<double>(model.hiddenSize);
    }
    return operations;
}

} // namespace bitprism
