// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

/// How long the GUI thread is busy, and how long it lets events wait, while a sensitivity job works
/// and every view shows in turn.
class GuiStall final : public Bench
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "gui-stall",
                BITPRISM_TR("Bench", "Stalls of the window during a job"),
                "longest gap between beats of a fast timer",
                {}};
    }
    explicit GuiStall(const Params &) { }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        result.details = measureWindow("gui-stall", run);
        result.work = result.details.at("gaps");
        result.unit = "beats";
        result.seconds = result.details.at("gap_max_ms") / 1e3;
        return result;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, gui_stall, GuiStall);

} // namespace bitprism
