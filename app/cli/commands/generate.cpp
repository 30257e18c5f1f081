// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_runner.h"
#include "core/families/locate_model.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int generateCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    JobRequest request
        = jobRequest(invocation, "generate", locateModel(arguments.positional("MODEL")));
    Json options = {{"prompt", *arguments.text("prompt")}};
    if (const auto tokens = arguments.integer("tokens", 1, 1 << 20)) {
        options["tokens"] = *tokens;
    }
    request.options = options.dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto result = runJob(request, invocation.output).require<Generation>();
    invocation.output.print(result->toJson(), result->text + "\n");
    return 0;
}

} // namespace

BITPRISM_COMMAND(generate){"generate",
                           "Continue a text greedily",
                           {{"MODEL", "Model to run"}},
                           {{"prompt", "S", "Text to continue; empty: start from BOS", true},
                            {"tokens", "N", "Tokens to add at most (default: 64)"}},
                           &generateCommand};

} // namespace bitprism::cli
