// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"

#include "core/base/parallel.h"
#include "core/jobs/compute_environment.h"
#include "core/kernels/blas.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <sys/resource.h>
#include <utility>

namespace bitprism {

namespace {

double processorSeconds()
{
    struct rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

Timing timeOf(const std::function<void()> &body)
{
    const double processorStart = processorSeconds();
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return {elapsed.count(), processorSeconds() - processorStart};
}

Timing fastestOf(int repeats, JobContext &context, const std::function<void()> &body)
{
    Timing fastest{std::numeric_limits<double>::infinity(), 0};
    for (int i = 0; i < repeats; ++i) {
        context.throwIfCancelled();
        const Timing timing = timeOf(body);
        fastest = timing.seconds < fastest.seconds ? timing : fastest;
        context.progress(i + 1, repeats);
    }
    return fastest;
}

BenchMeasurement measured(double work, std::string unit, int repeats, const Timing &timing,
                          int threads)
{
    BenchMeasurement result;
    result.work = work;
    result.unit = std::move(unit);
    result.seconds = timing.seconds;
    result.processorSeconds = timing.processorSeconds;
    result.repeats = repeats;
    result.threads = threads;
    return result;
}

ThreadCount::ThreadCount(int count)
    : m_before(threadCount())
{
    prepareCompute(count);
}

ThreadCount::~ThreadCount() { prepareCompute(m_before); }

MachineRates machineRates(int threads, JobContext &context)
{
    constexpr int repeats = 4;
    constexpr std::int64_t size = 2048;
    const ThreadCount count(threads);
    MachineRates rates;
    {
        const std::vector<float> a(static_cast<std::size_t>(size * size), 1.0F);
        const std::vector<float> b(a.size(), 0.5F);
        std::vector<float> c(a.size());
        const Timing timing = fastestOf(repeats, context, [&] {
            blas::gemm(1.0F, {a.data(), size, size}, blas::Transpose::No, {b.data(), size, size},
                       blas::Transpose::No, 0.0F, {c.data(), size, size});
        });
        rates.sgemm = 2.0 * static_cast<double>(size * size * size) / timing.seconds;
    }
    constexpr std::size_t bytes = std::size_t(128) << 20; // beyond the last cache
    const std::vector<std::byte> from(bytes, std::byte(1));
    std::vector<std::byte> to(bytes);
    const Timing timing = fastestOf(repeats, context, [&] {
        parallelFor(bytes, 1 << 20, [&](std::size_t begin, std::size_t end) {
            std::memcpy(to.data() + begin, from.data() + begin, end - begin);
        });
    });
    rates.memory = 2.0 * static_cast<double>(bytes) / timing.seconds;
    return rates;
}

} // namespace bitprism
