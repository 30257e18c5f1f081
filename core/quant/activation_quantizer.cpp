// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_quantizer.h"

#include <nlohmann/json.hpp>

namespace bitprism {

Json ActivationQuantizer::state() const { return Json::object(); }

void ActivationQuantizer::restore(const Json &) { }

ActivationHooks::ActivationHooks(std::shared_ptr<const ActivationQuantizer> quantizer,
                                 std::set<std::string> layers, ShortcutGrids shortcuts,
                                 std::set<BlockId> attention)
    : m_quantizer(std::move(quantizer))
    , m_layers(std::move(layers))
    , m_shortcuts(std::move(shortcuts))
    , m_attention(std::move(attention))
{
}

at::Tensor ActivationHooks::beforeLayer(const LayerInfo &layer, const at::Tensor &input)
{
    return m_layers.contains(layer.name) ? m_quantizer->quantize(input, layer) : input;
}

at::Tensor ActivationHooks::attentionOperand(BlockId block, AttentionOperand operand,
                                             const at::Tensor &tensor)
{
    return isMultiplied(operand) && m_attention.contains(block)
        ? m_quantizer->quantize(tensor, attentionSite(block, operand))
        : tensor;
}

at::Tensor ActivationHooks::shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor)
{
    const auto found = m_shortcuts.find({block, part});
    return found == m_shortcuts.end() ? tensor : m_quantizer->quantize(tensor, *found->second);
}

} // namespace bitprism
