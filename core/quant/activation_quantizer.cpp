// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_quantizer.h"

#include <nlohmann/json.hpp>

namespace bitprism {

Json ActivationQuantizer::state() const { return Json::object(); }

void ActivationQuantizer::restore(const Json &) { }

ActivationHooks::ActivationHooks(std::shared_ptr<const ActivationQuantizer> quantizer,
                                 std::set<std::string> layers)
    : m_quantizer(std::move(quantizer))
    , m_layers(std::move(layers))
{
}

at::Tensor ActivationHooks::beforeLayer(const LayerInfo &layer, const at::Tensor &input)
{
    return m_layers.contains(layer.name) ? m_quantizer->quantize(input, layer) : input;
}

} // namespace bitprism
