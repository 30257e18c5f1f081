// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/suffix_evaluator.h"

#include "core/base/error.h"
#include "core/eval/scoring.h"
#include "core/models/run_states.h"
#include "core/models/stacks.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

std::vector<Batch> inputsOf(const std::vector<ItemBatch> &batches)
{
    std::vector<Batch> inputs;
    for (const ItemBatch &batch : batches) {
        inputs.push_back(batch.batch);
    }
    return inputs;
}

} // namespace

struct SuffixEvaluator::State
{
    State(const Model &evaluated, const ItemSet &items)
        : model(evaluated)
        , blocks(evaluated.allBlocks())
        , batches(batchItems(items.items, batchTokens(evaluated), &evaluated.info()))
        , input(evaluated, inputsOf(batches))
        , nll(static_cast<std::size_t>(items.units), 0)
        , tokens(static_cast<std::size_t>(items.units), 0)
        , scoredTokens(items.scoredTokens())
    {
    }

    int blockCount() const { return static_cast<int>(inputs.size()); }

    Block load(BlockId id) const
    {
        return id.isHead() ? model.loadHead(id.stack) : model.loadBlock(id);
    }

    Block block(BlockId id) const
    {
        const auto found = kept.find(id);
        return found == kept.end() ? load(id) : found->second;
    }

    at::Tensor scoredRows(std::size_t batch, const StreamState &state) const
    {
        return state.hidden.flatten(0, 1).index_select(
            0, batches[batch].rows.to(state.hidden.device()));
    }

    BlockId head() const { return headOf(model.lastStack()); }

    const Model &model;
    std::vector<BlockId> blocks; ///< of all stacks, in the order they run
    std::vector<ItemBatch> batches;
    mutable BatchInput input;
    std::vector<std::vector<StreamState>> inputs; ///< by block, by batch
    std::vector<at::Tensor> lastHidden; ///< by batch: the base's scored rows before the head
    std::map<BlockId, Block> kept; ///< all blocks and the head, or none
    std::vector<at::Tensor> baseLogProbabilities; ///< by batch; empty: computed at each probe
    std::vector<double> nll;
    std::vector<std::int64_t> tokens;
    std::int64_t scoredTokens;
};

namespace {

class InputKeeper final : public BlockVisitor
{
public:
    explicit InputKeeper(std::vector<std::vector<StreamState>> &inputs)
        : m_inputs(inputs)
    {
    }
    void enter(Block &, std::vector<StreamState> &states, JobContext &) override
    {
        m_inputs.push_back(states); // the tensors are shared: a pass never writes to its input
    }

private:
    std::vector<std::vector<StreamState>> &m_inputs;
};

std::int64_t logProbabilityBytes(const Model &model, std::int64_t scoredTokens)
{
    return scoredTokens * model.info().outputSize() * 4;
}

} // namespace

SuffixEvaluator::SuffixEvaluator(const Model &model, const ItemSet &items, JobContext &context,
                                 const SuffixOptions &options)
    : m_state(std::make_unique<State>(model, items))
{
    const c10::NoGradGuard noGradients;
    State &state = *m_state;
    std::vector<StreamState> states;
    StreamOptions stream;
    stream.progressFrom = options.progressFrom;
    stream.progressTo = options.progressTo;
    stream.progressTotal = options.progressTotal;
    InputKeeper keeper(state.inputs);
    streamStacks(model, state.input, states, keeper, context, stream);
    if (model.loadedBytes() <= options.keepBytes) {
        std::vector<BlockId> ids = state.blocks;
        ids.push_back(state.head());
        for (const BlockId id : ids) {
            state.kept.emplace(id, state.load(id));
        }
    }
    const bool keepsLogits = logProbabilityBytes(model, state.scoredTokens) <= options.keepBytes;
    const Block head = state.block(state.head());
    for (std::size_t i = 0; i < states.size(); ++i) {
        state.lastHidden.push_back(state.scoredRows(i, states[i]));
        states[i] = {};
        std::vector<at::Tensor> kept;
        const ItemBatch &batch = state.batches[i];
        inPieces(
            batch.rows.numel(), scoredAtOnce(model), [&](std::int64_t first, std::int64_t count) {
                context.throwIfCancelled();
                const at::Tensor base
                    = logProbabilities(model, head, state.lastHidden[i].narrow(0, first, count));
                addByUnit(state.nll, batch.units.narrow(0, first, count),
                          lossOf(base, batch.targets.narrow(0, first, count)),
                          batch.weights.narrow(0, first, count));
                if (keepsLogits) {
                    kept.push_back(base);
                }
            });
        if (keepsLogits && !kept.empty()) {
            state.baseLogProbabilities.push_back(at::cat(kept, 0));
        }
    }
    std::vector<double> weights(state.tokens.size(), 0);
    for (const ItemBatch &batch : state.batches) {
        addByUnit(weights, batch.units, at::ones(batch.units.sizes(), at::kFloat), batch.weights);
    }
    std::transform(weights.begin(), weights.end(), state.tokens.begin(),
                   [](double weight) { return std::llround(weight); });
}

SuffixEvaluator::~SuffixEvaluator() = default;

