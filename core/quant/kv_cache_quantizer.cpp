// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/kv_cache_quantizer.h"

namespace bitprism {

namespace {

class HookRow final : public BlockHooks
{
public:
    explicit HookRow(std::vector<std::shared_ptr<BlockHooks>> hooks)
        : m_hooks(std::move(hooks))
    {
    }
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        at::Tensor result = input;
        for (const auto &hooks : m_hooks) {
            result = hooks->beforeLayer(layer, result);
        }
        return result;
    }
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        at::Tensor result = tensor;
        for (const auto &hooks : m_hooks) {
            result = hooks->attentionOperand(block, operand, result);
        }
        return result;
    }
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override
    {
        at::Tensor result = tensor;
        for (auto hooks = m_hooks.rbegin(); hooks != m_hooks.rend(); ++hooks) {
            result = (*hooks)->shortcut(block, part, result);
        }
        return result;
    }

private:
    std::vector<std::shared_ptr<BlockHooks>> m_hooks;
};

} // namespace

at::Tensor KvCacheHooks::attentionOperand(BlockId, AttentionOperand operand,
                                          const at::Tensor &tensor)
{
    switch (operand) {
    case AttentionOperand::Key:
    case AttentionOperand::CachedKey: // groups of tokens that are complete only now
        return m_quantizer->quantizeKeys(tensor);
    case AttentionOperand::Value:
    case AttentionOperand::CachedValue:
        return m_quantizer->quantizeValues(tensor);
    default:
        return tensor;
    }
}

std::shared_ptr<BlockHooks> hooksInARow(std::vector<std::shared_ptr<BlockHooks>> hooks)
{
    if (hooks.empty()) {
        return nullptr;
    }
    return hooks.size() == 1 ? hooks.front() : std::make_shared<HookRow>(std::move(hooks));
}

} // namespace bitprism
