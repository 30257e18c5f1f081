// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_runner.h"
#include "app/cli/project_store.h"
#include "core/jobs/engine_loader.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int run(const Invocation &invocation)
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
    loadEngine(); // registers the exporters
    Registry::instance().require(Kind::exporter, format, "--format");
    JobRequest request = jobRequest(invocation, "export", record.modelPath);
    request.storePath = storePath(invocation.global).string();
    request.runId = record.id;
    const std::filesystem::path output
        = std::filesystem::absolute(*arguments.text("output")).lexically_normal();
    request.options = Json{{"format", format}, {"output", output.string()}}.dump();
    const auto result = runJob(request, invocation.output).require<ExportSummary>();
    invocation.output.print(result->toJson(),
                            result->output + " (" + shownBytes(result->bytes) + ")\n");
    return 0;
}

} // namespace

BITPRISM_COMMAND(export){"export",
                         "Write the quantized checkpoint of a run for other programs",
                         {{"ID", "Run, or the first characters of its id"}},
                         {{"format", "safetensors", "Format of the checkpoint", true},
                          {"output", "DIR", "Folder to write; must not exist yet", true}},
                         &run};

} // namespace bitprism::cli
