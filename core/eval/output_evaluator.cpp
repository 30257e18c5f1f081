// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/output_evaluator.h"

#include "core/base/error.h"
#include "core/eval/embeddings.h"
#include "core/models/run_states.h"
#include "core/models/stacks.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace bitprism {

namespace {

/// Blocks stay in memory up to this many bytes; beyond it they are loaded at each probe.
constexpr std::int64_t keepBytes = std::int64_t{1} << 30;
/// Below this an output is nothing that an error could be a share of.
constexpr double smallestSquare = 1e-60;

std::vector<Batch> modelInputs(const std::vector<ItemBatch> &batches)
{
    std::vector<Batch> inputs;
    for (const ItemBatch &batch : batches) {
        inputs.push_back(batch.batch);
    }
    return inputs;
}

/// What leaves each stack, and what enters each block.
class OutputKeeper final : public BlockVisitor, public StackInput
{
public:
    OutputKeeper(const Model &model, std::vector<Batch> batches)
        : m_batches(model, std::move(batches))
    {
    }

    std::vector<std::vector<StreamState>> inputs; ///< by block over all stacks, by batch
    std::vector<std::vector<StreamState>> ends; ///< by stack but the last, by batch

    void enter(Block &, std::vector<StreamState> &states, JobContext &) override
    {
        inputs.push_back(states); // the tensors are shared: a pass never writes to its input
    }
    std::vector<StreamState> begin(int stack, std::vector<StreamState> before) override
    {
        if (stack > 0) {
            ends.push_back(before);
        }
        return m_batches.begin(stack, std::move(before));
    }

private:
    BatchInput m_batches;
};

} // namespace

struct OutputEvaluator::State
{
    State(const Model &evaluated, const ItemSet &items)
        : model(evaluated)
        , blocks(evaluated.allBlocks())
        , batches(batchItems(items.items, batchTokens(evaluated), &evaluated.info()))
        , units(items.units)
    {
    }

    Block load(BlockId id) const
    {
        return id.isHead() ? model.loadHead(id.stack) : model.loadBlock(id);
    }
    Block block(BlockId id) const
    {
        const auto found = kept.find(id);
        return found == kept.end() ? load(id) : found->second;
    }

    /// The positions of sample `row` whose output counts, [positions, hidden].
    at::Tensor counted(int stack, const ItemBatch &batch, std::int64_t row,
                       const StreamState &state) const
    {
        const StackInfo &info = model.info().stacks.at(static_cast<std::size_t>(stack));
        at::Tensor hidden = state.hidden[row];
        if (info.pooled == pooling::first) {
            return hidden.narrow(0, 0, 1);
        }
        if (info.readsFeatures || !batch.batch.mask.defined()) {
            return hidden;
        }
        const at::Tensor tokens
            = batch.batch.tokens[row].masked_select(batch.batch.mask[row]).contiguous();
        const std::vector<std::int64_t> ids(tokens.data_ptr<std::int64_t>(),
                                            tokens.data_ptr<std::int64_t>() + tokens.numel());
        return info.pooled == pooling::endMark ? hidden.narrow(0, endMarkOf(ids, model.info()), 1)
                                               : hidden.narrow(0, 0, tokens.numel());
    }

    /// The tower's outputs, sample by sample over all batches, FP64.
    std::vector<at::Tensor> outputs(int stack, const Block &head,
                                    const std::vector<StreamState> &states,
                                    JobContext &context) const
    {
        std::vector<at::Tensor> list;
        for (std::size_t i = 0; i < states.size(); ++i) {
            for (std::int64_t row = 0; row < states[i].hidden.size(0); ++row) {
                context.throwIfCancelled();
                const at::Tensor rows = counted(stack, batches[i], row, states[i]);
                list.push_back(model.finish(head, rows.unsqueeze(0)).to(at::kDouble));
            }
        }
        return list;
    }

    const Model &model;
    std::vector<BlockId> blocks;
    std::vector<ItemBatch> batches;
    std::int64_t units;
    std::vector<std::vector<StreamState>> inputs; ///< by block, by batch
    std::vector<std::vector<at::Tensor>> base; ///< outputs by stack, by sample
    std::map<BlockId, Block> kept; ///< all blocks and heads, or none
};

OutputEvaluator::OutputEvaluator(const Model &model, const ItemSet &items, JobContext &context,
                                 double progressTo)
    : m_state(std::make_unique<State>(model, items))
{
    const c10::NoGradGuard noGradients;
    State &state = *m_state;
    for (const StackInfo &stack : model.info().stacks) {
        BITPRISM_ASSERT(stack.memoryStack < 0, "towers stand beside each other");
    }
    StreamOptions stream;
    stream.progressTo = progressTo;
    OutputKeeper keeper(model, modelInputs(state.batches));
    std::vector<StreamState> states;
    streamStacks(model, keeper, states, keeper, context, stream);
    keeper.ends.push_back(std::move(states));
    state.inputs = std::move(keeper.inputs);
    for (int stack = 0; stack <= model.lastStack(); ++stack) {
        state.base.push_back(state.outputs(stack, model.loadHead(stack),
                                           keeper.ends[static_cast<std::size_t>(stack)], context));
    }
    if (model.loadedBytes() <= keepBytes) {
        std::vector<BlockId> ids = state.blocks;
        for (int stack = 0; stack <= model.lastStack(); ++stack) {
            ids.push_back(headOf(stack));
        }
        for (const BlockId id : ids) {
            state.kept.emplace(id, state.load(id));
        }
    }
}

OutputEvaluator::~OutputEvaluator() = default;

std::int64_t OutputEvaluator::memoryNeed(const Model &model, const ItemSet &items)
{
    std::int64_t positions = 0;
    for (const EvaluationItem &item : items.items) {
        positions += positionsOf(item, model.info());
    }
    const std::int64_t states = positions * model.info().hiddenSize * 4 * (model.info().blocks + 5);
    return states + std::min(model.loadedBytes(), std::max(keepBytes, model.largestBlockBytes()))
        + std::min(positions, batchTokens(model)) * model.workingBytesPerToken();
}

Block OutputEvaluator::block(BlockId id) const { return m_state->block(id); }

std::vector<StreamState> OutputEvaluator::inputs(BlockId id) const
{
    BITPRISM_ASSERT(!id.isHead(), "a block");
    return m_state->inputs.at(static_cast<std::size_t>(m_state->model.unitOf(id)));
}

MeanWithError OutputEvaluator::outputError(const Block &changed, JobContext &context) const
{
    const c10::NoGradGuard noGradients;
    const State &state = *m_state;
    const BlockId id = changed.id();
    std::vector<StreamState> states = inputs(id);
    for (const BlockId next : state.model.blocksOf(id.stack)) {
        if (next.index >= id.index) {
            runOnAll(state.model, next == id ? changed : state.block(next), states, context);
        }
    }
    const std::vector<at::Tensor> found
        = state.outputs(id.stack, state.block(headOf(id.stack)), states, context);
    const std::vector<at::Tensor> &base = state.base[static_cast<std::size_t>(id.stack)];
    std::vector<double> errors;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double error = (found[i] - base[i]).square().sum().item<double>();
        const double square = base[i].square().sum().item<double>();
        errors.push_back(error / std::max(square, smallestSquare));
    }
    return meanOverWindows(errors, std::vector<std::int64_t>(errors.size(), 1));
}

void OutputEvaluator::measure(const Block &changed, SensitivityCell &cell,
                              JobContext &context) const
{
    const MeanWithError error = outputError(changed, context);
    cell.modelOutputError = error.mean;
    cell.modelOutputStandardError = error.standardError;
}

} // namespace bitprism
