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
/// Long enough that a window that paints for the first time, or another program, disturbs only a
/// part of the repetitions; short enough to wait for.
constexpr double leastSeconds = 0.25;
constexpr double mostSeconds = 1.5;
constexpr int leastRepeats = 4;

double secondsOf(const Model &model, const Block &block, const StreamState &state)
{
    StreamState run = state;
    const auto start = std::chrono::steady_clock::now();
    model.runBlock(block, run);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

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
    // The first pass wakes threads, fills caches and chooses kernels: it does not count, unless one
    // pass takes so long that all that is lost in it.
    const double first = secondsOf(model, block, state);
    if (first > mostSeconds) {
        return first / static_cast<double>(tokens);
    }
    double fastest = std::numeric_limits<double>::infinity();
    double spent = 0;
    for (int i = 0; spent < mostSeconds && (i < leastRepeats || spent < leastSeconds); ++i) {
        const double taken = secondsOf(model, block, state);
        fastest = std::min(fastest, taken);
        spent += taken;
    }
    return fastest / static_cast<double>(tokens);
}

} // namespace bitprism
