// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
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
    /// Share of the block's time that enter() takes, in [0, 1), for the progress reported.
    virtual double enterShare(BlockId) const { return 0; }
    /// Hooks while the block runs on `states[index]`. Null for the first: none for all, and the
    /// states may run side by side.
    virtual BlockHooks *hooks(const Block &, std::size_t /*index*/) { return nullptr; }
    /// After the block ran on all states, which hold its outputs.
    virtual void leave(Block &, std::vector<StreamState> &, JobContext &) { }
    /// False skips running the block (the visitor advances the states itself in enter()).
    virtual bool runsBlock(BlockId) { return true; }
};

struct StreamOptions
{
    int stack = 0;
    int firstBlock = 0;
    int endBlock = -1; ///< one past the last to run; -1: the stack's end
    /// Progress is reported to the context as these shares of `progressTotal`.
    double progressFrom = 0;
    double progressTo = 1;
    double progressTotal = 1;
};

/// The only loop over blocks forwards: blocks [firstBlock, endBlock) in order, each on all states.
/// Announces the next block (the head after the last), checks cancellation between states, frees
/// the block before it loads the next. Each state may hold several samples: one GEMM serves all.
void streamBlocks(const Model &model, std::vector<StreamState> &states, BlockVisitor &visitor,
                  JobContext &context, const StreamOptions &options = {});

/// What the backward stream hands out for a block: gradients with respect to its layers' weights,
/// for one sample at a time.
class GradientVisitor
{
public:
    virtual ~GradientVisitor() = default;
    /// `gradients` by layer (LayerInfo::name), [rows, cols], of this sample's negative
    /// log-likelihood summed over its `scoredTokens`.
    virtual void visit(const Block &block, std::size_t sample, std::int64_t scoredTokens,
                       const std::map<std::string, at::Tensor> &gradients)
        = 0;
    /// After all samples of a block, before the block above it.
    virtual void leave(const Block &, JobContext &) { }
    /// False where only what the model's own hooks hold learns: no layer's gradient is made then,
    /// and visit() gets none.
    virtual bool wantsWeights() const { return true; }
};

/// One sequence whose loss is differentiated: the logits at `positions` against `targets`.
struct LossSample
{
    Batch batch; ///< of one sample
    at::Tensor positions; ///< [scored], int64
    at::Tensor targets; ///< [scored], int64
    at::Tensor weights = {}; ///< [scored]: factors of the losses; undefined: one each
    /// What is differentiated instead, where set: a number made of the outputs [1, count, width] at
    /// `positions` from `first` on; the sample's loss is the sum over these parts.
    std::function<at::Tensor(std::int64_t first, const at::Tensor &outputs)> loss = {};

    /// Tokens that the loss is about: the targets, or what their weights add up to.
    std::int64_t scoredTokens() const;
    /// Scores every token of `tokens` [1, length] but the first, each by the logits before it.
    static LossSample nextTokens(const at::Tensor &tokens);
};

struct BackwardTotals
{
    double nll = 0; ///< summed, nats
    std::int64_t tokens = 0; ///< scored
    std::vector<double> sampleNll; ///< summed, one per sample
};

/// The only loop over blocks backwards: forward once keeping each block's input per sample, then
/// from the last block to the first, recomputing each from its cached input. Memory: hidden states
/// of all blocks for `samples`, and one block with the graph of one sample. Passes through all
/// stacks; where one attends to another, the gradient goes on through what it attends to. Opens its
/// own gradient mode. Of `options`, only the progress counts.
BackwardTotals streamBlocksBackward(const Model &model, const std::vector<LossSample> &samples,
                                    GradientVisitor &visitor, JobContext &context,
                                    const StreamOptions &options = {});
/// The same for a causal model: every token of a sample ([1, length]) but its first is scored.
BackwardTotals streamBlocksBackward(const Model &model, const std::vector<at::Tensor> &samples,
                                    GradientVisitor &visitor, JobContext &context,
                                    const StreamOptions &options = {});

} // namespace bitprism
