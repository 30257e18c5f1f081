// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/block_layers.h"

#include "core/base/error.h"
#include "core/models/tensor_math.h"

#include <algorithm>

namespace bitprism {

namespace {

/// Appends `fresh` [samples, heads, length, head size] to `kept` and returns all of it.
at::Tensor remember(at::Tensor &kept, const at::Tensor &fresh, const KeyValueCache &cache)
{
    const std::int64_t length = fresh.size(2);
    BITPRISM_ASSERT(cache.length + length <= cache.capacity, "the cache has room");
    if (!kept.defined()) {
        kept = at::empty({fresh.size(0), fresh.size(1), cache.capacity, fresh.size(3)},
                         fresh.options());
    }
    kept.narrow(2, cache.length, length).copy_(fresh);
    return kept.narrow(2, 0, cache.length + length);
}

} // namespace

BlockLayers::BlockLayers(const Block &block, const std::vector<const LayerInfo *> &infos,
                         BlockHooks *hooks, std::string prefix)
    : m_block(block)
    , m_infos(infos)
    , m_hooks(hooks)
    , m_prefix(std::move(prefix))
{
}

at::Tensor BlockLayers::apply(const std::string &name, const at::Tensor &input) const
{
    return tensor_math::linear(hooked(name, input), tensor(name + ".weight"),
                               tensor(name + ".bias"));
}

at::Tensor BlockLayers::hooked(const std::string &name, const at::Tensor &input) const
{
    if (m_hooks == nullptr) {
        return input;
    }
    const std::string layerName = m_prefix + name;
    const auto found
        = std::find_if(m_infos.begin(), m_infos.end(),
                       [&layerName](const LayerInfo *info) { return info->name == layerName; });
    return found == m_infos.end() ? input : m_hooks->beforeLayer(**found, input);
}

at::Tensor BlockLayers::layerNorm(const std::string &name, const at::Tensor &x,
                                  double epsilon) const
{
    return at::layer_norm(x, {x.size(-1)}, tensor(name + ".weight"), tensor(name + ".bias"),
                          epsilon);
}

at::Tensor BlockLayers::operand(AttentionOperand operand, const at::Tensor &tensor) const
{
    return m_hooks == nullptr ? tensor : m_hooks->attentionOperand(m_block.id(), operand, tensor);
}

at::Tensor BlockLayers::shortcut(ShortcutPart part, const at::Tensor &tensor) const
{
    return m_hooks == nullptr ? tensor : m_hooks->shortcut(m_block.id(), part, tensor);
}

at::Tensor BlockLayers::attention(AttentionCall call, const StreamState &state) const
{
    call.query = operand(AttentionOperand::Query, call.query);
    call.key = operand(AttentionOperand::Key, call.key);
    call.value = operand(AttentionOperand::Value, call.value.contiguous());
    if (state.cache) {
        const auto index = static_cast<std::size_t>(m_block.id().index);
        KeyValueCache::Entry &entry = state.cache->blocks.at(index);
        call.key
            = operand(AttentionOperand::CachedKey, remember(entry.keys, call.key, *state.cache));
        call.value = operand(AttentionOperand::CachedValue,
                             remember(entry.values, call.value, *state.cache));
    }
    call.block = m_block.id();
    call.hooks = m_hooks;
    return attend(call);
}

at::Tensor splitHeads(const at::Tensor &flat, std::int64_t heads)
{
    return flat.view({flat.size(0), flat.size(1), heads, flat.size(2) / heads}).transpose(1, 2);
}

} // namespace bitprism
