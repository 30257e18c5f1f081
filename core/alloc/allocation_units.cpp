// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

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
    result.damageUncertainty = candidate.damageUncertainty;
    result.deltaNll = candidate.deltaNll.value_or(std::numeric_limits<double>::quiet_NaN());
    result.deltaNllUncertainty = candidate.deltaNllUncertainty;
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
    unit.block = layer.block;
    unit.isPinned = layer.pinnedBits.has_value();
    for (std::size_t c = 0; c < layer.candidates.size(); ++c) {
        const AllocationCandidate &candidate = layer.candidates[c];
        const bool isAllowed = (!layer.pinnedBits || candidate.bits == *layer.pinnedBits)
            && (!layer.pinnedRatio || candidate.ratio == layer.pinnedRatio);
        if (isAllowed) {
            unit.candidates.push_back(unitCandidate(candidate));
            unit.candidates.back().positions = {c};
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

void checkInteraction(const LayerInteraction &interaction, const AllocationProblem &problem)
{
    const bool isSound = interaction.first < interaction.second
        && interaction.second < problem.layers.size()
        && interaction.values.size()
            == problem.layers[interaction.first].candidates.size()
                * problem.layers[interaction.second].candidates.size()
        && (interaction.variances.empty()
            || interaction.variances.size() == interaction.values.size())
        && std::all_of(interaction.values.begin(), interaction.values.end(),
                       [](double value) { return std::isfinite(value); });
    if (!isSound) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The interactions of layers do not fit their sensitivities; "
                                "measure both again."));
    }
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
            both.damageUncertainty += twin->damageUncertainty;
            both.deltaNll += twin->deltaNll;
            both.deltaNllUncertainty += twin->deltaNllUncertainty;
            both.positions.insert(both.positions.end(), twin->positions.begin(),
                                  twin->positions.end());
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

double amountOf(const ResourceUse &use, Resource resource)
{
    switch (resource) {
    case Resource::Storage:
        return static_cast<double>(use.storageBits);
    case Resource::Bytes:
        return static_cast<double>(use.bytes);
    case Resource::BitOperations:
        return use.bitOperations;
    case Resource::Io:
        break;
    }
    return static_cast<double>(use.ioBytes);
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
    addInteractions();
}

void AllocationUnits::addInteractions()
{
    struct Place
    {
        std::size_t unit = 0;
        std::size_t member = 0;
    };
    std::vector<Place> places(m_problem.layers.size());
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        for (std::size_t i = 0; i < m_units[u].layers.size(); ++i) {
            places[m_units[u].layers[i]] = {u, i};
        }
    }
    struct Sums
    {
        std::vector<double> values;
        std::vector<double> variances;
    };
    std::map<std::pair<std::size_t, std::size_t>, Sums> sums;
    for (const LayerInteraction &interaction : m_problem.interactions) {
        checkInteraction(interaction, m_problem);
        const std::size_t stride = m_problem.layers[interaction.second].candidates.size();
        Place a = places[interaction.first];
        Place b = places[interaction.second];
        const auto cellOf = [&](const UnitCandidate &first, const UnitCandidate &second) {
            return first.positions[a.member] * stride + second.positions[b.member];
        };
        const auto varianceAt = [&](std::size_t cell) {
            return interaction.variances.empty() ? 0 : interaction.variances[cell];
        };
        if (a.unit == b.unit) {
            for (UnitCandidate &candidate : m_units[a.unit].candidates) {
                const std::size_t cell = cellOf(candidate, candidate);
                candidate.damage += interaction.values[cell];
                candidate.deltaNll += interaction.values[cell];
                candidate.damageUncertainty.variance += varianceAt(cell);
                candidate.deltaNllUncertainty.variance += varianceAt(cell);
            }
            continue;
        }
        const bool isSwapped = a.unit > b.unit;
        const auto key = std::minmax(a.unit, b.unit);
        const std::vector<UnitCandidate> &rows = m_units[key.first].candidates;
        const std::vector<UnitCandidate> &cols = m_units[key.second].candidates;
        Sums &sum = sums[key];
        sum.values.resize(rows.size() * cols.size(), 0);
        sum.variances.resize(rows.size() * cols.size(), 0);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (std::size_t j = 0; j < cols.size(); ++j) {
                const std::size_t cell
                    = isSwapped ? cellOf(cols[j], rows[i]) : cellOf(rows[i], cols[j]);
                sum.values[i * cols.size() + j] += interaction.values[cell];
                sum.variances[i * cols.size() + j] += varianceAt(cell);
            }
        }
    }
    for (auto &[key, sum] : sums) {
        m_pairs.push_back({key.first, key.second, std::move(sum.values), std::move(sum.variances)});
    }
}

