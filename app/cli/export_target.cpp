// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/export_target.h"

#include "core/base/error.h"

#include <set>
#include <string>
#include <vector>

namespace bitprism::cli {

namespace {

struct Target
{
    std::string_view name;
    std::set<int> widths; ///< empty: all
    bool mergesLayers = false;
};

const Target &findTarget(std::string_view name)
{
    // Widths of pack-quantized compressed-tensors, of GPTQ kernels, of AWQ, and of GGUF's block
    // types.
    static const std::vector<Target> targets{{"none", {}, false},
                                             {"vllm", {4, 8}, true},
                                             {"gptq", {2, 3, 4, 8}, true},
                                             {"awq", {4}, true},
                                             {"gguf", {2, 3, 4, 5, 6, 8}, false}};
    for (const Target &target : targets) {
        if (target.name == name) {
            return target;
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "--target is \"%1\", but must be vllm, gptq, awq, gguf or "
                            "none."),
                name);
}

} // namespace

void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view name)
{
    const Target &target = findTarget(name);
    for (AllocationLayer &layer : problem.layers) {
        if (!target.widths.empty()) {
            std::erase_if(layer.candidates, [&](const AllocationCandidate &candidate) {
                return !target.widths.contains(candidate.bits);
            });
        }
        if (layer.candidates.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "--target %1 can read none of the widths probed for "
                                    "%2; probe others with sensitivity --bits."),
                        name, layer.name);
        }
        const LayerInfo *info = model.findLayer(layer.name);
        if (target.mergesLayers && info != nullptr && !info->inputGroup.empty()
            && info->block >= 0) {
            layer.fusedGroup = std::to_string(info->stack) + "." + std::to_string(info->block) + "."
                + info->inputGroup;
        }
    }
}

} // namespace bitprism::cli