std::int64_t SuffixEvaluator::memoryNeed(const Model &model, const ItemSet &items,
                                         const SuffixOptions &options)
{
    std::int64_t tokens = 0;
    for (const EvaluationItem &item : items.items) {
        tokens += positionsOf(item, model.info());
    }
    const std::int64_t logits = logProbabilityBytes(model, items.scoredTokens());
    const std::int64_t states = tokens * model.info().hiddenSize * 4 * (model.info().blocks + 3);
    const std::int64_t weights = model.loadedBytes() <= options.keepBytes
        ? model.loadedBytes()
        : std::max(model.largestBlockBytes(), 2 * model.headBytes(model.lastStack()));
    return states + weights + (logits <= options.keepBytes ? logits : 0)
        + scoredAtOnce(model) * model.info().outputSize() * 16
        + std::min(tokens, batchTokens(model)) * model.workingBytesPerToken();
}

Block SuffixEvaluator::block(BlockId id) const { return m_state->block(id); }

std::vector<StreamState> SuffixEvaluator::inputs(BlockId id) const
{
    BITPRISM_ASSERT(!id.isHead(), "a block");
    return m_state->inputs.at(static_cast<std::size_t>(m_state->model.unitOf(id)));
}

void SuffixEvaluator::measure(const Block &changed, SensitivityCell &cell,
                              JobContext &context) const
{
    const SuffixLosses losses = evaluate(changed, context);
    const MeanWithError delta = deltaNll(*this, losses);
    const MeanWithError divergence = klDivergence(*this, losses);
    cell.deltaNll = delta.mean;
    cell.deltaNllStandardError = delta.standardError;
    cell.klDivergence = divergence.mean;
    cell.klStandardError = divergence.standardError;
}

SuffixLosses SuffixEvaluator::evaluate(const Block &changed, JobContext &context) const
{
    return evaluate(std::map<BlockId, Block>{{changed.id(), changed}}, context);
}

SuffixLosses SuffixEvaluator::evaluate(const std::map<BlockId, Block> &changed,
                                       JobContext &context) const
{
    const c10::NoGradGuard noGradients;
    const State &state = *m_state;
    const auto blockOf = [&](BlockId id) {
        const auto found = changed.find(id);
        return found == changed.end() ? state.block(id) : found->second;
    };
    int first = state.blockCount();
    for (const auto &[id, block] : changed) {
        first = id.isHead() ? first : std::min(first, state.model.unitOf(id));
    }
    std::vector<at::Tensor> hidden = state.lastHidden;
    if (first < state.blockCount()) {
        std::vector<StreamState> states = state.inputs[static_cast<std::size_t>(first)];
        for (int unit = first; unit < state.blockCount(); ++unit) {
            const BlockId id = state.blocks[static_cast<std::size_t>(unit)];
            if (unit > first && id.index == 0) {
                states = state.input.begin(id.stack, std::move(states));
            }
            runOnAll(state.model, blockOf(id), states, context);
        }
        for (std::size_t i = 0; i < states.size(); ++i) {
            hidden[i] = state.scoredRows(i, states[i]);
        }
    }
    const Block baseHead = state.block(state.head());
    const Block head = blockOf(state.head());
    SuffixLosses losses;
    losses.nll.assign(state.nll.size(), 0);
    losses.kl.assign(state.nll.size(), 0);
    std::int64_t agreeing = 0;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
        const ItemBatch &batch = state.batches[i];
        inPieces(batch.rows.numel(), scoredAtOnce(state.model),
                 [&](std::int64_t from, std::int64_t count) {
                     context.throwIfCancelled();
                     const at::Tensor base = state.baseLogProbabilities.empty()
                         ? logProbabilities(state.model, baseHead,
                                            state.lastHidden[i].narrow(0, from, count))
                         : state.baseLogProbabilities[i].narrow(0, from, count);
                     const at::Tensor probed
                         = logProbabilities(state.model, head, hidden[i].narrow(0, from, count));
                     const at::Tensor units = batch.units.narrow(0, from, count);
                     const at::Tensor weights = batch.weights.narrow(0, from, count);
                     addByUnit(losses.nll, units,
                               lossOf(probed, batch.targets.narrow(0, from, count)), weights);
                     addByUnit(losses.kl, units, divergence(base, probed), weights);
                     agreeing += agreesOnTop(base, probed).sum().item<std::int64_t>();
                 });
    }
    losses.top1Agreement = static_cast<double>(agreeing)
        / static_cast<double>(std::max<std::int64_t>(1, state.scoredTokens));
    return losses;
}

const std::vector<double> &SuffixEvaluator::baseNll() const { return m_state->nll; }

const std::vector<std::int64_t> &SuffixEvaluator::windowTokens() const { return m_state->tokens; }

std::int64_t SuffixEvaluator::scoredTokens() const { return m_state->scoredTokens; }

MeanWithError deltaNll(const SuffixEvaluator &evaluator, const SuffixLosses &losses)
{
    std::vector<double> differences = losses.nll;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        differences[i] -= evaluator.baseNll()[i];
    }
    return meanOverWindows(differences, evaluator.windowTokens());
}

MeanWithError klDivergence(const SuffixEvaluator &evaluator, const SuffixLosses &losses)
{
    return meanOverWindows(losses.kl, evaluator.windowTokens());
}

} // namespace bitprism
