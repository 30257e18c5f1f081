// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/attention.h"
#include "core/models/block.h"
#include "core/models/stream_state.h"

#include <ATen/ATen.h>

#include <string>
#include <vector>

namespace bitprism {

/// The linear layers of one run of a block (or head): weights and biases by the names that follow
/// `prefix`, the hooks before each.
class BlockLayers
{
public:
    /// `infos` are the block's layers, `hooks` may be null; all outlive the object.
    BlockLayers(const Block &block, const std::vector<const LayerInfo *> &infos, BlockHooks *hooks,
                std::string prefix);

    /// Undefined if the block has none of that name.
    const at::Tensor &tensor(const std::string &name) const
    {
        return m_block.tensor(m_prefix + name);
    }
    /// W x + b of the layer `name`, after its hook. A layer that the checkpoint's description does
    /// not list runs without.
    at::Tensor apply(const std::string &name, const at::Tensor &input) const;
    /// What a layer's hook makes of `input`.
    at::Tensor hooked(const std::string &name, const at::Tensor &input) const;
    /// LayerNorm `name` over the last dimension.
    at::Tensor layerNorm(const std::string &name, const at::Tensor &x, double epsilon) const;
    at::Tensor operand(AttentionOperand operand, const at::Tensor &tensor) const;
    /// What a hook makes of what a post-norm block adds to its attention or MLP.
    at::Tensor shortcut(ShortcutPart part, const at::Tensor &tensor) const;

    /// softmax(Q K^T) V of `call`'s query, key and value as the projections (and positions) left
    /// them: hooks on each, keys and values of earlier calls in front of them where `state` has a
    /// cache. [samples, length, heads x head size].
    at::Tensor attention(AttentionCall call, const StreamState &state) const;

    BlockHooks *hooks() const { return m_hooks; }

private:
    const Block &m_block;
    const std::vector<const LayerInfo *> &m_infos;
    BlockHooks *m_hooks;
    std::string m_prefix;
};

/// [samples, length, width] as [samples, heads, length, width / heads].
at::Tensor splitHeads(const at::Tensor &flat, std::int64_t heads);

} // namespace bitprism
