// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_quantizer.h"

namespace bitprism {

namespace {

/// Leaves layer inputs as they are.
class NoActivationQuantizer final : public ActivationQuantizer
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::activations,
                "none",
                BITPRISM_TR("Component", "None"),
                "full-precision activations",
                {}};
    }
    explicit NoActivationQuantizer(const Params &) { }

    bool isIdentity() const override { return true; }
    at::Tensor quantize(const at::Tensor &input, const LayerInfo &) const override { return input; }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(activations, none, NoActivationQuantizer);

} // namespace bitprism
