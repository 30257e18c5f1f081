// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"

#include "core/base/error.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace bitprism {

namespace {

std::atomic<int> configuredThreads{
    static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))};
thread_local bool insideParallelFor = false;

} // namespace

void setThreadCount(int count)
{
    BITPRISM_ASSERT(count >= 1, "at least one thread works");
    configuredThreads = count;
}

int threadCount() { return configuredThreads; }

void parallelFor(std::size_t count, std::size_t grain,
                 const std::function<void(std::size_t, std::size_t)> &body)
{
    const std::size_t most = std::max<std::size_t>(1, count / std::max<std::size_t>(1, grain));
    const std::size_t parts = std::min<std::size_t>(most, static_cast<std::size_t>(threadCount()));
    if (parts <= 1 || insideParallelFor) {
        if (count > 0) {
            body(0, count);
        }
        return;
    }
    std::exception_ptr failure;
    std::mutex failureMutex;
    const auto work = [&](std::size_t part) {
        insideParallelFor = true;
        try {
            body(count * part / parts, count * (part + 1) / parts);
        } catch (...) { // carried to the caller: a thread must not end by an exception
            const std::scoped_lock lock(failureMutex);
            if (!failure) {
                failure = std::current_exception();
            }
        }
        insideParallelFor = false;
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 1; part < parts; ++part) {
            threads.emplace_back(work, part);
        }
        work(0);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace bitprism
