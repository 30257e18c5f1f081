// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"

#include "core/base/parallel.h"
#include "core/jobs/job.h"
#include "core/jobs/options/bench_options.h"
#include "core/results/bench_result.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

/// The machine's rates before and after the bench: other work may have slowed one of them.
MachineRates larger(const MachineRates &a, const MachineRates &b)
{
    return {std::max(a.sgemm, b.sgemm), std::max(a.memory, b.memory)};
}

void addFraction(const BenchMeasurement &measurement, const MachineRates &rates,
                 BenchResult &result)
{
    double least = measurement.leastSeconds.value_or(0);
    result.bound = measurement.bound;
    if (!measurement.leastSeconds) {
        const double arithmetic = measurement.operations / rates.sgemm;
        const double traffic = measurement.bytes / rates.memory;
        least = std::max(arithmetic, traffic);
        result.bound = arithmetic >= traffic ? "sgemm" : "memory";
    }
    if (least > 0 && measurement.seconds > 0) {
        result.fractionOfPeak = least / measurement.seconds;
    } else {
        result.bound.clear();
    }
}

/// Runs one benchmark between two measurements of the machine. See options/bench_options.h.
class RunBench final : public Job
{
public:
    using Params = BenchJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "bench",
                BITPRISM_TR("Job", "Benchmark"),
                "measures the speed of one part of the program",
                {}};
    }
    explicit RunBench(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        const auto bench
            = create<Bench>(m_options.name, m_options.parameters, "bench " + m_options.name);
        run.stage(m_options.name);
        JobContext quiet(run.seed(), run.stopToken());
        const MachineRates before = machineRates(threadCount(), quiet);
        const BenchMeasurement measurement = bench->measure(run);
        MachineRates rates = machineRates(measurement.threads, quiet);
        if (measurement.threads == threadCount()) {
            rates = larger(rates, before);
        }
        const auto result = std::make_shared<BenchResult>();
        result->name = m_options.name;
        result->work = measurement.work;
        result->unit = measurement.unit;
        result->seconds = measurement.seconds;
        result->processorSeconds = measurement.processorSeconds;
        result->repeats = measurement.repeats;
        result->threads = measurement.threads;
        result->sgemmRate = rates.sgemm;
        result->memoryRate = rates.memory;
        result->details = measurement.details;
        addFraction(measurement, rates, *result);
        run.publish(result);
    }

private:
    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, bench, RunBench);

} // namespace bitprism
