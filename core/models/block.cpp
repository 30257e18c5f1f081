// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/block.h"

namespace bitprism {

const at::Tensor &Block::tensor(const std::string &name) const
{
    static const at::Tensor undefined;
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? undefined : found->second;
}

at::Tensor BlockHooks::beforeLayer(const LayerInfo &, const at::Tensor &input) { return input; }

at::Tensor BlockHooks::attentionOperand(BlockId, AttentionOperand, const at::Tensor &tensor)
{
    return tensor;
}

at::Tensor BlockHooks::shortcut(BlockId, ShortcutPart, const at::Tensor &tensor) { return tensor; }

} // namespace bitprism
