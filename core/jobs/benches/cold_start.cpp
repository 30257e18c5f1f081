// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

struct ColdStartParams
{
    bool cold = false;
    int repeats = 5;

    void visit(ParamVisitor &v)
    {
        v.flag(
            "cold", cold,
            {BITPRISM_TR("Bench", "Cold"),
             BITPRISM_TR("Bench", "Let the system forget the program's files before each start.")});
        v.integer("repeats", repeats, {1, 100},
                  {BITPRISM_TR("Bench", "Repeats"),
                   BITPRISM_TR("Bench", "Starts, of which the fastest counts.")});
    }
};

/// From the start of the window's process to its first paint, and to the engine.
class ColdStart final : public Bench
{
public:
    using Params = ColdStartParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "cold-start",
                BITPRISM_TR("Bench", "Start of the window"),
                "first paint after the start of the process",
                {}};
    }
    explicit ColdStart(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        for (int i = 0; i < m_params.repeats; ++i) {
            run.throwIfCancelled();
            if (m_params.cold) {
                forgetWindowFiles();
            }
            const std::map<std::string, double> figures = measureWindow("cold-start", run);
            const double seconds = figures.at("first_paint_ms") / 1e3;
            if (i == 0 || seconds < result.seconds) {
                result.seconds = seconds;
                result.details = figures;
            }
        }
        result.work = 1;
        result.unit = "starts";
        result.repeats = m_params.repeats;
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, cold_start, ColdStart);

} // namespace bitprism
