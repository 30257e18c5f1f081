// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/outlier_collector.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/calib/layer_statistics.h"

#include <cmath>

namespace bitprism {

namespace {

/// Tokens looked at at once, so that what LibTorch makes on the way stays small.
constexpr std::int64_t outlierRowsAtOnce = 256;

std::string groupOf(const LayerInfo &layer)
{
    return layer.inputGroup.empty() ? layer.name : layer.inputGroup;
}

void requireFinite(const LayerInfo &layer, std::int64_t tokens, const at::Tensor &x)
{
    if (!at::isfinite(x).all().item<bool>()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The input of layer %1 is not finite within the first %2 tokens; "
                                "the model overflows on this calibration data."),
                    layer.name, tokens);
    }
}

} // namespace

void OutlierCollector::beginState(at::Tensor mask, std::int64_t samples, std::int64_t length)
{
    m_sinks.beginState(mask, samples, length);
    m_mask = std::move(mask);
}

at::Tensor OutlierCollector::rowsOf(const at::Tensor &x, const at::Tensor &mask)
{
    at::Tensor rows = x.detach().reshape({-1, x.size(-1)});
    if (mask.defined() && mask.numel() == rows.size(0)) { // what attends to another stack sees all
        rows = rows.index_select(0, mask.reshape({-1}).nonzero().view({-1}).to(rows.device()));
    }
    return rows.to(at::kCPU, at::kFloat).contiguous();
}

at::Tensor OutlierCollector::beforeLayer(const LayerInfo &layer, const at::Tensor &input)
{
    const std::string group = groupOf(layer);
    auto found = m_inputs.find(group);
    if (found == m_inputs.end()) {
        found = m_inputs
                    .emplace(group,
                             Input{layer.name, OutlierSketch(input.size(-1), m_limits), {}, {}})
                    .first;
    }
    Input &collected = found->second;
    if (collected.leader != layer.name) {
        return input;
    }
    const at::Tensor x = rowsOf(input, m_mask); // [tokens, cols]
    for (std::int64_t first = 0; first < x.size(0); first += outlierRowsAtOnce) {
        throwIfWorkCancelled();
        const at::Tensor rows = x.narrow(0, first, std::min(outlierRowsAtOnce, x.size(0) - first));
        requireFinite(layer, collected.sketch.tokens() + first + rows.size(0), rows);
        addToHistogram(collected.histogram, rows);
        collected.magnitudes.add(rows);
    }
    collected.sketch.add({x.data_ptr<float>(), x.size(0), x.size(1)});
    return input;
}

at::Tensor OutlierCollector::attentionOperand(BlockId, AttentionOperand operand,
                                              const at::Tensor &tensor)
{
    if (operand == AttentionOperand::Probabilities) {
        m_sinks.add(tensor.detach());
    }
    return tensor;
}

const OutlierCollector::Input *OutlierCollector::find(const LayerInfo &layer) const
{
    const auto found = m_inputs.find(groupOf(layer));
    return found == m_inputs.end() ? nullptr : &found->second;
}

} // namespace bitprism
