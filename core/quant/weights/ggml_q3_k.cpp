// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

namespace bitprism {

namespace {

/// Q3_K: 3 bits, 6-bit scales for 16 weights.
class GgmlQ3K final : public GgmlQuantizer
{
public:
    using Params = GgmlParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "ggml-q3-k",
                BITPRISM_TR("Component", "ggml Q3_K"),
                "GGUF block type Q3_K",
                {}};
    }
    explicit GgmlQ3K(const Params &params)
        : GgmlQuantizer(GgmlType::Q3K, "ggml-q3-k", params)
    {
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, ggml_q3_k, GgmlQ3K);

} // namespace bitprism
