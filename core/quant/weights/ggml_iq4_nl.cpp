// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// IQ4_NL: 4 bits, 16 levels of unequal spacing for 32 weights.
class GgmlIq4Nl final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-iq4-nl",
                BITPRISM_TR("Component", "ggml IQ4_NL"),
                "GGUF block type IQ4_NL",
                {}};
    }
    explicit GgmlIq4Nl(const Params &params)
        : GgmlQuantizer(GgmlType::Iq4Nl, "ggml-iq4-nl", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_iq4_nl, GgmlIq4Nl);

} // namespace bitprism
