// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/calib/layer_statistics.h"
#include "core/models/model.h"

#include <vector>

namespace bitprism {

/// Runs `block` on copies of `states`, which stay as they are, and feeds the inputs of its layers
/// to `collector`, state after state. Small states run side by side; the collector sees the same in
/// the same order.
void collectStatistics(const Model &model, const Block &block,
                       const std::vector<StreamState> &states, StatisticsCollector &collector,
                       JobContext &context);

/// The same, and leaves in `states` what the block makes of them.
void runCollecting(const Model &model, const Block &block, std::vector<StreamState> &states,
                   StatisticsCollector &collector, JobContext &context);

} // namespace bitprism
