// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

namespace bitprism {

struct GenerateOptions
{
    std::int64_t tokens = 64; ///< at most this many new ones; fewer at the context's end
    std::set<std::int64_t> stopIds = {}; ///< generation ends before one of these
    /// Called with every new token; may be empty.
    std::function<void(std::int64_t)> onToken = {};
};

/// Greedy continuation of `prompt` (not empty: start from the tokenizer's BOS), by keys and values
/// kept from step to step. Returns the new tokens only. Blocks stay in memory where the whole model
/// fits into 2 GiB, else each step streams them. Ties go to the smaller id.
std::vector<std::int64_t> generateGreedy(const Model &model,
                                         const std::vector<std::int64_t> &prompt,
                                         const GenerateOptions &options, JobContext &context);

/// Bytes that generateGreedy() will hold at most for a prompt of `promptTokens`: blocks, keys and
/// values, and the working set of its longest step.
std::int64_t generationMemory(const Model &model, std::int64_t promptTokens, std::int64_t tokens);

} // namespace bitprism
