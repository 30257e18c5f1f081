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
///      "probes": "ratios",            // "bits": [LOW, HIGH] then, the quantizer high-impact-mixed
///      "ratios": [0, 0.1, 0.4, 1],
///      "interactions": "block",       // pairs probed together; fills an InteractionMatrix
///      "estimator": "suffix",
///      "standard_error": 0.002,       // nats per token; chooses the number of samples
///      "dry_run": false}              // publish an Estimate and stop
///
/// With a stride or a separator of documents, the probes are measured on the first windows or
/// documents of the text, cut as `evaluate` cuts it, instead of on what the sampler draws; number
/// and length stay those of "calibration".
///
/// Publishes a SensitivityTable after each layer (and an InteractionMatrix), complete at the end;
/// stored as a run of kind `sensitivity` when the request names a store, and resumable in the
/// middle of a block.
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
    std::string probes = "bits";
    Json ratios = Json::array({0, 0.05, 0.1, 0.2, 0.4, 0.7, 1});
    std::string interactions = "none";
    std::string estimator = "automatic";
    double standardError = 0;
    bool dryRun = false;

    bool probesRatios() const { return probes == "ratios"; }

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
                BITPRISM_TR("Job", "Predict the change in loss from one gradient pass.")});
        v.choice("probes", probes,
                 {{"bits", BITPRISM_TR("Job", "Widths of whole layers")},
                  {"ratios", BITPRISM_TR("Job", "Shares of high-impact weights")}},
                 {BITPRISM_TR("Job", "Probes"), BITPRISM_TR("Job", "What is varied.")});
        v.enabledIf("probes", "ratios");
        v.json("ratios", ratios,
               {BITPRISM_TR("Job", "Ratios"),
                BITPRISM_TR("Job", "List of shares of high-impact weights to probe.")});
        v.choice("interactions", interactions,
                 {{"none", BITPRISM_TR("Job", "None")},
                  {"fisher", BITPRISM_TR("Job", "Fisher projection of all pairs")},
                  {"block", BITPRISM_TR("Job", "Pairs within a block")},
                  {"full", BITPRISM_TR("Job", "All pairs")}},
                 {BITPRISM_TR("Job", "Interactions"),
                  BITPRISM_TR("Job", "Which pairs of layers are probed together.")});
        v.choice("estimator", estimator,
                 {{"automatic", BITPRISM_TR("Job", "By the model's size")},
                  {"suffix", BITPRISM_TR("Job", "The loss, measured")},
                  {"block-local", BITPRISM_TR("Job", "Error of the block's output, scaled")}},
                 {BITPRISM_TR("Job", "Estimator"),
                  BITPRISM_TR("Job",
                              "How probes are judged; automatic measures models up to 1 B "
                              "parameters.")});
        v.real("standard_error", standardError, {0, 10},
               {BITPRISM_TR("Job", "Wanted standard error"),
                BITPRISM_TR("Job",
                            "Of a probe's change in loss; chooses the number of samples. 0: as "
                            "many as the calibration says."),
                "nats per token"});
        v.flag(
            "dry_run", dryRun,
            {BITPRISM_TR("Job", "Dry run"), BITPRISM_TR("Job", "Only estimate time and memory.")});
    }
};

} // namespace bitprism
