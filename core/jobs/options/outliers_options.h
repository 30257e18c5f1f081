// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/calibration_options.h"

namespace bitprism {

/// Options of the job `outliers`: statistics of every layer's input.
///
///     {"data": "/abs/file.txt",
///      "calibration": {"sampler": "random-windows", "samples": 16, "length": 512},
///      "map_megabytes": 512, // of all maps together, at most
///      "dry_run": false}   // publish an Estimate and stop
///
/// Publishes an OutlierTable after each block, complete at the end; stored as a run of kind
/// `outliers` when the request names a store, with the atlas (core/analysis/outlier_atlas_file.h)
/// in the run's folder.
struct OutliersJobOptions
{
    CalibrationOptions source;
    std::int64_t mapMegabytes = 512;
    bool dryRun = false;

    void visit(ParamVisitor &v)
    {
        source.visit(v);
        v.integer("map_megabytes", mapMegabytes, {1, 65536},
                  {BITPRISM_TR("Job", "Maps"),
                   BITPRISM_TR("Job",
                               "Most that the maps of all layers take on the disk; larger ones "
                               "are reduced with their maxima kept."),
                   "MB"});
        v.flag(
            "dry_run", dryRun,
            {BITPRISM_TR("Job", "Dry run"), BITPRISM_TR("Job", "Only estimate time and memory.")});
    }
};

} // namespace bitprism
