// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

/// How long the window takes to draw a map of channels and tokens while it is moved.
class ImageMapBench final : public Bench
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "image-map",
                BITPRISM_TR("Bench", "Panning a map of 4,096 channels and 2,048 tokens"),
                "median of a hundred repaints, zoomed in, each time moved on",
                {}};
    }
    explicit ImageMapBench(const Params &) { }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        result.details = measureWindow("image-map", run);
        result.work = 1;
        result.unit = "repaints";
        result.seconds = result.details.at("pan_median_ms") / 1e3;
        return result;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, image_map, ImageMapBench);

} // namespace bitprism
