// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/stream.h"

#include "core/base/error.h"
#include "core/models/run_states.h"
#include "core/models/stacks.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Reports `done` of `total` steps as a share of the job.
class Steps
{
public:
    Steps(const StreamOptions &options, JobContext &context, std::size_t total)
        : m_options(options)
        , m_context(context)
        , m_total(static_cast<double>(std::max<std::size_t>(1, total)))
    {
    }

    /// The next `count` steps begin with work that takes `share` of their time.
    void beginWork(std::size_t count, double share)
    {
        m_weight = 1 - share;
        m_base = m_done + share * static_cast<double>(count);
        m_doneInside = 0;
    }

    void next(std::size_t count = 1)
    {
        m_doneInside += static_cast<double>(count);
        m_done = m_base + m_weight * m_doneInside;
        const double share = m_options.progressFrom
            + (m_options.progressTo - m_options.progressFrom) * m_done / m_total;
        m_context.progress(share, m_options.progressTotal);
        m_context.throwIfCancelled();
    }

private:
    const StreamOptions &m_options;
    JobContext &m_context;
    double m_total;
    double m_done = 0;
    double m_base = 0; ///< of the steps counted in m_doneInside, and what each of them weighs
    double m_weight = 1;
    double m_doneInside = 0;
};

int endOf(const Model &model, const StreamOptions &options)
{
    const int blocks = model.info().stacks.at(static_cast<std::size_t>(options.stack)).blocks;
    return options.endBlock < 0 ? blocks : std::min(options.endBlock, blocks);
}

void runWithHooks(const Model &model, const Block &block, std::vector<StreamState> &states,
                  BlockVisitor &visitor, JobContext &context, Steps &steps)
{
    BlockHooks *hooks = states.empty() ? nullptr : visitor.hooks(block, 0);
    if (hooks == nullptr) {
        runOnAll(model, block, states, context);
        steps.next(states.size());
        return;
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
        hooks = i == 0 ? hooks : visitor.hooks(block, i);
        model.runBlock(block, states[i], hooks);
        steps.next();
    }
}

} // namespace

void streamBlocks(const Model &model, std::vector<StreamState> &states, BlockVisitor &visitor,
                  JobContext &context, const StreamOptions &options)
{
    const int end = endOf(model, options);
    const int blocks = std::max(0, end - options.firstBlock);
    Steps steps(options, context, static_cast<std::size_t>(blocks) * states.size());
    for (int index = options.firstBlock; index < end; ++index) {
        context.throwIfCancelled();
        const BlockId id{options.stack, index};
        Block block = model.loadBlock(id);
        model.announceBlock(index + 1 < end ? BlockId{options.stack, index + 1}
                                            : headOf(options.stack));
        steps.beginWork(states.size(), visitor.enterShare(id));
        visitor.enter(block, states, context);
        if (visitor.runsBlock(id)) {
            runWithHooks(model, block, states, visitor, context, steps);
        } else {
            steps.next(states.size());
        }
        visitor.leave(block, states, context);
    }
}

namespace {

/// The negative log-likelihood of a sample's targets behind `hidden` (the last block's output),
/// summed, and its gradient with respect to `hidden`.
struct LossAndGradient
{
    double nll = 0;
    at::Tensor gradient;
};

/// Positions whose logits exist at once: the head's graph stays small for any vocabulary.
constexpr std::int64_t lossLogits = std::int64_t{1} << 23;

at::Tensor negativeLogLikelihood(const at::Tensor &logits, const LossSample &sample,
                                 std::int64_t first, std::int64_t count)
{
    const at::Tensor targets
        = sample.targets.narrow(0, first, count).view({1, count, 1}).to(logits.device());
    at::Tensor losses = -at::log_softmax(logits, -1).gather(-1, targets).view({-1});
    if (sample.weights.defined()) {
        losses = losses * sample.weights.narrow(0, first, count).to(losses);
    }
    return losses.sum();
}

LossAndGradient lossOf(const Model &model, const Block &head, const at::Tensor &hidden,
                       const LossSample &sample)
{
    LossAndGradient result;
    result.gradient = at::zeros_like(hidden);
    const std::int64_t scored = sample.targets.numel();
    const std::int64_t rows = std::max<std::int64_t>(
        1, lossLogits / std::max<std::int64_t>(1, model.info().outputSize()));
    for (std::int64_t first = 0; first < scored; first += rows) {
        const std::int64_t count = std::min(rows, scored - first);
        const at::Tensor places = sample.positions.narrow(0, first, count).to(hidden.device());
        const at::Tensor part
            = hidden.index_select(1, places).detach().requires_grad_(true); // [1, count, hidden]
        const at::Tensor outputs = model.finish(head, part);
        const at::Tensor nll = sample.loss ? sample.loss(first, outputs)
                                           : negativeLogLikelihood(outputs, sample, first, count);
        nll.backward();
        result.nll += nll.item<double>();
        result.gradient.index_add_(1, places, part.grad());
    }
    return result;
}

/// Keeps what enters each block.
class InputKeeper final : public BlockVisitor
{
public:
    std::vector<std::vector<StreamState>> inputs; ///< by block over all stacks, by sample

