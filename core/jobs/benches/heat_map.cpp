// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

/// How long the window's heat map of a large model takes to be drawn anew.
class HeatMap final : public Bench
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "heat-map",
                BITPRISM_TR("Bench", "Repainting a heat map of 1,000 layers and 8 widths"),
                "median of a hundred repaints, each from the data on",
                {}};
    }
    explicit HeatMap(const Params &) { }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        result.details = measureWindow("heat-map", run);
        result.work = 1;
        result.unit = "repaints";
        result.seconds = result.details.at("repaint_median_ms") / 1e3;
        return result;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, heat_map, HeatMap);

} // namespace bitprism
