// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/run_states.h"

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

/// One thread inside each operation while states run side by side. OpenMP keeps the number per
/// thread, so that each of them asks for it.
class SingleThreadOperations
{
public:
    SingleThreadOperations()
    {
        blas::setBlasThreads(1);
        at::set_num_threads(1);
    }
    ~SingleThreadOperations()
    {
        blas::setBlasThreads(threadCount());
        at::set_num_threads(threadCount());
    }
    SingleThreadOperations(const SingleThreadOperations &) = delete;
    SingleThreadOperations &operator=(const SingleThreadOperations &) = delete;
};

} // namespace

std::size_t sideBySide(const Model &model, const std::vector<StreamState> &states)
{
    const int threads = threadCount();
    if (threads < 2 || states.size() < static_cast<std::size_t>(threads)
        || !model.device().is_cpu()) {
        return 1;
    }
    std::int64_t largest = 0;
    for (const StreamState &state : states) {
        if (state.cache || state.hidden.requires_grad()) {
            return 1;
        }
        largest = std::max(largest, state.hidden.size(0) * state.hidden.size(1));
    }
    const bool fits = largest * model.workingBytesPerToken() * threads <= sideBySideBytes;
    return fits ? static_cast<std::size_t>(threads) : 1;
}

void forEachOnThreads(std::size_t count, std::size_t threads,
                      const std::function<void(std::size_t)> &body)
{
    // Not at::parallel_for, which is a plain loop in a file that is not compiled for OpenMP.
    const SingleThreadOperations single;
    std::atomic<std::size_t> next{0};
    parallelFor(threads, 1, [&](std::size_t, std::size_t) {
        at::set_num_threads(1); // kept per thread
        const c10::NoGradGuard noGradients; // the mode belongs to a thread, too
        for (std::size_t i = next++; i < count; i = next++) {
            body(i);
        }
    });
}

void runOnAll(const Model &model, const Block &block, std::vector<StreamState> &states,
              JobContext &context)
{
    const auto run = [&](std::size_t i) {
        context.throwIfCancelled();
        model.runBlock(block, states[i]);
    };
    const std::size_t threads = sideBySide(model, states);
    if (threads > 1) {
        forEachOnThreads(states.size(), threads, run);
        return;
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
        run(i);
    }
}

} // namespace bitprism
