// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/stream.h"

#include "core/base/error.h"
#include "core/models/run_states.h"

#include <algorithm>

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
        }
        visitor.leave(block, states, context);
    }
}

namespace {

/// The negative log-likelihood of the tokens behind `hidden` (the last block's output), summed, and
/// its gradient with respect to `hidden`.
struct LossAndGradient
{
    double nll = 0;
    at::Tensor gradient;
};

/// Positions whose logits exist at once: the head's graph stays small for any vocabulary.
constexpr std::int64_t lossLogits = std::int64_t{1} << 23;

LossAndGradient lossOf(const Model &model, const Block &head, const at::Tensor &hidden,
                       const at::Tensor &tokens)
{
    LossAndGradient result;
    result.gradient = at::zeros_like(hidden);
    const std::int64_t scored = tokens.size(1) - 1;
    const std::int64_t rows = std::max<std::int64_t>(
        1, lossLogits / std::max<std::int64_t>(1, model.info().vocabularySize));
    for (std::int64_t first = 0; first < scored; first += rows) {
        const std::int64_t count = std::min(rows, scored - first);
        const at::Tensor part = hidden.narrow(1, first, count).detach().requires_grad_(true);
        const at::Tensor logProbabilities = at::log_softmax(model.finish(head, part), -1);
        const at::Tensor targets = tokens.narrow(1, first + 1, count).unsqueeze(-1);
        const at::Tensor nll = -logProbabilities.gather(-1, targets).sum();
        nll.backward();
        result.nll += nll.item<double>();
        result.gradient.narrow(1, first, count).copy_(part.grad());
    }
    return result;
}

/// Keeps what enters each block.
class InputKeeper final : public BlockVisitor
{
public:
    std::vector<std::vector<at::Tensor>> inputs; ///< by block, by sample

    void enter(Block &, std::vector<StreamState> &states, JobContext &) override
    {
        std::vector<at::Tensor> hidden;
        for (const StreamState &state : states) {
            hidden.push_back(state.hidden);
        }
        inputs.push_back(std::move(hidden));
    }
};

/// Gradients of one block for one sample, given the gradient at its output. `outputGradient`
/// becomes the gradient at its input.
std::map<std::string, at::Tensor> backwardThrough(const Model &model, const Block &block,
                                                  StreamState state, at::Tensor &outputGradient)
{
    const at::AutoGradMode gradients(true);
    const at::Tensor input = state.hidden.detach().requires_grad_(true);
    Block learning = block;
    std::map<std::string, at::Tensor> leaves;
    for (const LayerInfo *layer : model.layersOf(block.id())) {
        const at::Tensor leaf = block.tensor(layer->tensor).detach().requires_grad_(true);
        learning.setTensor(layer->tensor, leaf);
        leaves[layer->name] = leaf;
    }
    state.hidden = input;
    model.runBlock(learning, state);
    state.hidden.backward(outputGradient);
    std::map<std::string, at::Tensor> result;
    for (const auto &[name, leaf] : leaves) {
        result[name] = leaf.grad();
    }
    outputGradient = input.grad();
    return result;
}

} // namespace

BackwardTotals streamBlocksBackward(const Model &model, const std::vector<at::Tensor> &samples,
                                    GradientVisitor &visitor, JobContext &context,
                                    const StreamOptions &options)
{
    const at::AutoGradMode noGradients(false);
    std::vector<StreamState> states;
    for (const at::Tensor &tokens : samples) {
        BITPRISM_ASSERT(tokens.dim() == 2 && tokens.size(0) == 1, "one sample is [1, length]");
        Batch batch;
        batch.tokens = tokens;
        states.push_back(model.begin(options.stack, batch));
    }
    // Backwards costs about three times as much as forwards: recompute, and two products a layer.
    const double middle = options.progressFrom + (options.progressTo - options.progressFrom) * 0.25;
    StreamOptions forwards = options;
    forwards.progressTo = middle;
    InputKeeper keeper;
    streamBlocks(model, states, keeper, context, forwards);

    BackwardTotals totals;
    std::vector<at::Tensor> gradients;
    {
        const at::AutoGradMode lossGradients(true);
        const Block head = model.loadHead(options.stack);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            LossAndGradient loss = lossOf(model, head, states[i].hidden, samples[i]);
            totals.nll += loss.nll;
            totals.sampleNll.push_back(loss.nll);
            totals.tokens += samples[i].size(1) - 1;
            gradients.push_back(std::move(loss.gradient));
            context.throwIfCancelled();
        }
    }
    StreamOptions backwards = options;
    backwards.progressFrom = middle;
    Steps steps(backwards, context, keeper.inputs.size() * samples.size());
    for (std::size_t back = keeper.inputs.size(); back-- > 0;) {
        const int index = options.firstBlock + static_cast<int>(back);
        const Block block = model.loadBlock({options.stack, index});
        if (back > 0) {
            model.announceBlock({options.stack, index - 1});
        }
        for (std::size_t i = 0; i < samples.size(); ++i) {
            StreamState state = states[i];
            state.hidden = std::move(keeper.inputs[back][i]);
            const auto layerGradients = backwardThrough(model, block, state, gradients[i]);
            visitor.visit(block, i, samples[i].size(1) - 1, layerGradients);
            steps.next();
        }
        visitor.leave(block, context);
    }
    return totals;
}

} // namespace bitprism
