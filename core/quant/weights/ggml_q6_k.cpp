// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q6_K: 6 bits, 8-bit scales for 16 weights.
class GgmlQ6K final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q6-k",
                BITPRISM_TR("Component", "ggml Q6_K"),
                "GGUF block type Q6_K",
                {}};
    }
    explicit GgmlQ6K(const Params &params)
        : GgmlQuantizer(GgmlType::Q6K, "ggml-q6-k", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q6_k, GgmlQ6K);

} // namespace bitprism
