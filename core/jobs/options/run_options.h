// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/evaluation_options.h"

#include <nlohmann/json.hpp>

namespace bitprism {

/// Options of the job `run`: quantizes by a recipe, then measures.
///
///     {"recipe": {"version": 1, "weights": {"id": "gptq", "bits": 3}, ...},
///      "data": "/abs/calibration.txt",
///      "evaluations": [{"task": "perplexity", "data": "/abs/held-out.txt"}],
///      "samples": 0, "length": 0, "stride": 0, "documents": "",   // of the evaluations
///      "exports": [{"format": "safetensors", "output": "/abs/folder"}],
///      "baseline": true,       // measure the unquantized model too
///      "dry_run": false}       // publish an Estimate and stop
///
/// Publishes a RunSummary after each block and each evaluation, complete at the end. A request with
/// a store leaves a run that `resume` continues after a kill; without one, codes live in memory.
struct RunJobOptions
{
    Json recipe = Json::object();
    std::string data;
    Json evaluations = Json::array();
    Json exports = Json::array();
    EvaluationOptions cut;
    bool baseline = true;
    bool dryRun = false;

    void visit(ParamVisitor &v)
    {
        v.json("recipe", recipe,
               {BITPRISM_TR("Job", "Recipe"),
                BITPRISM_TR("Job", "The quantization as a composition of components.")});
        v.path("data", data,
               {BITPRISM_TR("Job", "Calibration data"),
                BITPRISM_TR("Job", "File that the calibration samples are drawn from.")});
        v.json("evaluations", evaluations,
               {BITPRISM_TR("Job", "Evaluations"),
                BITPRISM_TR("Job", "Tasks and files to measure the quantized model by.")});
        v.json("exports", exports,
               {BITPRISM_TR("Job", "Exports"),
                BITPRISM_TR("Job", "Formats and folders to write the quantized model to.")});
        cut.visit(v);
        v.flag("baseline", baseline,
               {BITPRISM_TR("Job", "Baseline"),
                BITPRISM_TR("Job", "Measure the unquantized model by the same tasks.")});
        v.flag("dry_run", dryRun,
               {BITPRISM_TR("Job", "Dry run"),
                BITPRISM_TR("Job", "Only estimate time, memory and size.")});
    }
};

} // namespace bitprism
