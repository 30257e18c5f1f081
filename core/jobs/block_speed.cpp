// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_speed.h"

#include "core/models/block.h"
#include "core/models/stacks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace bitprism {

namespace {

/// Tokens that the measured block runs on: enough to reach the speed of full batches.
constexpr std::int64_t probeTokens = 512;
constexpr int repeats = 4;

} // namespace

double secondsPerBlockToken(const Model &model, const SampleSet &samples)
{
    Batch batch;
    if (model.info().stacks.front().readsFeatures) {
        if (samples.samples.empty()) {
            return 0;
        }
        batch = samples.samples.front();
    } else {
        const std::int64_t context = model.info().contextLength;
        batch.tokens
            = at::zeros({1, context > 0 ? std::min(context, probeTokens) : probeTokens}, at::kLong);
    }
    StreamState state = BatchInput(model, {batch}).begin(0, {}).front();
    const std::int64_t tokens = state.hidden.size(1);
    const Block block = model.loadBlock({0, 0});
    // The fastest of a few: the first ones wake threads up, and a window that is painting disturbs.
    double fastest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repeats; ++i) {
        StreamState run = state;
        const auto start = std::chrono::steady_clock::now();
        model.runBlock(block, run);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        fastest = std::min(fastest, taken.count());
    }
    return fastest / static_cast<double>(tokens);
}

} // namespace bitprism
