// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/attention_site.h"

#include "core/base/error.h"

#include <utility>

namespace bitprism {

namespace {

const char *nameOf(AttentionOperand operand)
{
    switch (operand) {
    case AttentionOperand::Query:
        return "query";
    case AttentionOperand::Key:
        return "key";
    case AttentionOperand::Value:
        return "value";
    case AttentionOperand::Probabilities:
        return "probabilities";
    case AttentionOperand::CachedKey:
    case AttentionOperand::CachedValue:
        break;
    }
    BITPRISM_ASSERT(false, "what a cache keeps was rounded before");
    return "";
}

} // namespace

LayerInfo attentionSite(BlockId block, AttentionOperand operand)
{
    LayerInfo site;
    site.name
        = std::to_string(block.stack) + "/" + std::to_string(block.index) + "@" + nameOf(operand);
    site.kind = "attention_operand";
    site.stack = block.stack;
    site.block = block.index;
    return site;
}

bool isMultiplied(AttentionOperand operand)
{
    return operand != AttentionOperand::CachedKey && operand != AttentionOperand::CachedValue;
}

void OperandRows::setMask(at::Tensor mask)
{
    m_mask = std::move(mask);
    m_queries = 0;
}

at::Tensor OperandRows::of(AttentionOperand operand, const at::Tensor &tensor)
{
    const at::Tensor byToken = tensor.detach().transpose(1, 2); // [samples, tokens, heads, ...]
    at::Tensor rows = byToken.reshape({byToken.size(0) * byToken.size(1), -1});
    if (!m_mask.defined()) {
        return rows;
    }
    at::Tensor mask = m_mask;
    if (operand == AttentionOperand::Probabilities) {
        const std::int64_t count = byToken.size(1);
        if (m_queries + count > m_mask.size(1)) {
            return rows; // of another length than what is masked
        }
        mask = m_mask.narrow(1, m_queries, count);
        m_queries = (m_queries + count) % m_mask.size(1);
    }
    return mask.numel() == rows.size(0)
        ? rows.index_select(0, mask.reshape({-1}).nonzero().view({-1}).to(rows.device()))
        : rows;
}

} // namespace bitprism
