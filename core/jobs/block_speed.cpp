// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_speed.h"

#include "core/models/block.h"
#include "core/models/stacks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <ctime>
#include <limits>

namespace bitprism {

namespace {

/// Tokens that the measured block runs on: enough to reach the speed of full batches.
constexpr std::int64_t probeTokens = 512;
/// Long enough that caches are full and the fastest is found; short enough to wait for.
constexpr double leastSeconds = 0.25;
constexpr double mostSeconds = 1.5;
constexpr int leastRepeats = 4;

double secondsAt(clockid_t clock)
{
    timespec now = {};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Taken
{
    double work = 0; ///< seconds of this thread where it computes itself, else of the clock
    double waited = 0; ///< seconds of the clock
};

/// On the CPU this thread does its share of every parallel part, so its own time is what a pass
/// takes where nothing else runs. The clock also counts what other programs and the window's first
/// paint take, which may be twenty times as much and is gone when the job runs.
Taken timeOf(const Model &model, const Block &block, const StreamState &state)
{
    StreamState run = state;
    const clockid_t worker = state.hidden.is_cpu() ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    const double clock = secondsAt(CLOCK_MONOTONIC);
    const double start = secondsAt(worker);
    model.runBlock(block, run);
    return {secondsAt(worker) - start, secondsAt(CLOCK_MONOTONIC) - clock};
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
    const Taken first = timeOf(model, block, state);
    if (first.work > mostSeconds) {
        return first.work / static_cast<double>(tokens);
    }
    double fastest = std::numeric_limits<double>::infinity();
    double work = 0;
    double waited = 0;
    for (int i = 0; i < leastRepeats || (work < leastSeconds && waited < mostSeconds); ++i) {
        const Taken taken = timeOf(model, block, state);
        fastest = std::min(fastest, taken.work);
        work += taken.work;
        waited += taken.waited;
        if (work > mostSeconds) {
            break;
        }
    }
    return fastest / static_cast<double>(tokens);
}

} // namespace bitprism
