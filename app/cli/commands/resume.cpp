// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"

namespace bitprism::cli {

namespace {

int resumeCommand(const Invocation &invocation)
{
    store::RunRecord record;
    {
        // Closed before the job opens the store itself.
        const store::ExperimentStore opened
            = openStore(invocation.global, store::OpenMode::ReadOnly);
        record = opened.run(invocation.arguments.positional("ID"));
    }
    JobRequest request = jobRequest(invocation, "resume", record.modelPath);
    request.storePath = storePath(invocation.global).string();
    request.runId = record.id;
    printOutcome(runJob(request, invocation.output), invocation.output);
    return 0;
}

} // namespace

BITPRISM_COMMAND(resume){"resume",
                         "Go on with a run that was cancelled, interrupted or failed",
                         {{"ID", "Run, or the first characters of its id"}},
                         {},
                         &resumeCommand};

} // namespace bitprism::cli
