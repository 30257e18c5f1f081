// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_target.h"

#include "core/base/error.h"
#include "core/io/checkpoint_format.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace bitprism {

namespace {

io::FormatLimits limitsOf(std::string_view target)
{
    const std::string id(target == "vllm" ? "compressed-tensors" : target);
    if (Registry::instance().find(Kind::exporter, id) == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "--target is \"%1\", but must be vllm, gptq, awq, gguf or "
                                "none."),
                    target);
    }
    return create<io::CheckpointFormat>(id, Json::object(), id)->limits();
}

} // namespace

void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view target)
{
    if (target == "none") {
        return;
    }
    const io::FormatLimits limits = limitsOf(target);
    for (AllocationLayer &layer : problem.layers) {
        if (!limits.widths.empty()) {
            std::erase_if(layer.candidates, [&](const AllocationCandidate &candidate) {
                return std::find(limits.widths.begin(), limits.widths.end(), candidate.bits)
                    == limits.widths.end();
            });
        }
        if (layer.candidates.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "--target %1 can read none of the widths probed for "
                                    "%2; probe others with sensitivity --bits."),
                        target, layer.name);
        }
        const LayerInfo *info = model.findLayer(layer.name);
        if (limits.mergesLayers && info != nullptr && !info->inputGroup.empty()
            && info->block >= 0) {
            layer.fusedGroup = std::to_string(info->stack) + "." + std::to_string(info->block) + "."
                + info->inputGroup;
        }
    }
}

} // namespace bitprism