    void enter(Block &, std::vector<StreamState> &states, JobContext &) override
    {
        inputs.push_back(states); // the tensors are shared: a pass never writes to its input
    }
};

/// Gradients of one block for one sample, given the gradient at its output. `outputGradient`
/// becomes the gradient at its input; that at the memory it attends to is added to
/// `memoryGradient`. Without `wantsWeights` none of the layers'.
std::map<std::string, at::Tensor> backwardThrough(const Model &model, const Block &block,
                                                  StreamState state, at::Tensor &outputGradient,
                                                  at::Tensor &memoryGradient, bool wantsWeights)
{
    const c10::AutoGradMode gradients(true);
    const at::Tensor input = state.hidden.detach().requires_grad_(true);
    Block learning = block;
    std::map<std::string, at::Tensor> leaves;
    const std::vector<const LayerInfo *> none;
    for (const LayerInfo *layer : wantsWeights ? model.layersOf(block.id()) : none) {
        const at::Tensor leaf = block.tensor(layer->tensor).detach().requires_grad_(true);
        learning.setTensor(layer->tensor, leaf);
        leaves[layer->name] = leaf;
    }
    state.hidden = input;
    if (state.memory.defined()) {
        state.memory = state.memory.detach().requires_grad_(true);
    }
    model.runBlock(learning, state);
    const at::Tensor memory = state.memory;
    state.hidden.backward(outputGradient);
    std::map<std::string, at::Tensor> result;
    for (const auto &[name, leaf] : leaves) {
        result[name] = leaf.grad().defined() ? leaf.grad() : at::zeros_like(leaf);
    }
    outputGradient = input.grad();
    if (memory.defined() && memory.grad().defined()) {
        memoryGradient = memoryGradient.defined() ? memoryGradient + memory.grad() : memory.grad();
    }
    return result;
}

/// The gradient behind the last block of a stack, from that of what finish() makes of it.
at::Tensor backwardThroughHead(const Model &model, int stack, const at::Tensor &hidden,
                               const at::Tensor &outputGradient)
{
    const c10::AutoGradMode gradients(true);
    const at::Tensor input = hidden.detach().requires_grad_(true);
    model.finish(model.loadHead(stack), input).backward(outputGradient);
    return input.grad();
}

/// One backward stream over the samples.
class BackwardStream
{
public:
    BackwardStream(const Model &model, const std::vector<LossSample> &samples,
                   GradientVisitor &visitor, JobContext &context)
        : m_model(model)
        , m_samples(samples)
        , m_visitor(visitor)
        , m_context(context)
        , m_memoryGradients(samples.size())
    {
    }

    BackwardTotals run(const StreamOptions &options)
    {
        // Backwards costs about three times as much as forwards: recompute, two products a layer.
        StreamOptions forwards = options;
        forwards.progressTo
            = options.progressFrom + (options.progressTo - options.progressFrom) * 0.25;
        runForwards(forwards);
        BackwardTotals totals = differentiateLoss();
        StreamOptions backwards = options;
        backwards.progressFrom = forwards.progressTo;
        Steps steps(backwards, m_context, m_keeper.inputs.size() * m_samples.size());
        const std::vector<BlockId> blocks = m_model.allBlocks();
        for (std::size_t unit = blocks.size(); unit-- > 0;) {
            const bool endsStack = unit + 1 < blocks.size() && blocks[unit + 1].index == 0;
            if (endsStack) {
                leaveStack(blocks[unit].stack);
            }
            runBlock(unit, blocks, steps);
        }
        return totals;
    }

private:
    /// Keeps the states behind every stack but the last, whose head others attend to.
    class Input final : public StackInput
    {
    public:
        Input(const Model &model, std::vector<Batch> batches,
              std::vector<std::vector<StreamState>> &ends)
            : m_batches(model, std::move(batches))
            , m_ends(ends)
        {
        }
        std::vector<StreamState> begin(int stack, std::vector<StreamState> before) override
        {
            if (stack > 0) {
                m_ends.push_back(before);
            }
            return m_batches.begin(stack, std::move(before));
        }

