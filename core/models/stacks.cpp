// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/stacks.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitprism {

std::vector<StreamState> BatchInput::begin(int stack, std::vector<StreamState> before)
{
    const StackInfo &info = m_model.info().stacks.at(static_cast<std::size_t>(stack));
    const bool attends = info.memoryStack >= 0;
    BITPRISM_ASSERT(!attends
                        || (info.memoryStack == stack - 1 && before.size() == m_batches.size()),
                    "a stack attends to the one before it");
    const Block memoryHead = attends ? m_model.loadHead(info.memoryStack) : Block();
    std::vector<StreamState> states;
    for (std::size_t i = 0; i < m_batches.size(); ++i) {
        Batch batch = m_batches[i];
        if (info.readsFeatures) { // the mask is one of tokens
            batch.tokens = at::Tensor();
            batch.mask = at::Tensor();
        }
        if (attends) {
            batch.memory = m_model.finish(memoryHead, before[i].hidden);
            before[i] = {};
        }
        states.push_back(m_model.begin(stack, batch));
    }
    return states;
}

void streamStacks(const Model &model, StackInput &input, std::vector<StreamState> &states,
                  BlockVisitor &visitor, JobContext &context, const StreamOptions &options)
{
    const std::vector<BlockId> all = model.allBlocks();
    const double first = model.unitOf({options.stack, options.firstBlock});
    const double count = std::max(1.0, static_cast<double>(all.size()) - first);
    const double width = (options.progressTo - options.progressFrom) / count;
    double done = 0;
    for (int stack = options.stack; stack <= model.lastStack(); ++stack) {
        const int blocks = model.info().stacks[static_cast<std::size_t>(stack)].blocks;
        StreamOptions share = options;
        share.stack = stack;
        share.firstBlock = stack == options.stack ? options.firstBlock : 0;
        share.endBlock = blocks;
        const bool begins = stack > options.stack || (states.empty() && share.firstBlock == 0);
        if (begins) {
            states = input.begin(stack, std::move(states));
        }
        share.progressFrom = options.progressFrom + width * done;
        done += blocks - share.firstBlock;
        share.progressTo = options.progressFrom + width * done;
        streamBlocks(model, states, visitor, context, share);
    }
}

} // namespace bitprism
