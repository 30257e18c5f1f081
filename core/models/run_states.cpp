// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/run_states.h"

#include "core/base/cancellation.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <atomic>

namespace bitprism {

namespace {

/// Working memory of all threads together; larger states are worked on one after another.
constexpr std::int64_t sideBySideBytes = std::int64_t{512} << 20;

/// One thread inside each product while states run side by side.
class SingleThreadProducts
{
public:
    SingleThreadProducts() { blas::setBlasThreads(1); }
    ~SingleThreadProducts() { blas::setBlasThreads(threadCount()); }
    SingleThreadProducts(const SingleThreadProducts &) = delete;
    SingleThreadProducts &operator=(const SingleThreadProducts &) = delete;
};

bool goSideBySide(const Model &model, const std::vector<StreamState> &states)
{
    const int threads = at::get_num_threads();
    if (threads < 2 || states.size() < static_cast<std::size_t>(threads)
        || !model.device().is_cpu()) {
        return false;
    }
    std::int64_t largest = 0;
    for (const StreamState &state : states) {
        if (state.cache || state.hidden.requires_grad()) {
            return false;
        }
        largest = std::max(largest, state.hidden.size(0) * state.hidden.size(1));
    }
    return largest * model.workingBytesPerToken() * threads <= sideBySideBytes;
}

} // namespace

void runOnAll(const Model &model, const Block &block, std::vector<StreamState> &states,
              JobContext &context)
{
    if (!goSideBySide(model, states)) {
        for (StreamState &state : states) {
            context.throwIfCancelled();
            model.runBlock(block, state);
        }
        return;
    }
    const SingleThreadProducts single;
    std::atomic<std::size_t> next{0};
    at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
        const c10::NoGradGuard noGradients; // the mode belongs to a thread, as the scope does
        const CancellationScope cancellation(context.stopToken());
        for (std::size_t i = next++; i < states.size(); i = next++) {
            context.throwIfCancelled();
            model.runBlock(block, states[i]);
        }
    });
}

} // namespace bitprism
