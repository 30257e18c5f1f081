// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/calibration_options.h"

#include <string>

namespace bitprism {

/// Options of the job `imatrix`: llama.cpp's importance matrix of a model of the llama group.
///
///     {"data": "/abs/file.txt",
///      "calibration": {"sampler": "random-windows", "samples": 16, "length": 512},
///      "output": "/abs/file.gguf",
///      "legacy": false}         // the older form of the file
///
/// Publishes one ExportSummary.
struct ImatrixJobOptions
{
    CalibrationOptions source;
    std::string output;
    bool legacy = false;

    void visit(ParamVisitor &v)
    {
        source.visit(v);
        v.path("output", output,
               {BITPRISM_TR("Job", "File"), BITPRISM_TR("Job", "File to write.")});
        v.flag("legacy", legacy,
               {BITPRISM_TR("Job", "Older form"),
                BITPRISM_TR("Job", "Writes the form that older programs read.")});
    }
};

} // namespace bitprism
