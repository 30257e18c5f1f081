// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/static_activations.h"

#include "core/quant/signed_grid.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

at::Tensor tensorOf(const std::vector<double> &values, const at::Tensor &like)
{
    return at::tensor(values, at::kDouble).to(like.options());
}

} // namespace

void ActivationGridParams::visit(ParamVisitor &v)
{
    v.integer(
        "bits", bits, {2, 8},
        {BITPRISM_TR("Component", "Bits"), BITPRISM_TR("Component", "Bits per code."), "bits"});
    v.flag("symmetric", symmetric,
           {BITPRISM_TR("Component", "Symmetric"),
            BITPRISM_TR("Component",
                        "A grid symmetric about zero; otherwise one from the smallest to the "
                        "largest value, with a zero point.")});
}

at::Tensor StaticActivationQuantizer::quantize(const at::Tensor &input,
                                               const LayerInfo &layer) const
{
    const auto found = m_ranges.find(layer.name);
    BITPRISM_ASSERT(found != m_ranges.end(), "a static quantizer is fitted before it is used");
    const at::Tensor low = tensorOf(found->second.low, input);
    const at::Tensor high = tensorOf(found->second.high, input);
    return m_grid.symmetric ? fakeQuantizeSigned(input, at::maximum(-low, high), m_grid.bits)
                            : fakeQuantizeRange(input, low, high, m_grid.bits);
}

Json StaticActivationQuantizer::state() const
{
    Json state = Json::object();
    for (const auto &[layer, ends] : m_ranges) {
        state[layer] = {{"low", ends.low}, {"high", ends.high}};
    }
    return state;
}

void StaticActivationQuantizer::restore(const Json &state)
{
    for (const auto &[layer, ends] : state.items()) {
        Ends &range = m_ranges[layer];
        if (ends.is_number()) { // runs of version 0.1 keep the largest magnitude alone
            range = {{-ends.get<double>()}, {ends.get<double>()}};
        } else {
            range.low = ends.at("low").get<std::vector<double>>();
            range.high = ends.at("high").get<std::vector<double>>();
        }
    }
}

void StaticActivationQuantizer::setRange(const LayerInfo &layer, std::vector<double> low,
                                         std::vector<double> high)
{
    for (std::size_t i = 0; i < low.size(); ++i) {
        low[i] = std::min(low[i], 0.0);
        high[i] = std::max(high[i], 0.0);
    }
    m_ranges[layer.name] = {std::move(low), std::move(high)};
}

} // namespace bitprism
