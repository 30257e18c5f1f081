// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/block_training.h"

#include "core/models/run_states.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t floatBytes = 4;
/// Values a graph keeps for each one that running the block works on: inputs and outputs of
/// functions, and the gradients that flow back.
constexpr std::int64_t graphFactor = 4;

/// Lets a step that takes seconds be cancelled between its layers.
class CancellingHooks final : public BlockHooks
{
public:
    explicit CancellingHooks(JobContext &context)
        : m_context(context)
    {
    }
    at::Tensor beforeLayer(const LayerInfo &, const at::Tensor &input) override
    {
        m_context.throwIfCancelled();
        return input;
    }

private:
    JobContext &m_context;
};

at::Tensor rowOf(const at::Tensor &tensor, std::int64_t row)
{
    return tensor.defined() ? tensor.narrow(0, row, 1) : tensor;
}

} // namespace

std::vector<TrainingSample> trainingSamples(const BlockTask &task, bool withSameInputTargets,
                                            JobContext &context)
{
    BITPRISM_ASSERT(task.quantizedInputs != nullptr && task.targets != nullptr,
                    "a block that learns needs its states");
    std::vector<StreamState> outputs;
    if (withSameInputTargets) {
        outputs = *task.quantizedInputs;
        runOnAll(*task.model, *task.block, outputs, context);
    }
    std::vector<TrainingSample> samples;
    for (std::size_t i = 0; i < task.quantizedInputs->size(); ++i) {
        const StreamState &state = (*task.quantizedInputs)[i];
        for (std::int64_t row = 0; row < state.hidden.size(0); ++row) {
            TrainingSample sample;
            sample.input = state;
            sample.input.hidden = rowOf(state.hidden, row);
            sample.input.mask = rowOf(state.mask, row);
            sample.input.memory = rowOf(state.memory, row);
            sample.target = rowOf((*task.targets)[i], row);
            if (withSameInputTargets) {
                sample.sameInputTarget = rowOf(outputs[i].hidden, row);
            }
            samples.push_back(std::move(sample));
        }
    }
    return samples;
}

at::Tensor blockLoss(const BlockTask &task, const std::map<std::string, at::Tensor> &weights,
                     const TrainingSample &sample, JobContext &context)
{
    Block student = *task.block;
    for (const auto &[name, weight] : weights) {
        student.setTensor(name, weight);
    }
    CancellingHooks hooks(context);
    StreamState state = sample.input;
    task.model->runBlock(student, state, &hooks);
    at::Tensor loss = (state.hidden - sample.target).square().mean();
    if (sample.sameInputTarget.defined()) {
        loss = loss + (state.hidden - sample.sameInputTarget).square().mean();
    }
    return loss;
}

std::int64_t trainingMemory(const QuantizerWork &work, bool withSameInputTargets)
{
    const std::int64_t graph = graphFactor * work.sampleTokens * work.workingBytesPerToken;
    // Probabilities of attention: all heads' at once in the worst case, heads of 64 channels.
    const std::int64_t attention = work.sampleTokens * work.sampleTokens
        * std::max<std::int64_t>(1, work.hiddenSize / 64) * floatBytes * 2;
    const std::int64_t targets
        = withSameInputTargets ? work.tokens * work.hiddenSize * floatBytes : 0;
    return graph + attention + targets + 3 * work.blockBytes;
}

} // namespace bitprism
