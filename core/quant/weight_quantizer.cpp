// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/weight_quantizer.h"

#include <nlohmann/json.hpp>

namespace bitprism {

QuantizedBlock WeightQuantizer::quantizeBlock(const BlockTask &task, JobContext &context) const
{
    QuantizedBlock result;
    result.layers.reserve(task.layers.size());
    for (const LayerTask &layer : task.layers) {
        context.throwIfCancelled();
        result.layers.push_back(quantize(layer, context));
        context.progress(static_cast<double>(result.layers.size()),
                         static_cast<double>(task.layers.size()));
    }
    return result;
}

Json WeightQuantizer::probeParameters(const Json &, int) const
{
    BITPRISM_ASSERT(false, "only methods with ratios are probed by them");
    return Json();
}

at::Tensor WeightQuantizer::channelScores(const LayerTask &, const at::Tensor &, JobContext &) const
{
    BITPRISM_ASSERT(false, "a quantizer that asks for gradients says what it makes of them");
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
