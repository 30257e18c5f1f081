// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/stream.h"

#include <vector>

namespace bitprism {

/// Where the states come from that enter the first block of a stack. Who wants to see what leaves a
/// stack (the inputs of its head, say) wraps another one.
class StackInput
{
public:
    virtual ~StackInput() = default;
    /// `before`: the states behind the last block of the stack before it; empty for stack 0. They
    /// may be taken over.
    virtual std::vector<StreamState> begin(int stack, std::vector<StreamState> before) = 0;
};

/// Starts every stack from the same batches, each with what the stack reads (tokens or features).
/// A stack that attends to the one before it (StackInfo::memoryStack) gets that one's output,
/// finish() of its states, as memory.
class BatchInput final : public StackInput
{
public:
    BatchInput(const Model &model, std::vector<Batch> batches)
        : m_model(model)
        , m_batches(std::move(batches))
    {
    }
    std::vector<StreamState> begin(int stack, std::vector<StreamState> before) override;

private:
    const Model &m_model;
    std::vector<Batch> m_batches;
};

/// streamBlocks() over all stacks in order, from `options.stack` on. `states` enter the block
/// `options.firstBlock` of that stack; where they are empty and it is the first block, `input`
/// begins the stack, as it begins every later one. `firstBlock` may be the stack's end: the states
/// then lie behind it. Afterwards `states` are those behind the last stack.
void streamStacks(const Model &model, StackInput &input, std::vector<StreamState> &states,
                  BlockVisitor &visitor, JobContext &context, const StreamOptions &options = {});

} // namespace bitprism
