// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/tensor_rules.h"
#include "core/models/forward_pass.h"

namespace bitprism {

/// The tensors of one place (a block, TensorRule::head or
/// TensorRule::embedding) as a forward pass declares them.
inline std::vector<ExpectedTensor> expectedTensors(const std::vector<TensorRule> &rules, int stack,
                                                   int block)
{
    std::vector<ExpectedTensor> expected;
    for (const TensorRule &rule : rules) {
        if (rule.stack == stack && rule.block == block) {
            expected.push_back({rule.name, rule.usedShape(), rule.source});
        }
    }
    return expected;
}

} // namespace bitprism
