// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/block.h"

#include <ATen/ATen.h>

#include <cstdint>

namespace bitprism {

/// Stands for an operand of a block's attention where statistics and grids are kept by layer: named
/// "STACK/BLOCK@query", without weights. Where a block attends twice (to itself, and to what an
/// encoder made), both share it.
LayerInfo attentionSite(BlockId block, AttentionOperand operand);

/// Whether an operand is one of the four that attention multiplies, not a copy kept in a cache.
bool isMultiplied(AttentionOperand operand);

/// Picks what belongs to real tokens out of attention's operands, as they come.
class OperandRows
{
public:
    /// Tokens that count from here on, [samples, length]; undefined: all.
    void setMask(at::Tensor mask);
    /// `tensor` as BlockHooks::attentionOperand() sees it, as rows of tokens: [tokens, heads x head
    /// size], of probabilities [queries, heads x keys].
    at::Tensor of(AttentionOperand operand, const at::Tensor &tensor);

private:
    at::Tensor m_mask;
    std::int64_t m_queries = 0; ///< probabilities come in chunks of queries: those that came
};

} // namespace bitprism
