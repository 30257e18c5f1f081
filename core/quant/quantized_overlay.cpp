// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/quantized_overlay.h"

#include <span>

namespace bitprism {

at::Tensor dequantized(const QuantizedWeight &weight)
{
    at::Tensor result = at::empty({weight.rows(), weight.cols()}, at::kFloat);
    weight.dequantize({result.data_ptr<float>(), static_cast<std::size_t>(result.numel())});
    return result;
}

void QuantizedOverlay::add(const LayerInfo &layer, QuantizedWeightPtr weight)
{
    BITPRISM_ASSERT(weight->rows() == layer.rows && weight->cols() == layer.cols,
                    "codes have the shape of their layer");
    m_weights[layer.tensor] = std::move(weight);
}

const QuantizedWeight *QuantizedOverlay::find(const std::string &tensorName) const
{
    const auto found = m_weights.find(tensorName);
    return found == m_weights.end() ? nullptr : found->second.get();
}

QuantizedWeightPtr QuantizedOverlay::codes(const std::string &tensorName) const
{
    const auto found = m_weights.find(tensorName);
    return found == m_weights.end() ? nullptr : found->second;
}

void QuantizedOverlay::edit(const Model &model, const TensorEdits &edits, std::string_view where)
{
    for (const auto &[name, tensor] : edits) {
        requireEditable(model, name, tensor.sizes().vec(), where);
        m_edits[name] = tensor;
    }
}

std::optional<at::Tensor> QuantizedOverlay::tensor(const std::string &name) const
{
    const QuantizedWeight *weight = find(name);
    if (weight != nullptr) {
        return dequantized(*weight).to(m_device);
    }
    const auto edited = m_edits.find(name);
    return edited == m_edits.end() ? std::nullopt : std::optional(edited->second.to(m_device));
}

} // namespace bitprism
