// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/job_runner.h"
#include "app/cli/output_file.h"
#include "app/cli/project_store.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int exportCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    store::RunRecord record;
    {
        // Closed before the job opens the store itself.
        const store::ExperimentStore opened
            = openStore(invocation.global, store::OpenMode::ReadOnly);
        record = opened.run(arguments.positional("ID"));
    }
    const std::string format = *arguments.text("format");
    Registry::instance().require(Kind::exporter, format, "--format");
    Json formatRequest = settingsObject(parsedSettings(arguments, {"exporter"}), "exporter");
    formatRequest["id"] = format;
    JobRequest request = jobRequest(invocation, "export", record.modelPath);
    request.storePath = storePath(invocation.global).string();
    request.runId = record.id;
    const std::filesystem::path output
        = std::filesystem::absolute(*arguments.text("output")).lexically_normal();
    refuseStore(invocation, output);
    request.options = Json{{"format", formatRequest},
                           {"output", output.string()},
                           {"overwrite", arguments.has("overwrite")},
                           {"dry_run", arguments.has("dry-run")}}
                          .dump();
    const auto result = runJob(request, invocation.output).require<ExportSummary>();
    const std::string size = arguments.has("dry-run")
        ? exactBytes(result->bytes) + " would be written"
        : exactBytes(result->bytes);
    invocation.output.print(result->toJson(),
                            result->output + " (" + size + ")\n" + shownNotes(result->notes));
    return 0;
}

} // namespace

BITPRISM_COMMAND(export){
    "export",
    "Write the quantized checkpoint of a run for other programs",
    {{"ID", "Run, or the first characters of its id"}},
    {{"format", "safetensors|compressed-tensors|gptq|awq|gguf", "What to write", true},
     {"output", "PATH",
      "Folder to write; for gguf a file, or a folder for a file named after the model", true},
     {"set", "exporter.KEY=VALUE", "A parameter of the format", false, true},
     {"overwrite", "", "Replace a GGUF file that is there; folders are never replaced"},
     {"dry-run", "", "Say how many bytes it would write, to the byte, and write nothing"}},
    &exportCommand};

} // namespace bitprism::cli
