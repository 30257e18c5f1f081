// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/signed_grid.h"
#include "core/quant/static_activations.h"

namespace bitprism {

namespace {

struct PerTokenDynamicParams
{
    ActivationGridParams grid;
    double clipRatio = 1;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.real("clip_ratio", clipRatio, {0.01, 1},
               {BITPRISM_TR("Component", "Clip ratio"),
                BITPRISM_TR("Component", "Share of each token's extremes that the grid reaches.")});
    }
};

/// One grid per token, from that token's own extremes.
class PerTokenDynamic final : public ActivationQuantizer
{
public:
    using Params = PerTokenDynamicParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "per-token-dynamic",
                BITPRISM_TR("Component", "Per token, dynamic"),
                "Ashkboos et al., QuaRot, arXiv 2404.00456",
                {}};
    }
    explicit PerTokenDynamic(const Params &params)
        : m_params(params)
    {
    }

    int bits() const override { return m_params.grid.bits; }
    bool quantizesShortcuts() const override { return m_params.grid.shortcuts; }
    bool quantizesAttention() const override { return m_params.grid.attention; }
    at::Tensor quantize(const at::Tensor &input, const LayerInfo &) const override
    {
        if (m_params.grid.symmetric) {
            const at::Tensor maxAbs = input.abs().amax(-1, /*keepdim=*/true);
            return fakeQuantizeSigned(input, maxAbs * m_params.clipRatio, m_params.grid.codes());
        }
        const at::Tensor low = input.amin(-1, /*keepdim=*/true).clamp_max(0);
        const at::Tensor high = input.amax(-1, /*keepdim=*/true).clamp_min(0);
        return fakeQuantizeRange(input, low * m_params.clipRatio, high * m_params.clipRatio,
                                 m_params.grid.bits);
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, per_token_dynamic, PerTokenDynamic);

} // namespace bitprism
