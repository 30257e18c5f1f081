// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/static_activations.h"

#include <cstdint>
#include <string>

namespace bitprism {

/// Parameters of token-wise-clipping, and the shares of tokens that follow from them.
struct TokenWiseClippingParams
{
    ActivationGridParams grid{.symmetric = false};
    bool search = true;
    double kept = 1;
    double step = 0;
    int batch = 32;
    std::string distance = "fitting";
    std::string weights = "full";
    int epochs = 3;
    double rate = 1e-5;

    void visit(ParamVisitor &v);

    /// Between the shares of tokens that are tried (Wei et al., arXiv 2209.13325, released code;
    /// outlier-suppression.md, equation 6).
    double shareStep(std::int64_t samples, std::int64_t length) const;
    /// How many are tried at this width, from all tokens down.
    double candidates(int bits, std::int64_t samples, std::int64_t length) const;
};

} // namespace bitprism
