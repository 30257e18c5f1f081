// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/base/error.h"
#include "core/results/allocation.h"
#include "core/results/model_info.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// Programs that may run the result, and "none".
inline constexpr std::string_view targetNames[] = {"none", "vllm", "gptq", "awq", "gguf"};

/// Why `target` cannot hold a layer stored so; nothing if it can. `groupSize` is that of the
/// quantizer, 0 for whole rows (GGUF's blocks have their own). BadInput for an unknown target.
///
/// vllm (compressed-tensors, pack-quantized): 4 or 8 bits, groups that divide the columns. gptq: 2,
/// 3, 4 or 8 bits, rows and columns in multiples of 32. awq: 4 bits, rows in multiples of 8. gguf:
/// blocks of 32 columns at 4 and 8 bits, of 256 at 2, 3, 5 and 6. None of them keeps a share of a
/// layer at another width.
std::optional<Error> targetRefusal(std::string_view target, const LayerInfo &layer,
                                   const LayerChoice &choice, int groupSize);

/// By width, the quantizers of the target's own that a layer is stored by (GGUF's blocks); empty:
/// the probed one stores it. BadInput for an unknown target.
std::map<int, std::string> targetQuantizers(std::string_view target);

/// Counts candidates as the target stores them: in its own codes where it has such.
void countAsTarget(AllocationProblem &problem, std::string_view target);

/// Constraints of the program that will run the result: counts as it does, removes the candidates
/// it cannot hold, and fuses layers that it merges into one matrix, which must share one width (all
/// but gguf merge what reads one input). BadInput for an unknown target, and for a layer of which
/// nothing is left, with the reason.
void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view target,
                      int groupSize);

/// What `target` would refuse of an allocation, layer by layer; fused layers of different widths
/// included. Empty: it can run.
std::vector<Error> targetRefusals(std::string_view target, const ModelInfo &model,
                                  const std::vector<LayerChoice> &choices, int groupSize);

} // namespace bitprism
