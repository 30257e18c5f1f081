// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

/// How long the GUI thread is busy while the budget of an allocation of 500 layers is dragged.
class AllocationDragBench final : public Bench
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "allocation-drag",
                BITPRISM_TR("Bench", "Dragging the budget of 500 layers"),
                "longest slot of the GUI thread, in CPU time",
                {}};
    }
    explicit AllocationDragBench(const Params &) { }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        result.details = measureWindow("allocation-drag", run);
        result.work = result.details.at("movements");
        result.unit = "movements";
        result.seconds = result.details.at("longest_slot_ms") / 1e3;
        return result;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, allocation_drag, AllocationDragBench);

} // namespace bitprism
