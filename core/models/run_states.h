// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"

#include <vector>

namespace bitprism {

/// Runs a block, without hooks, on every state. Small states go side by side, one to a thread:
/// threads that share each small product wait for each other more than they work. The results are
/// those of one state after another. Checks cancellation before each state.
void runOnAll(const Model &model, const Block &block, std::vector<StreamState> &states,
              JobContext &context);

} // namespace bitprism
