// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/target.h"

#include <map>
#include <set>

namespace bitprism {

namespace {

struct Target
{
    std::string_view name;
    std::set<int> widths; ///< empty: all
    bool mergesLayers = false;
    std::int64_t rowMultiple = 1;
    std::int64_t colMultiple = 1;
    bool hasGroups = false; ///< of the quantizer's size, which must divide the columns
};

const Target &findTarget(std::string_view name)
{
    static const std::vector<Target> targets{
        {targetNames[0], {}, false, 1, 1, false},
        {targetNames[1], {4, 8}, true, 1, 1, true},
        {targetNames[2], {2, 3, 4, 8}, true, 32, 32, true},
        {targetNames[3], {4}, true, 8, 1, true},
        {targetNames[4], {2, 3, 4, 5, 6, 8}, false, 1, 32, false}};
    for (const Target &target : targets) {
        if (target.name == name) {
            return target;
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The target is \"%1\", but must be vllm, gptq, awq, gguf or "
                            "none."),
                name);
}

/// Columns of one block of a GGUF type: K-quants have 256, the plain types 32.
std::int64_t ggufBlock(int bits) { return bits == 4 || bits == 8 ? 32 : 256; }

/// What is merged with a layer; empty: nothing.
std::string mergedGroup(const Target &target, const LayerInfo &layer)
{
    if (!target.mergesLayers || layer.inputGroup.empty() || layer.block < 0) {
        return {};
    }
    return std::to_string(layer.stack) + "." + std::to_string(layer.block) + "." + layer.inputGroup;
}

std::string widthsOf(const Target &target)
{
    std::string text;
    for (const int width : target.widths) {
        text += (text.empty() ? "" : ", ") + std::to_string(width);
    }
    return text;
}

} // namespace

std::optional<Error> targetRefusal(std::string_view name, const LayerInfo &layer,
                                   const LayerChoice &choice, int groupSize)
{
    const Target &target = findTarget(name);
    if (target.name == targetNames[0]) {
        return std::nullopt;
    }
    if (choice.ratio) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 cannot hold a share of %2 at another width; probe "
                                 "widths instead of ratios, or choose the target none."),
                     name, layer.name);
    }
    if (!target.widths.contains(choice.bits)) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 reads widths of %2 bits, not %3 as for %4; probe "
                                 "others with sensitivity --bits."),
                     name, widthsOf(target), choice.bits, layer.name);
    }
    if (layer.rows % target.rowMultiple != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 packs %2 rows together, which do not divide the %3 "
                                 "rows of %4; leave this layer out."),
                     name, target.rowMultiple, layer.rows, layer.name);
    }
    const std::int64_t block
        = target.name == targetNames[4] ? ggufBlock(choice.bits) : target.colMultiple;
    if (layer.cols % block != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 stores %2 bits in blocks of %3 columns, which do not "
                                 "divide the %4 columns of %5; choose another width."),
                     name, choice.bits, block, layer.cols, layer.name);
    }
    if (target.hasGroups && groupSize > 0 && layer.cols % groupSize != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 wants groups that divide the columns: groups of %2 do "
                                 "not divide the %3 columns of %4; probe with another group size."),
                     name, groupSize, layer.cols, layer.name);
    }
    return std::nullopt;
}

void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view name,
                      int groupSize)
{
    const Target &target = findTarget(name);
    std::map<std::string_view, const LayerInfo *> byName;
    for (const LayerInfo &layer : model.layers) {
        byName[layer.name] = &layer;
    }
    for (AllocationLayer &layer : problem.layers) {
        const auto info = byName.find(layer.name);
        if (info == byName.end()) {
            continue;
        }
        std::optional<Error> reason;
        std::vector<AllocationCandidate> kept;
        for (const AllocationCandidate &candidate : layer.candidates) {
            auto refusal = targetRefusal(name, *info->second,
                                         {layer.name, candidate.bits, candidate.ratio}, groupSize);
            if (refusal) {
                reason = std::move(refusal);
            } else {
                kept.push_back(candidate);
            }
        }
        if (kept.empty() && reason) {
            throw *reason;
        }
        BITPRISM_ASSERT(kept.size() == layer.candidates.size() || problem.interactions.empty(),
                        "interactions are added to what a target leaves");
        layer.candidates = std::move(kept);
        layer.fusedGroup = mergedGroup(target, *info->second);
    }
}

std::vector<Error> targetRefusals(std::string_view name, const ModelInfo &model,
                                  const std::vector<LayerChoice> &choices, int groupSize)
{
    const Target &target = findTarget(name);
    std::vector<Error> refusals;
    std::map<std::string, const LayerChoice *> merged;
    for (const LayerChoice &choice : choices) {
        const LayerInfo *layer = model.findLayer(choice.layer);
        if (layer == nullptr) {
            continue;
        }
        if (auto refusal = targetRefusal(name, *layer, choice, groupSize)) {
            refusals.push_back(std::move(*refusal));
        }
        const std::string group = mergedGroup(target, *layer);
        if (group.empty()) {
            continue;
        }
        const auto [found, isNew] = merged.emplace(group, &choice);
        if (!isNew && found->second->bits != choice.bits) {
            refusals.push_back(
                Error(ErrorCode::BadInput,
                      BITPRISM_TR("Error",
                                  "Target %1 merges %2 (%3 bits) and %4 (%5 bits) into one matrix; "
                                  "give them one width."),
                      name, found->second->layer, found->second->bits, choice.layer, choice.bits));
        }
    }
    return refusals;
}

} // namespace bitprism
