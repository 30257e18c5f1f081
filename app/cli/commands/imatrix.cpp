// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/job_runner.h"
#include "app/cli/output_file.h"
#include "core/families/locate_model.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int imatrixCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    JobRequest request
        = jobRequest(invocation, "imatrix", locateModel(arguments.positional("MODEL")));
    const std::filesystem::path output = outputFile(invocation, *arguments.text("output"));
    request.options = Json{
        {"data", dataFile(*arguments.text("calibration"))},
        {"calibration", settingsObject(parsedSettings(arguments, {"calibration"}), "calibration")},
        {"output", output.string()},
        {"legacy",
         arguments.has(
             "legacy")}}.dump();
    const auto result = runJob(request, invocation.output).require<ExportSummary>();
    invocation.output.print(result->toJson(),
                            result->output + " (" + shownBytes(result->bytes) + ")\n");
    return 0;
}

} // namespace

BITPRISM_COMMAND(imatrix){
    "imatrix",
    "Write how much each input column matters, for llama.cpp's quantizer",
    {{"MODEL", "Model to run"}},
    {{"calibration", "F", "Text to run it on", true},
     {"output", "FILE", "File to write", true},
     overwriteOption(),
     {"legacy", "", "The form that older programs read"},
     {"set", "calibration.KEY=VALUE", "A parameter of the sampling", false, true}},
    &imatrixCommand};

} // namespace bitprism::cli
