// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/jobs/job_run.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace bitprism {

/// What a bench did in its fastest repeat. The job `bench` measures the machine around it and makes
/// a BenchResult of both.
struct BenchMeasurement
{
    double work = 0;
    std::string unit; ///< plural: "weights"
    double seconds = 0;
    double processorSeconds = 0;
    int repeats = 1;
    int threads = 1; ///< that the work could use; the machine is measured on as many
    /// What the work cannot do without: the least time is the larger of `operations` (FP32
    /// multiplications and additions) at the rate of a large SGEMM and `bytes` at that of a copy.
    double operations = 0;
    double bytes = 0;
    /// Where neither bounds the work (starting a program): the least time, and what it follows
    /// from.
    std::optional<double> leastSeconds;
    std::string bound;
    std::map<std::string, double> details;
};

/// Measures the speed of one part of the program. A component of kind `bench`; its parameters are
/// the sizes of the work. One file in core/jobs/benches and one line in core/components.def.
class Bench
{
public:
    using Interface = Bench;
    static constexpr Kind kind = Kind::bench;
    virtual ~Bench() = default;

    /// `run.request()` has device and threads, which are set already.
    virtual BenchMeasurement measure(JobRun &run) const = 0;
};

/// Wall and processor time of one call.
struct Timing
{
    double seconds = 0;
    double processorSeconds = 0;
};

Timing timeOf(const std::function<void()> &body);
/// The fastest of `repeats` calls: other work on the machine only ever adds time. Checks
/// cancellation between calls.
Timing fastestOf(int repeats, JobContext &context, const std::function<void()> &body);

/// Fills in times, repeats and threads.
BenchMeasurement measured(double work, std::string unit, int repeats, const Timing &timing,
                          int threads);

/// The same thread count for everything while it lives: benches "per core" take one.
class ThreadCount
{
public:
    explicit ThreadCount(int count);
    ~ThreadCount();
    ThreadCount(const ThreadCount &) = delete;
    ThreadCount &operator=(const ThreadCount &) = delete;

private:
    int m_before;
};

/// What the machine can do now, on `threads` threads.
struct MachineRates
{
    double sgemm = 0; ///< FP32 operations a second in a product of 2048 x 2048 matrices
    double memory = 0; ///< bytes read and written a second, copying 128 MiB
};
MachineRates machineRates(int threads, JobContext &context);

} // namespace bitprism
