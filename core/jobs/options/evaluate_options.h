// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/evaluation_options.h"

#include <nlohmann/json.hpp>

namespace bitprism {

/// Options of the job `evaluate`: measures a model by one task on one data file.
///
///     {"task": "perplexity",            // or {"id": "perplexity", ...its parameters}
///      "data": "/abs/file.txt",
///      "samples": 0, "length": 0, "stride": 0, "documents": "",
///      "reference": "/abs/checkpoint"}  // optional: adds the divergence from that model
///
/// Publishes the TokenLosses and one Evaluation; a request with a store leaves both in a run of
/// kind `evaluate`. With a `runId` of a run of kind `run`, that run's quantized model is measured,
/// and nothing is kept.
struct EvaluateJobOptions
{
    Json task = "perplexity";
    std::string data;
    std::string reference;
    EvaluationOptions cut;

    void visit(ParamVisitor &v)
    {
        v.json("task", task,
               {BITPRISM_TR("Job", "Task"),
                BITPRISM_TR("Job", "What to measure: a task's id, or an object with parameters.")});
        v.path("data", data,
               {BITPRISM_TR("Job", "Data"), BITPRISM_TR("Job", "File to measure on.")});
        v.path("reference", reference,
               {BITPRISM_TR("Job", "Reference model"),
                BITPRISM_TR("Job", "Checkpoint to compare the output distributions with.")});
        cut.visit(v);
    }
};

} // namespace bitprism