    private:
        BatchInput m_batches;
        std::vector<std::vector<StreamState>> &m_ends;
    };

    void runForwards(const StreamOptions &options)
    {
        std::vector<Batch> batches;
        for (const LossSample &sample : m_samples) {
            batches.push_back(sample.batch);
        }
        Input input(m_model, std::move(batches), m_ends);
        StreamOptions all;
        all.progressFrom = options.progressFrom;
        all.progressTo = options.progressTo;
        all.progressTotal = options.progressTotal;
        streamStacks(m_model, input, m_behind, m_keeper, m_context, all);
    }

    BackwardTotals differentiateLoss()
    {
        const c10::AutoGradMode lossGradients(true);
        BackwardTotals totals;
        const Block head = m_model.loadHead(m_model.lastStack());
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            LossAndGradient loss = lossOf(m_model, head, m_behind[i].hidden, m_samples[i]);
            totals.nll += loss.nll;
            totals.sampleNll.push_back(loss.nll);
            totals.tokens += m_samples[i].scoredTokens();
            m_gradients.push_back(std::move(loss.gradient));
            m_context.throwIfCancelled();
        }
        return totals;
    }

    /// The gradients of what the stack above attended to become those behind `stack`.
    void leaveStack(int stack)
    {
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            const at::Tensor &hidden = m_ends[static_cast<std::size_t>(stack)][i].hidden;
            m_gradients[i] = m_memoryGradients[i].defined()
                ? backwardThroughHead(m_model, stack, hidden, m_memoryGradients[i])
                : at::zeros_like(hidden);
            m_memoryGradients[i] = at::Tensor();
        }
    }

    void runBlock(std::size_t unit, const std::vector<BlockId> &blocks, Steps &steps)
    {
        const Block block = m_model.loadBlock(blocks[unit]);
        if (unit > 0) {
            m_model.announceBlock(blocks[unit - 1]);
        }
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            StreamState state = std::move(m_keeper.inputs[unit][i]);
            const auto gradients = backwardThrough(m_model, block, std::move(state), m_gradients[i],
                                                   m_memoryGradients[i], m_visitor.wantsWeights());
            m_visitor.visit(block, i, m_samples[i].scoredTokens(), gradients);
            steps.next();
        }
        m_visitor.leave(block, m_context);
    }

    const Model &m_model;
    const std::vector<LossSample> &m_samples;
    GradientVisitor &m_visitor;
    JobContext &m_context;
    InputKeeper m_keeper;
    std::vector<std::vector<StreamState>> m_ends; ///< by stack, by sample
    std::vector<StreamState> m_behind; ///< the last stack
    std::vector<at::Tensor> m_gradients; ///< at the output of the block next in turn, by sample
    std::vector<at::Tensor> m_memoryGradients;
};

} // namespace

std::int64_t LossSample::scoredTokens() const
{
    return weights.defined() ? std::llround(weights.sum().item<double>()) : targets.numel();
}

LossSample LossSample::nextTokens(const at::Tensor &tokens)
{
    BITPRISM_ASSERT(tokens.dim() == 2 && tokens.size(0) == 1, "one sample is [1, length]");
    LossSample sample;
    sample.batch.tokens = tokens;
    sample.positions = at::arange(tokens.size(1) - 1, at::kLong);
    sample.targets = tokens.to(at::kCPU).narrow(1, 1, tokens.size(1) - 1).reshape({-1});
    return sample;
}

BackwardTotals streamBlocksBackward(const Model &model, const std::vector<LossSample> &samples,
                                    GradientVisitor &visitor, JobContext &context,
                                    const StreamOptions &options)
{
    const c10::AutoGradMode noGradients(false);
    return BackwardStream(model, samples, visitor, context).run(options);
}

BackwardTotals streamBlocksBackward(const Model &model, const std::vector<at::Tensor> &samples,
                                    GradientVisitor &visitor, JobContext &context,
                                    const StreamOptions &options)
{
    std::vector<LossSample> scored;
    for (const at::Tensor &tokens : samples) {
        scored.push_back(LossSample::nextTokens(tokens));
    }
    return streamBlocksBackward(model, scored, visitor, context, options);
}

} // namespace bitprism
