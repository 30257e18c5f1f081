// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/results/model_info.h"

#include <string_view>

namespace bitprism::cli {

/// Constraints of the program that will run the result: widths it can read, and layers it merges,
/// which must share one width (vLLM fuses what reads one input). `target` is vllm, gptq, awq, gguf
/// or none; BadInput for another, and for a layer of which no probed width is left.
void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view target);

} // namespace bitprism::cli
