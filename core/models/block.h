// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <ATen/ATen.h>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace bitprism {

/// One transformer block of one stack, or the head behind the last one.
struct BlockId
{
    int stack = 0;
    int index = 0; ///< -1: the last norm and head
    // A comparison with 0 is all that it sees. NOLINTNEXTLINE(modernize-use-nullptr)
    auto operator<=>(const BlockId &) const = default;
    bool isHead() const { return index < 0; }
};

inline BlockId headOf(int stack) { return {stack, -1}; }

/// The tensors of one block, on the model's device, in FP32. Layers' weights are always [rows,
/// cols]. Copies share the tensors, so replacing some in a copy is cheap.
class Block
{
public:
    Block() = default;
    Block(BlockId id, std::map<std::string, at::Tensor> tensors)
        : m_id(id)
        , m_tensors(std::move(tensors))
    {
    }

    BlockId id() const { return m_id; }
    /// By the checkpoint's full tensor name; undefined if the block has none of that name.
    const at::Tensor &tensor(const std::string &name) const;
    /// Replaces a tensor from now on. Who edits a block (a transform, a quantizer) makes a new
    /// tensor and sets it here, and never writes into one it was given: copies share them.
    void setTensor(const std::string &name, at::Tensor value)
    {
        m_tensors[name] = std::move(value);
        m_replaced.insert(name);
    }
    /// Names that setTensor() replaced since the block was loaded.
    const std::set<std::string> &replaced() const { return m_replaced; }
    const std::map<std::string, at::Tensor> &tensors() const { return m_tensors; }

private:
    BlockId m_id;
    std::map<std::string, at::Tensor> m_tensors;
    std::set<std::string> m_replaced;
};

enum class AttentionOperand
{
    Query,
    Key,
    Value,
    Probabilities,
    CachedKey,
    CachedValue
};

/// The only way into a forward pass: calibration, outlier maps and activation quantization look at
/// or replace what flows through here. Each call returns the tensor to go on with, which must not
/// alias memory that the caller changes later.
class BlockHooks
{
public:
    virtual ~BlockHooks() = default;
    /// `input` is [samples, length, cols] (the head's may be [positions, cols]), once per layer;
    /// layers of an input group see one tensor, one after another.
    virtual at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input);
    /// Query and key after rotary positions and value: [samples, heads (key and value: their own
    /// count), length, head size]. Probabilities come in chunks of queries: [samples, heads,
    /// queries, keys], zero where masked. CachedKey and CachedValue: all that the cache holds,
    /// including the new positions.
    virtual at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                        const at::Tensor &tensor);
    /// What a post-norm block adds to the output of its attention or MLP, [samples, length, hidden
    /// size]: what the norm before gave, or the block's input. Hooks in a row see it in the reverse
    /// order, the model's own first: what changed the norm's output last is undone first.
    virtual at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor);
};

} // namespace bitprism