double AllocationUnits::pairDamage(std::span<const std::size_t> choice) const
{
    double sum = 0;
    for (const UnitPair &pair : m_pairs) {
        const std::size_t stride = m_units[pair.second].candidates.size();
        sum += pair.values[choice[pair.first] * stride + choice[pair.second]];
    }
    return sum;
}

double AllocationUnits::pairVariance(std::span<const std::size_t> choice) const
{
    double sum = 0;
    for (const UnitPair &pair : m_pairs) {
        const std::size_t stride = m_units[pair.second].candidates.size();
        sum += pair.variances[choice[pair.first] * stride + choice[pair.second]];
    }
    return sum;
}

Uncertainty AllocationUnits::damageUncertainty(std::span<const std::size_t> choice) const
{
    Uncertainty sum = Uncertainty::none();
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        sum += m_units[u].candidates[choice[u]].damageUncertainty;
    }
    sum.variance += pairVariance(choice);
    return sum;
}

std::optional<double> AllocationUnits::loss(std::span<const std::size_t> choice) const
{
    double sum = pairDamage(choice);
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        sum += m_units[u].candidates[choice[u]].deltaNll;
    }
    return std::isfinite(sum) ? std::optional(std::max(0.0, sum)) : std::nullopt;
}

Uncertainty AllocationUnits::lossUncertainty(std::span<const std::size_t> choice) const
{
    Uncertainty sum = Uncertainty::none();
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        sum += m_units[u].candidates[choice[u]].deltaNllUncertainty;
    }
    sum.variance += pairVariance(choice);
    return sum;
}

Uncertainty AllocationUnits::differenceUncertainty(std::span<const std::size_t> choice,
                                                   std::span<const std::size_t> other) const
{
    Uncertainty sum = Uncertainty::none();
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        if (choice[u] != other[u]) {
            sum += m_units[u].candidates[choice[u]].deltaNllUncertainty;
            sum -= m_units[u].candidates[other[u]].deltaNllUncertainty;
        }
    }
    for (const UnitPair &pair : m_pairs) {
        if (choice[pair.first] != other[pair.first] || choice[pair.second] != other[pair.second]) {
            const std::size_t stride = m_units[pair.second].candidates.size();
            sum.variance += pair.variances[choice[pair.first] * stride + choice[pair.second]]
                + pair.variances[other[pair.first] * stride + other[pair.second]];
        }
    }
    return sum;
}

double AllocationUnits::damage(std::span<const std::size_t> choice) const
{
    double sum = 0;
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        sum += m_units[u].candidates[choice[u]].damage;
    }
    return sum + pairDamage(choice);
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
    result.objective = damage(choice);
    result.standardError = damageUncertainty(choice).standardError();
    return result;
}

Allocation AllocationUnits::allocation(std::span<const std::size_t> choice,
                                       std::string_view allocator, std::string_view status) const
{
    const FrontierPoint reached = point(choice);
    Allocation result;
    result.allocator = allocator;
    result.solver = allocator;
    result.status = status;
    result.averageBits = reached.averageBits;
    result.bytes = reached.bytes;
    const ResourceUse used = use(choice);
    result.bitOperations = m_problem.fixedBitOperations + used.bitOperations;
    result.memoryIoBytes = static_cast<double>(m_problem.fixedIoBytes + used.ioBytes);
    result.objective = reached.objective;
    result.objectiveStandardError = reached.standardError;
    result.predictedDeltaNll = loss(choice);
    if (result.predictedDeltaNll) {
        result.predictedStandardError = lossUncertainty(choice).standardError();
    }
    result.layers.resize(m_problem.layers.size());
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        const UnitCandidate &chosen = m_units[u].candidates[choice[u]];
        for (const std::size_t layer : m_units[u].layers) {
            result.layers[layer] = {m_problem.layers[layer].name, chosen.bits, chosen.ratio};
        }
    }
    return result;
}

std::vector<std::vector<std::size_t>> uniformChoices(const AllocationUnits &units)
{
    const auto model = std::find_if(units.units().begin(), units.units().end(),
                                    [](const AllocationUnit &unit) { return !unit.isPinned; });
    if (model == units.units().end()) { // all pinned: the first of each
        return {std::vector<std::size_t>(units.units().size(), 0)};
    }
    std::vector<std::vector<std::size_t>> choices;
    for (const UnitCandidate &like : model->candidates) {
        std::vector<std::size_t> choice;
        for (const AllocationUnit &unit : units.units()) {
            const auto found = std::find_if(unit.candidates.begin(), unit.candidates.end(),
                                            [&](const UnitCandidate &c) {
                                                return c.bits == like.bits && c.ratio == like.ratio;
                                            });
            if (found != unit.candidates.end()) {
                choice.push_back(static_cast<std::size_t>(found - unit.candidates.begin()));
            } else if (unit.isPinned) {
                choice.push_back(0);
            }
        }
        if (choice.size() == units.units().size()) {
            choices.push_back(std::move(choice));
        }
    }
    return choices;
}

} // namespace bitprism
