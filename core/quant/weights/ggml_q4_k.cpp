// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q4_K: 4 bits, 6-bit scales and minima for 32 weights.
class GgmlQ4K final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q4-k",
                BITPRISM_TR("Component", "ggml Q4_K"),
                "GGUF block type Q4_K",
                {}};
    }
    explicit GgmlQ4K(const Params &params)
        : GgmlQuantizer(GgmlType::Q4K, "ggml-q4-k", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q4_k, GgmlQ4K);

} // namespace bitprism
