// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace bitprism {

/// How many of these states a block may run on at once, one to a thread; 1: one after another.
/// Threads that share each small product wait for each other more than they work.
std::size_t sideBySide(const Model &model, const std::vector<StreamState> &states);

/// body(i) for each i below `count`, on up to `threads` threads with one thread inside each
/// operation, without gradients. What body(i) computes does not depend on the threads.
void forEachOnThreads(std::size_t count, std::size_t threads,
                      const std::function<void(std::size_t)> &body);

/// Runs a block, without hooks, on every state, small ones side by side. The results are those of
/// one state after another. Checks cancellation before each state.
void runOnAll(const Model &model, const Block &block, std::vector<StreamState> &states,
              JobContext &context);

} // namespace bitprism
