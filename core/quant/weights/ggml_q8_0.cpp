// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q8_0: 8 bits, one F16 scale for 32 weights.
class GgmlQ80 final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q8-0",
                BITPRISM_TR("Component", "ggml Q8_0"),
                "GGUF block type Q8_0",
                {}};
    }
    explicit GgmlQ80(const Params &params)
        : GgmlQuantizer(GgmlType::Q8_0, "ggml-q8-0", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q8_0, GgmlQ80);

} // namespace bitprism
