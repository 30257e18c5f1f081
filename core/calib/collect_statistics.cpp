// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/collect_statistics.h"

#include "core/models/run_states.h"

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

/// Keeps what enters the layers of one run, and attention's operands where they are wanted.
class InputKeeper final : public BlockHooks
{
public:
    explicit InputKeeper(bool keepsOperands)
        : m_keepsOperands(keepsOperands)
    {
    }
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        m_inputs.emplace_back(&layer, input);
        return input;
    }
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        if (m_keepsOperands) {
            m_operands.push_back({block, operand, tensor});
        }
        return tensor;
    }
    void giveTo(StatisticsCollector &collector) const
    {
        for (const Operand &operand : m_operands) {
            collector.attentionOperand(operand.block, operand.kind, operand.tensor);
        }
        for (const auto &[layer, input] : m_inputs) {
            collector.beforeLayer(*layer, input);
        }
    }

private:
    struct Operand
    {
        BlockId block;
        AttentionOperand kind;
        at::Tensor tensor;
    };
    bool m_keepsOperands;
    std::vector<std::pair<const LayerInfo *, at::Tensor>> m_inputs;
    std::vector<Operand> m_operands;
};

/// Runs the block on as many states at once as threads work side by side; `keep` gets each result.
void collectInWaves(const Model &model, const Block &block, const std::vector<StreamState> &states,
                    StatisticsCollector &collector, JobContext &context,
                    const std::function<void(std::size_t, StreamState)> &keep)
{
    const std::size_t width = sideBySide(model, states);
    for (std::size_t first = 0; first < states.size(); first += width) {
        context.throwIfCancelled();
        const std::size_t count = std::min(width, states.size() - first);
        std::vector<StreamState> wave(states.begin() + static_cast<std::ptrdiff_t>(first),
                                      states.begin() + static_cast<std::ptrdiff_t>(first + count));
        if (width == 1) {
            collector.setMask(wave.front().mask);
            model.runBlock(block, wave.front(), &collector);
        } else {
            std::vector<InputKeeper> inputs(count, InputKeeper(collector.watchesOperands()));
            forEachOnThreads(count, count,
                             [&](std::size_t i) { model.runBlock(block, wave[i], &inputs[i]); });
            for (std::size_t i = 0; i < count; ++i) {
                collector.setMask(wave[i].mask);
                inputs[i].giveTo(collector);
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            keep(first + i, std::move(wave[i]));
        }
    }
}

} // namespace

void collectStatistics(const Model &model, const Block &block,
                       const std::vector<StreamState> &states, StatisticsCollector &collector,
                       JobContext &context)
{
    collectInWaves(model, block, states, collector, context,
                   [](std::size_t, const StreamState &) {});
}

void runCollecting(const Model &model, const Block &block, std::vector<StreamState> &states,
                   StatisticsCollector &collector, JobContext &context)
{
    collectInWaves(model, block, states, collector, context,
                   [&states](std::size_t i, StreamState state) { states[i] = std::move(state); });
}

} // namespace bitprism
