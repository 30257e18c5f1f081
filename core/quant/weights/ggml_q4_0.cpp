// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q4_0: 4 bits, one F16 scale for 32 weights.
class GgmlQ40 final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q4-0",
                BITPRISM_TR("Component", "ggml Q4_0"),
                "GGUF block type Q4_0",
                {}};
    }
    explicit GgmlQ40(const Params &params)
        : GgmlQuantizer(GgmlType::Q4_0, "ggml-q4-0", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q4_0, GgmlQ40);

} // namespace bitprism
