// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// What happens at each block of a stream; the one way to work through a model.
class BlockVisitor
{
public:
    virtual ~BlockVisitor() = default;
    /// Bytes the visitor itself will hold at most, known before the stream starts.
    virtual std::int64_t memoryNeed(const Model &) const { return 0; }
    /// Before the block runs. May look at or edit it and the states that will enter it.
    virtual void enter(Block &, std::vector<StreamState> &, JobContext &) { }
    /// Hooks while the block runs on sample `sample`; null for none.
    virtual BlockHooks *hooks(const Block &, std::size_t /*sample*/) { return nullptr; }
    /// After the block ran on all samples; `states` hold its outputs.
    virtual void leave(Block &, std::vector<StreamState> &, JobContext &) { }
    /// False skips running the block (the visitor advanced the states itself in enter()).
    virtual bool runsBlock(BlockId) { return true; }
};

/// The only loop over blocks forwards: blocks [first, blocks of the stack) in order, each on all
/// states. Announces the next block, checks cancellation between samples, frees the block.
/// Progress is reported as blocks x samples of `context` within [progressFrom, progressTo].
struct StreamOptions
{
    int stack = 0;
    int firstBlock = 0;
    int endBlock = -1; ///< -1: the last
    double progressFrom = 0;
    double progressTo = 1;
};
void streamBlocks(const Model &model, std::vector<StreamState> &states, BlockVisitor &visitor,
                  JobContext &context, const StreamOptions &options = {});

/// What the backward stream hands out for a block: gradients of the summed loss with respect to its
/// layers' weights, for one sample at a time.
class GradientVisitor
{
public:
    virtual ~GradientVisitor() = default;
    /// `gradients` by tensor name, [rows, cols], of sample `sample`'s summed negative
    /// log-likelihood; `scoredTokens` of that sample, to normalise with.
    virtual void visit(const Block &block, std::size_t sample, std::int64_t scoredTokens,
                       const std::map<std::string, at::Tensor> &gradients)
        = 0;
};

/// The only loop over blocks backwards: forward once keeping each block's input per sample, then
/// from the last block to the first, recomputing each from its cached input. Memory: hidden states
/// of all blocks for `samples`, and one block with its graph. Next-token loss on every position but
/// the last of each sample's tokens [1, length]. Returns the summed loss and the scored tokens.
struct BackwardTotals
{
    double nll = 0;
    std::int64_t tokens = 0;
};
BackwardTotals streamBlocksBackward(const Model &model, const std::vector<at::Tensor> &samples,
                                    GradientVisitor &visitor, JobContext &context);

} // namespace bitprism
