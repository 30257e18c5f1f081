// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/options/calibration_options.h"

#include <cstdint>
#include <string>

namespace bitprism {

/// Options of the job `sensitivity`: what quantizing each layer alone does.
///
///     {"data": "/abs/file.txt",
///      "calibration": {"sampler": "random-windows", "samples": 16, "length": 256},
///      "stride": 0, "documents": "",                   // see below
///      "bits": [2, 3, 4, 8],
///      "quantizer": {"id": "rtn", "group_size": 32},   // its "bits" is ignored
///      "activation_bits": 8,                           // counted, not simulated
///      "transforms": [{"id": "smoothquant"}],          // as in a recipe
///      "measured": true, "predicted": true,
///      "dry_run": false}              // publish an Estimate and stop
///
/// With a stride or a separator of documents, the probes are measured on the first windows or
/// documents of the text, cut as `evaluate` cuts it, instead of on what the sampler draws; number
/// and length stay those of "calibration".
///
/// Publishes a SensitivityTable after each layer, complete at the end; stored as a run of kind
/// `sensitivity` when the request names a store, and resumable.
struct SensitivityJobOptions
{
    CalibrationOptions source;
    std::int64_t stride = 0;
    std::string documents;
    Json bits = Json::array({2, 3, 4, 8});
    Json quantizer = {{"id", "rtn"}};
    int activationBits = 16;
    Json transforms = Json::array();
    bool measured = true;
    bool predicted = true;
    bool dryRun = false;

    void visit(ParamVisitor &v)
    {
        source.visit(v);
        v.integer("stride", stride, {0, std::int64_t{1} << 31},
                  {BITPRISM_TR("Job", "Stride"),
                   BITPRISM_TR("Job", "Tokens from window to window; 0: the sampler draws."),
                   "tokens"});
        v.text("documents", documents,
               {BITPRISM_TR("Job", "Document separator"),
                BITPRISM_TR("Job", "Text between documents, each scored by itself; empty: none.")});
        v.json("bits", bits,
               {BITPRISM_TR("Job", "Widths"), BITPRISM_TR("Job", "List of bit widths to probe."),
                "bits"});
        v.json("quantizer", quantizer,
               {BITPRISM_TR("Job", "Quantizer"),
                BITPRISM_TR("Job", "The weight quantizer's id and its parameters.")});
        v.integer("activation_bits", activationBits, {2, 16},
                  {BITPRISM_TR("Job", "Activation bits"),
                   BITPRISM_TR("Job",
                               "Width of activations that bit operations and bytes moved are "
                               "counted with; activations are not rounded here."),
                   "bits"});
        v.json("transforms", transforms,
               {BITPRISM_TR("Job", "Transforms"),
                BITPRISM_TR("Job",
                            "List of transforms, as in a recipe, that the model is probed "
                            "behind.")});
        v.flag("measured", measured,
               {BITPRISM_TR("Job", "Measure"),
                BITPRISM_TR("Job", "Run the model for each layer and width.")});
        v.flag("predicted", predicted,
               {BITPRISM_TR("Job", "Predict"),
                BITPRISM_TR("Job", "Predict the change of the loss from one gradient pass.")});
        v.flag(
            "dry_run", dryRun,
            {BITPRISM_TR("Job", "Dry run"), BITPRISM_TR("Job", "Only estimate time and memory.")});
    }
};

} // namespace bitprism
