// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q2_K: 2 bits, 4-bit scales and minima for 16 weights.
class GgmlQ2K final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q2-k",
                BITPRISM_TR("Component", "ggml Q2_K"),
                "GGUF block type Q2_K",
                {}};
    }
    explicit GgmlQ2K(const Params &params)
        : GgmlQuantizer(GgmlType::Q2K, "ggml-q2-k", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q2_k, GgmlQ2K);

} // namespace bitprism
