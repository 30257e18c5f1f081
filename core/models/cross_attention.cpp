// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/cross_attention.h"

#include "core/base/error.h"

namespace bitprism {

at::Tensor crossAttention(const BlockLayers &layers, const AttentionNames &names, BlockId block,
                          const at::Tensor &input, std::int64_t heads, std::int64_t keyHeads,
                          const StreamState &state)
{
    BITPRISM_ASSERT(state.memory.defined(), "a decoder is given its encoder's output");
    KeyValueCache::Entry made;
    KeyValueCache::Entry *kept = &made;
    if (state.cache) {
        std::vector<KeyValueCache::Entry> &memory = state.cache->memory;
        memory.resize(std::max(memory.size(), static_cast<std::size_t>(block.index) + 1));
        kept = &memory[static_cast<std::size_t>(block.index)];
    }
    if (!kept->keys.defined()) {
        const at::Tensor key = splitHeads(layers.apply(names.key, state.memory), keyHeads);
        const at::Tensor value = splitHeads(layers.apply(names.value, state.memory), keyHeads);
        kept->keys = layers.operand(AttentionOperand::Key, key);
        kept->values = layers.operand(AttentionOperand::Value, value);
    }
    AttentionCall call;
    call.query = layers.operand(AttentionOperand::Query,
                                splitHeads(layers.apply(names.query, input), heads));
    call.key = kept->keys;
    call.value = kept->values;
    call.isCausal = false;
    call.block = block;
    call.hooks = layers.hooks();
    return attend(call);
}

} // namespace bitprism
