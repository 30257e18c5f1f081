// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/weight_quantizer.h"

namespace bitprism {

std::vector<QuantizedLayer> WeightQuantizer::quantizeBlock(const BlockTask &task,
                                                           JobContext &context) const
{
    std::vector<QuantizedLayer> result;
    result.reserve(task.layers.size());
    for (const LayerTask &layer : task.layers) {
        context.throwIfCancelled();
        result.push_back(quantize(layer, context));
    }
    return result;
}

void refuseRatio(const LayerTask &task, std::string_view quantizerId)
{
    if (task.ratio.value_or(0) > 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1: %2 keeps no high-impact weights, so it takes no ratio; "
                                "remove the ratio or choose another quantizer."),
                    task.layer->name, quantizerId);
    }
}

} // namespace bitprism
