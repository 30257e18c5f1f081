// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/collect_statistics.h"

namespace bitprism {

void collectStatistics(const Model &model, const Block &block,
                       const std::vector<StreamState> &states, StatisticsCollector &collector,
                       JobContext &context)
{
    for (const StreamState &state : states) {
        context.throwIfCancelled();
        StreamState copy = state;
        collector.setMask(state.mask);
        model.runBlock(block, copy, &collector);
    }
}

} // namespace bitprism
