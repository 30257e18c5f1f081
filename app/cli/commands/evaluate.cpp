// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"
#include "core/families/locate_model.h"
#include "core/jobs/engine_loader.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

std::vector<OptionSpec> specs()
{
    std::vector<OptionSpec> list{{"task", "T", "What to measure: perplexity, ...", true},
                                 {"data", "F", "File to measure on", true},
                                 {"reference", "MODEL2", "Compare the output distributions with"},
                                 {"set", "task.KEY=VALUE", "A parameter of the task", false, true},
                                 {"name", "S", "Name of the run"},
                                 {"experiment", "S", "Group of runs that it joins"}};
    const std::vector<OptionSpec> shared = evaluationSpecs();
    list.insert(list.end(), shared.begin(), shared.end());
    return list;
}

int evaluateCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    JobRequest request
        = jobRequest(invocation, "evaluate", locateModel(arguments.positional("MODEL")));
    Json options = evaluationOptions(arguments);
    options["task"] = settingsObject(parsedSettings(arguments, {"task"}), "task");
    options["task"]["id"] = *arguments.text("task");
    options["data"] = dataFile(*arguments.text("data"));
    if (const std::optional<std::string> reference = arguments.text("reference")) {
        options["reference"] = locateModel(*reference).string();
    }
    loadEngine(); // registers the tasks
    Registry::instance().require(Kind::metric, *arguments.text("task"), "--task");
    request.name = arguments.text("name").value_or("");
    request.experiment = arguments.text("experiment").value_or("");
    request.options = options.dump();
    request.storePath = writableStorePath(invocation.global).string();
    const JobOutcome outcome = runJob(request, invocation.output);
    const auto result = outcome.require<Evaluation>();
    Json document = briefDocument(*result);
    document["run"] = outcome.runId;
    invocation.output.print(document, evaluationText(outcome.runId, *result));
    return 0;
}

} // namespace

BITPRISM_COMMAND(evaluate){"evaluate",
                           "Measure a model by one task, keep it",
                           {{"MODEL", "Model to measure"}},
                           specs(),
                           &evaluateCommand};

} // namespace bitprism::cli
