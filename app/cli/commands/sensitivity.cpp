// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"
#include "core/families/locate_model.h"
#include "core/jobs/engine_loader.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

Json optionsOf(const Invocation &invocation, const std::string &data)
{
    const Arguments &arguments = invocation.arguments;
    const std::vector<Setting> settings
        = parsedSettings(arguments, {"quantizer", "calibration", "transforms"}, "transforms");
    Json calibration = settingsObject(settings, "calibration");
    // --samples and --length cut the probes' text, which is the calibration text.
    for (const auto &[name, least] : {std::pair{"samples", 1}, {"length", 2}}) {
        if (const auto value = arguments.integer(name, least, std::int64_t{1} << 31)) {
            calibration[name] = *value;
        }
    }
    loadEngine(); // registers the quantizers whose parameters are checked here
    const bool probesRatios = arguments.text("probes") == "ratios";
    ComponentChoice quantizer{
        arguments.text("quantizer").value_or(probesRatios ? "high-impact-mixed" : "rtn"), "{}"};
    Registry::instance().require(Kind::weights, quantizer.id, "--quantizer");
    std::vector<Setting> ofQuantizer;
    std::vector<std::string> ofTransforms;
    for (const Setting &setting : settings) {
        if (setting.section == "quantizer") {
            ofQuantizer.push_back(setting);
        } else if (setting.section != "calibration") {
            const std::string section = setting.section.empty() ? "" : "transforms.";
            ofTransforms.push_back(section + setting.key + "=" + setting.value);
        }
    }
    applyParameters(quantizer, Kind::weights, ofQuantizer);
    Recipe transformed;
    applySettings(transformed, ofTransforms);
    Json options = {{"data", data},
                    {"transforms", transformed.toJson()["transforms"]},
                    {"calibration", calibration},
                    {"quantizer", quantizer.toJson()}};
    if (const auto stride = arguments.integer("stride", 1, std::int64_t{1} << 31)) {
        options["stride"] = *stride;
    }
    if (const auto separator = arguments.text("documents")) {
        options["documents"] = *separator;
    }
    options["measured"] = !arguments.has("no-measured");
    options["predicted"] = !arguments.has("no-predicted");
    if (const auto bits = arguments.integers("bits", 1, 8)) {
        options["bits"] = *bits;
    } else if (probesRatios) {
        options["bits"] = {2, 4};
    }
    for (const char *name : {"probes", "interactions", "estimator"}) {
        if (const auto value = arguments.text(name)) {
            options[name] = *value;
        }
    }
    if (const auto ratios = arguments.numbers("ratios", 0, 1)) {
        options["ratios"] = *ratios;
    }
    if (const auto error = arguments.number("standard-error", 0, 10)) {
        options["standard_error"] = *error;
    }
    if (const auto bits = arguments.integer("activation-bits", 2, 16)) {
        options["activation_bits"] = *bits;
    }
    return options;
}

int sensitivityCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const std::string data = calibrationData(invocation);
    JobRequest request
        = jobRequest(invocation, "sensitivity", locateModel(arguments.positional("MODEL")));
    request.name = arguments.text("name").value_or("");
    request.experiment = arguments.text("experiment").value_or("");
    request.options = optionsOf(invocation, data).dump();
    request.storePath = writableStorePath(invocation.global).string();
    printOutcome(runJob(request, invocation.output), invocation.output);
    return 0;
}

} // namespace

BITPRISM_COMMAND(sensitivity){
    "sensitivity",
    "Measure and predict what quantizing each layer alone costs",
    {{"MODEL", "Model to probe"}},
    {{"calibration", "F",
      "Text (or other data) to measure on; a model that cannot be run needs none"},
     {"bits", "2,3,4,8", "Widths to probe (default: 2,3,4,8; with ratios: 2,4)"},
     {"quantizer", "ID",
      "Weight quantizer to probe with (default: rtn; with ratios: high-impact-mixed)"},
     {"activation-bits", "N", "Width that bit operations and bytes moved are counted with"},
     {"set", "quantizer.KEY=VALUE",
      "A parameter; also calibration.KEY=VALUE, transforms.ID.KEY=VALUE and transforms=[...]",
      false, true},
     {"no-measured", "", "Only predict, without running the model for each layer and width"},
     {"no-predicted", "", "Only measure, without the gradient pass"},
     {"samples", "N", "Samples to measure on (default: 16)"},
     {"length", "L", "Tokens of a sample (default: 256)"},
     {"stride", "S", "Take windows from the start, one every S tokens, in place of random samples"},
     {"documents", "SEP", "Split the text at SEP; each document is a sample of its own"},
     {"probes", "bits|ratios", "What is varied: widths, or shares of high-impact weights"},
     {"ratios", "0,0.1,0.4,1", "Shares to probe; --bits LOW,HIGH are the widths then"},
     {"interactions", "none|block|fisher|full", "Which pairs of layers are measured together"},
     {"estimator", "suffix|block-local",
      "The loss, or the error of the block's output (large models)"},
     {"standard-error", "E", "Wanted error of a probe, nats per token; chooses the samples"},
     {"name", "S", "Name of the run"},
     {"experiment", "S", "Group of runs that it joins"}},
    &sensitivityCommand};

} // namespace bitprism::cli
