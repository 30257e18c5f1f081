// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_quantizer.h"
#include "core/quant/signed_grid.h"

namespace bitprism {

namespace {

struct PerTokenDynamicParams
{
    int bits = 8;
    double clipRatio = 1;

    void visit(ParamVisitor &v)
    {
        v.integer(
            "bits", bits, {2, 8},
            {BITPRISM_TR("Component", "Bits"), BITPRISM_TR("Component", "Bits per code."), "bits"});
        v.real("clip_ratio", clipRatio, {0.01, 1},
               {BITPRISM_TR("Component", "Clip ratio"),
                BITPRISM_TR("Component",
                            "Share of each token's largest magnitude that the grid reaches.")});
    }
};

/// One symmetric grid per token, from that token's own largest magnitude.
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

    at::Tensor quantize(const at::Tensor &input, const LayerInfo &) const override
    {
        const at::Tensor maxAbs = input.abs().amax(-1, /*keepdim=*/true);
        return fakeQuantizeSigned(input, maxAbs * m_params.clipRatio, m_params.bits);
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, per_token_dynamic, PerTokenDynamic);

} // namespace bitprism
