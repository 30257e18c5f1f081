// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"
#include "core/families/locate_model.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int outliersCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const std::string data = calibrationData(invocation);
    JobRequest request
        = jobRequest(invocation, "outliers", locateModel(arguments.positional("MODEL")));
    request.name = arguments.text("name").value_or("");
    request.experiment = arguments.text("experiment").value_or("");
    request.options
        = Json{{"data", data},
               {"calibration",
                settingsObject(parsedSettings(arguments, {"calibration"}), "calibration")}}
              .dump();
    request.storePath = writableStorePath(invocation.global).string();
    printOutcome(runJob(request, invocation.output), invocation.output);
    return 0;
}

} // namespace

BITPRISM_COMMAND(outliers){
    "outliers",
    "Find outlier channels and tokens in every layer's input",
    {{"MODEL", "Model to run"}},
    {{"calibration", "F",
      "Text (or other data) to run it on; a model that cannot be run needs none"},
     {"set", "calibration.KEY=VALUE", "A parameter of the sampling", false, true},
     {"name", "S", "Name of the run"},
     {"experiment", "S", "Group of runs that it joins"}},
    &outliersCommand};

} // namespace bitprism::cli
