// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/results/model_info.h"

#include <string_view>

namespace bitprism {

/// Constraints of the format that a program reads: widths it has, and layers that the program
/// merges, which must share one width. `target` is none, vllm (which reads compressed-tensors), or
/// the id of an exporter with limits (gptq, awq, gguf, compressed-tensors); BadInput for another,
/// and for a layer of which no candidate is left.
void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view target);

} // namespace bitprism
