// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism {

namespace {

UnitCandidate unitCandidate(const AllocationCandidate &candidate)
{
    UnitCandidate result;
    result.bits = candidate.bits;
    result.ratio = candidate.ratio;
    result.use = {candidate.storageBits, (candidate.storageBits + 7) / 8, candidate.bitOperations,
                  candidate.ioBytes};
    result.damage = candidate.damage;
    result.deltaNll = candidate.deltaNll.value_or(candidate.damage);
    return result;
}

void checkLayer(const AllocationLayer &layer)
{
    bool isSound = layer.weights > 0;
    for (const AllocationCandidate &candidate : layer.candidates) {
        isSound = isSound && candidate.storageBits >= 0 && candidate.ioBytes >= 0
            && candidate.bitOperations >= 0 && std::isfinite(candidate.bitOperations)
            && std::isfinite(candidate.damage)
            && std::isfinite(candidate.deltaNll.value_or(candidate.damage));
    }
    if (!isSound) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1 has sizes or sensitivities that are not finite or "
                                "missing; measure the sensitivity again."),
                    layer.name);
    }
}

AllocationUnit singleUnit(const AllocationLayer &layer, std::size_t position)
{
    checkLayer(layer);
    AllocationUnit unit;
    unit.layers = {position};
    unit.isPinned = layer.pinnedBits.has_value();
    for (const AllocationCandidate &candidate : layer.candidates) {
        if (!layer.pinnedBits || candidate.bits == *layer.pinnedBits) {
            unit.candidates.push_back(unitCandidate(candidate));
        }
    }
    if (unit.candidates.empty() && layer.pinnedBits) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1 is pinned to %2 bits, which were not probed; probe that "
                                "width or pin another."),
                    layer.name, *layer.pinnedBits);
    }
    if (unit.candidates.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Layer %1 has no width to choose; probe some first."),
                    layer.name);
    }
    return unit;
}

/// Keeps the candidates both have, with what they use together.
void fuse(AllocationUnit &unit, const AllocationUnit &other, const std::string &name)
{
    std::vector<UnitCandidate> common;
    for (const UnitCandidate &candidate : unit.candidates) {
        const auto twin = std::find_if(
            other.candidates.begin(), other.candidates.end(), [&](const UnitCandidate &c) {
                return c.bits == candidate.bits && c.ratio == candidate.ratio;
            });
        if (twin != other.candidates.end()) {
            UnitCandidate &both = common.emplace_back(candidate);
            both.use += twin->use;
            both.damage += twin->damage;
            both.deltaNll += twin->deltaNll;
        }
    }
    if (common.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1 must have the width of the layers it is fused with, but "
                                "they have none in common."),
                    name);
    }
    unit.layers.insert(unit.layers.end(), other.layers.begin(), other.layers.end());
    unit.isPinned = unit.isPinned || other.isPinned;
    unit.candidates = std::move(common);
}

} // namespace

ResourceUse &ResourceUse::operator+=(const ResourceUse &other)
{
    storageBits += other.storageBits;
    bytes += other.bytes;
    bitOperations += other.bitOperations;
    ioBytes += other.ioBytes;
    return *this;
}

ResourceUse &ResourceUse::operator-=(const ResourceUse &other)
{
    storageBits -= other.storageBits;
    bytes -= other.bytes;
    bitOperations -= other.bitOperations;
    ioBytes -= other.ioBytes;
    return *this;
}

AllocationUnits::AllocationUnits(AllocationProblem problem)
    : m_problem(std::move(problem))
{
    if (m_problem.layers.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "There are no layers to choose bits for."));
    }
    std::map<std::string, std::size_t> unitOfGroup;
    for (std::size_t i = 0; i < m_problem.layers.size(); ++i) {
        const AllocationLayer &layer = m_problem.layers[i];
        AllocationUnit unit = singleUnit(layer, i);
        m_weights += layer.weights;
        const auto [found, isNew] = layer.fusedGroup.empty()
            ? std::pair(unitOfGroup.end(), true)
            : unitOfGroup.emplace(layer.fusedGroup, m_units.size());
        if (isNew) {
            m_units.push_back(std::move(unit));
        } else {
            fuse(m_units[found->second], unit, layer.name);
        }
    }
}

ResourceUse AllocationUnits::use(std::span<const std::size_t> choice) const
{
    ResourceUse sum;
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        sum += m_units[u].candidates[choice[u]].use;
    }
    return sum;
}

FrontierPoint AllocationUnits::point(std::span<const std::size_t> choice) const
{
    const ResourceUse sum = use(choice);
    FrontierPoint result;
    result.averageBits = static_cast<double>(sum.storageBits) / static_cast<double>(m_weights);
    result.bytes = m_problem.fixedBytes + sum.bytes;
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        result.objective += m_units[u].candidates[choice[u]].damage;
    }
    return result;
}

Allocation AllocationUnits::allocation(std::span<const std::size_t> choice,
                                       std::string_view allocator, std::string_view status) const
{
    const FrontierPoint reached = point(choice);
    Allocation result;
    result.allocator = allocator;
    result.status = status;
    result.averageBits = reached.averageBits;
    result.bytes = reached.bytes;
    const ResourceUse used = use(choice);
    result.bitOperations = m_problem.fixedBitOperations + used.bitOperations;
    result.memoryIoBytes = static_cast<double>(m_problem.fixedIoBytes + used.ioBytes);
    result.objective = reached.objective;
    result.layers.resize(m_problem.layers.size());
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        const UnitCandidate &chosen = m_units[u].candidates[choice[u]];
        result.predictedDeltaNll += chosen.deltaNll;
        for (const std::size_t layer : m_units[u].layers) {
            result.layers[layer] = {m_problem.layers[layer].name, chosen.bits, chosen.ratio};
        }
    }
    return result;
}

} // namespace bitprism
