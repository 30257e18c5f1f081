// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <string>

namespace bitprism {

/// Options of the job `generate`: greedy continuation of a prompt.
///
///     {"prompt": "In the beginning", "tokens": 64}
///
/// An empty prompt starts from BOS. Publishes one Generation; persists nothing. With a store and a
/// `runId` in the request, the quantized model of that run continues.
struct GenerateJobOptions
{
    std::string prompt;
    int tokens = 64;

    void visit(ParamVisitor &v)
    {
        v.text("prompt", prompt,
               {BITPRISM_TR("Job", "Prompt"),
                BITPRISM_TR("Job", "Text to continue; empty: start anew.")});
        v.integer(
            "tokens", tokens, {1, 1 << 20},
            {BITPRISM_TR("Job", "Tokens"), BITPRISM_TR("Job", "Tokens to add at most."), "tokens"});
    }
};

} // namespace bitprism
