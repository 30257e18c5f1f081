// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_task.h"

namespace bitprism::train {

at::Tensor runStack(const Model &model, int stack, const Batch &batch, BlockHooks *hooks)
{
    StreamState state = model.begin(stack, batch);
    for (const BlockId id : model.blocksOf(stack)) {
        model.runBlock(model.loadBlock(id), state, hooks);
    }
    return state.hidden;
}

at::Tensor runHead(const Model &model, int stack, const at::Tensor &hidden)
{
    return model.finish(model.loadHead(stack), hidden);
}

at::Tensor crossEntropy(const at::Tensor &logits, const at::Tensor &targets)
{
    return at::cross_entropy_loss(logits, targets.to(logits.device()));
}

} // namespace bitprism::train
