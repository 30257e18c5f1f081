// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_quantizer.h"
#include "core/quant/signed_grid.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

namespace {

struct StaticMinmaxParams
{
    int bits = 8;

    void visit(ParamVisitor &v)
    {
        v.integer(
            "bits", bits, {2, 8},
            {BITPRISM_TR("Component", "Bits"), BITPRISM_TR("Component", "Bits per code."), "bits"});
    }
};

/// One symmetric grid per layer input (per tensor), that reaches the largest magnitude seen in
/// calibration; larger values are clipped. The grid that outlier channels hurt most.
class StaticMinmax final : public ActivationQuantizer
{
public:
    using Params = StaticMinmaxParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "static-minmax",
                BITPRISM_TR("Component", "Static, per tensor"),
                "Xiao et al., SmoothQuant, arXiv 2211.10438, per-tensor static",
                {}};
    }
    explicit StaticMinmax(const Params &params)
        : m_params(params)
    {
    }

    StatisticsNeeds needs() const override
    {
        StatisticsNeeds needs;
        needs.channels = true;
        return needs;
    }
    void fit(const LayerInfo &layer, const LayerStatistics &statistics) override
    {
        m_maxAbs[layer.name] = statistics.maxAbs();
    }
    at::Tensor quantize(const at::Tensor &input, const LayerInfo &layer) const override
    {
        const auto found = m_maxAbs.find(layer.name);
        BITPRISM_ASSERT(found != m_maxAbs.end(), "a static quantizer is fitted before it is used");
        return fakeQuantizeSigned(input, at::full({}, found->second, input.options()),
                                  m_params.bits);
    }

    Json state() const override { return Json(m_maxAbs); }
    void restore(const Json &state) override
    {
        for (const auto &[layer, maxAbs] : state.items()) {
            m_maxAbs[layer] = maxAbs.get<double>();
        }
    }

private:
    Params m_params;
    std::map<std::string, double> m_maxAbs; ///< by layer name
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, static_minmax, StaticMinmax);

} // namespace bitprism
