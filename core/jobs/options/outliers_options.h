// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/calibration_options.h"

namespace bitprism {

/// Options of the job `outliers`: statistics of every layer's input.
///
///     {"data": "/abs/file.txt",
///      "calibration": {"sampler": "random-windows", "samples": 16, "length": 512},
///      "dry_run": false}   // publish an Estimate and stop
///
/// Publishes an OutlierTable after each block, complete at the end; stored as a run of kind
/// `outliers` when the request names a store.
struct OutliersJobOptions
{
    CalibrationOptions source;
    bool dryRun = false;

    void visit(ParamVisitor &v)
    {
        source.visit(v);
        v.flag(
            "dry_run", dryRun,
            {BITPRISM_TR("Job", "Dry run"), BITPRISM_TR("Job", "Only estimate time and memory.")});
    }
};

} // namespace bitprism
