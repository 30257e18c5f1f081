// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench.h"
#include "core/jobs/bench_window.h"

namespace bitprism {

namespace {

/// Until a store of ten thousand runs stands in the window's list.
class StoreList final : public Bench
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "store-list",
                BITPRISM_TR("Bench", "Listing ten thousand runs in the window"),
                "from opening the store to the last run in the list",
                {}};
    }
    explicit StoreList(const Params &) { }

    BenchMeasurement measure(JobRun &run) const override
    {
        BenchMeasurement result;
        result.details = measureWindow("store-list", run);
        result.work = result.details.at("runs");
        result.unit = "runs";
        result.seconds = result.details.at("all_ms") / 1e3;
        return result;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, store_list, StoreList);

} // namespace bitprism
