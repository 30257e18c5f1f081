// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/static_activations.h"

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

at::Tensor tensorOf(const std::vector<double> &values, const at::Tensor &like)
{
    return at::tensor(values, at::kDouble).to(like.options());
}

[[noreturn]] void throwNoRange(const std::string &grid)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The stored range of activations of %1 is damaged; delete the run and "
                            "start it again."),
                grid);
}

std::vector<double> storedEnds(const Json &ends, const char *key, const std::string &grid)
{
    const auto found = ends.find(key);
    if (found == ends.end() || !found->is_array() || found->empty()) {
        throwNoRange(grid);
    }
    std::vector<double> values;
    for (const Json &value : *found) {
        if (!value.is_number()) {
            throwNoRange(grid);
        }
        values.push_back(value.get<double>());
    }
    return values;
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
    v.choice(
        "symmetric_grid", symmetricGrid,
        {{symmetricGrids::positive, BITPRISM_TR("Component", "Positive codes reach the maximum")},
         {symmetricGrids::span, BITPRISM_TR("Component", "All codes span twice the maximum")},
         {symmetricGrids::narrow, BITPRISM_TR("Component", "As many negative codes as positive")}},
        {BITPRISM_TR("Component", "Symmetric grid"),
         BITPRISM_TR("Component",
                     "What the largest magnitude is divided by: 2^(b-1) - 1 codes, or half "
                     "of all, as Outlier Suppression does.")});
    v.enabledIf("symmetric", "true");
    v.flag("shortcuts", shortcuts,
           {BITPRISM_TR("Component", "Shortcuts too"),
            BITPRISM_TR("Component",
                        "In post-norm models a shortcut takes what a norm gives: rounded, as a "
                        "kernel that keeps integers would take it, or as it was before the "
                        "rounding.")});
    v.flag("attention", attention,
           {BITPRISM_TR("Component", "Attention's products too"),
            BITPRISM_TR("Component",
                        "Rounds what attention multiplies, as Outlier Suppression does: query, "
                        "key, value and probabilities, each on a grid of its own. Without it they "
                        "stay as they are.")});
}

at::Tensor StaticActivationQuantizer::quantize(const at::Tensor &input,
                                               const LayerInfo &layer) const
{
    const auto found = m_ranges.find(gridName(layer));
    BITPRISM_ASSERT(found != m_ranges.end(), "a static quantizer is fitted before it is used");
    const at::Tensor low = tensorOf(found->second.low, input);
    const at::Tensor high = tensorOf(found->second.high, input);
    return roundTo(input, low, high);
}

at::Tensor StaticActivationQuantizer::roundTo(const at::Tensor &input, const at::Tensor &low,
                                              const at::Tensor &high) const
{
    return m_grid.symmetric ? fakeQuantizeSigned(input, at::maximum(-low, high), m_grid.codes())
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
            range.low = storedEnds(ends, "low", layer);
            range.high = storedEnds(ends, "high", layer);
            if (range.low.size() != range.high.size()) {
                throwNoRange(layer);
            }
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
    m_ranges[gridName(layer)] = {std::move(low), std::move(high)};
}

ActivationRange StaticActivationQuantizer::rangeOf(const LayerInfo &layer) const
{
    const Ends &ends = m_ranges.at(gridName(layer));
    return {ends.low.front(), ends.high.front()};
}

} // namespace bitprism
