// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/target.h"

#include "core/io/checkpoint_format.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <set>

namespace bitprism {

namespace {

/// A program: what its format holds, and what it reads of that.
struct Target
{
    std::string_view name;
    io::CodeLimits limits;
    bool isNone = false;
};

/// The format a program reads; empty: any.
struct Program
{
    std::string_view name;
    std::string_view format;
    std::set<int> widths; ///< of those that the format holds; empty: all
};

const std::vector<Program> &programs()
{
    static const std::vector<Program> all{{targetNames[0], {}, {}},
                                          {targetNames[1], "compressed-tensors", {4, 8}},
                                          {targetNames[2], "gptq", {}},
                                          {targetNames[3], "awq", {}},
                                          {targetNames[4], "gguf", {}}};
    return all;
}

Target findTarget(std::string_view name)
{
    for (const Program &program : programs()) {
        if (program.name != name) {
            continue;
        }
        Target target{program.name, {}, program.format.empty()};
        if (target.isNone) {
            return target;
        }
        const auto format
            = create<io::CheckpointFormat>(std::string(program.format), Json::object(), "target");
        target.limits = format->codeLimits().value_or(io::CodeLimits());
        std::erase_if(target.limits.columnsOfWidth, [&](const auto &width) {
            return !program.widths.empty() && !program.widths.contains(width.first);
        });
        return target;
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The target is \"%1\", but must be vllm, gptq, awq, gguf or "
                            "none."),
                name);
}

/// What is merged with a layer; empty: nothing.
std::string mergedGroup(const Target &target, const LayerInfo &layer)
{
    if (!target.limits.mergesLayers || layer.inputGroup.empty() || layer.block < 0) {
        return {};
    }
    return std::to_string(layer.stack) + "." + std::to_string(layer.block) + "." + layer.inputGroup;
}

std::string widthsOf(const Target &target)
{
    std::string text;
    for (const auto &[width, columns] : target.limits.columnsOfWidth) {
        text += (text.empty() ? "" : ", ") + std::to_string(width);
    }
    return text;
}

/// Why the target cannot hold a layer stored so.
std::optional<Error> refusalOf(const Target &target, const LayerInfo &layer,
                               const LayerChoice &choice, int groupSize)
{
    const std::string_view name = target.name;
    const io::CodeLimits &limits = target.limits;
    if (target.isNone) {
        return std::nullopt;
    }
    if (choice.ratio) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 cannot hold a share of %2 at another width; probe "
                                 "widths instead of ratios, or choose the target none."),
                     name, layer.name);
    }
    const auto width = limits.columnsOfWidth.find(choice.bits);
    if (width == limits.columnsOfWidth.end()) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 reads widths of %2 bits, not %3 as for %4; probe "
                                 "others with sensitivity --bits."),
                     name, widthsOf(target), choice.bits, layer.name);
    }
    if (layer.rows % limits.rowMultiple != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 packs %2 rows together, which do not divide the %3 "
                                 "rows of %4; leave this layer out."),
                     name, limits.rowMultiple, layer.rows, layer.name);
    }
    const std::int64_t block = width->second;
    if (layer.cols % block != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 stores %2 bits in blocks of %3 columns, which do not "
                                 "divide the %4 columns of %5; choose another width."),
                     name, choice.bits, block, layer.cols, layer.name);
    }
    if (limits.hasGroups && groupSize > 0 && layer.cols % groupSize != 0) {
        return Error(ErrorCode::BadInput,
                     BITPRISM_TR("Error",
                                 "Target %1 wants groups that divide the columns: groups of %2 do "
                                 "not divide the %3 columns of %4; probe with another group size."),
                     name, groupSize, layer.cols, layer.name);
    }
    return std::nullopt;
}

} // namespace

std::optional<Error> targetRefusal(std::string_view name, const LayerInfo &layer,
                                   const LayerChoice &choice, int groupSize)
{
    return refusalOf(findTarget(name), layer, choice, groupSize);
}

std::map<int, std::string> targetQuantizers(std::string_view name)
{
    std::map<int, std::string> quantizers;
    for (const auto &[width, codes] : findTarget(name).limits.ownCodes) {
        quantizers[width] = codes.quantizer;
    }
    return quantizers;
}

void countAsTarget(AllocationProblem &problem, std::string_view name)
{
    constexpr int bitsPerByte = 8;
    const Target target = findTarget(name);
    for (AllocationLayer &layer : problem.layers) {
        for (AllocationCandidate &candidate : layer.candidates) {
            const auto own = target.limits.ownCodes.find(candidate.bits);
            if (own == target.limits.ownCodes.end() || candidate.ratio) {
                continue;
            }
            const std::int64_t stored
                = std::llround(static_cast<double>(layer.weights) * own->second.bitsPerWeight);
            candidate.ioBytes += (stored - candidate.storageBits) / bitsPerByte;
            candidate.storageBits = stored;
        }
    }
}

void restrictToTarget(AllocationProblem &problem, const ModelInfo &model, std::string_view name,
                      int groupSize)
{
    countAsTarget(problem, name);
    const Target target = findTarget(name);
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
            auto refusal = refusalOf(target, *info->second,
                                     {layer.name, candidate.bits, candidate.ratio}, groupSize);
            if (refusal) {
                reason = std::move(refusal);
            } else {
                kept.push_back(candidate);
            }
        }
        if (kept.empty() && reason) {
            throw Error(*reason);
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
    const Target target = findTarget(name);
    std::vector<Error> refusals;
    std::map<std::string, const LayerChoice *> merged;
    for (const LayerChoice &choice : choices) {
        const LayerInfo *layer = model.findLayer(choice.layer);
        if (layer == nullptr) {
            continue;
        }
        if (auto refusal = refusalOf(target, *layer, choice, groupSize)) {
            refusals.push_back(std::move(*refusal));
        }
        const std::string group = mergedGroup(target, *layer);
        if (group.empty()) {
            continue;
        }
        const auto [found, isNew] = merged.emplace(group, &choice);
        if (!isNew && found->second->bits != choice.bits) {
            refusals.emplace_back(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "Target %1 merges %2 (%3 bits) and %4 (%5 bits) into one matrix; "
                            "give them one width."),
                name, found->second->layer, found->second->bits, choice.layer, choice.bits);
        }
    }
    return refusals;
}

} // namespace bitprism
