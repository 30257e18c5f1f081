// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q5_K: 5 bits, 6-bit scales and minima for 32 weights.
class GgmlQ5K final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q5-k",
                BITPRISM_TR("Component", "ggml Q5_K"),
                "GGUF block type Q5_K",
                {}};
    }
    explicit GgmlQ5K(const Params &params)
        : GgmlQuantizer(GgmlType::Q5K, "ggml-q5-k", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q5_k, GgmlQ5K);

} // namespace bitprism
