// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_problem.h"

#include "core/alloc/loss_estimate.h"
#include "core/base/error.h"
#include "core/recipe/recipe.h"
#include "core/results/token_cost.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

using DamageField = std::optional<double> SensitivityCell::*;

struct DamageMetric
{
    std::string_view name;
    DamageField field;
    DamageField standardError; ///< null: not known
};

/// In the order in which "automatic" tries them: measured before predicted, and the divergence,
/// whose standard error is the smaller, before the loss.
constexpr DamageMetric metrics[] = {
    {"kl-divergence", &SensitivityCell::klDivergence, &SensitivityCell::klStandardError},
    {"delta-nll", &SensitivityCell::deltaNll, &SensitivityCell::deltaNllStandardError},
    {"predicted-delta-nll", &SensitivityCell::predictedDeltaNll, nullptr},
    {"model-output-error", &SensitivityCell::modelOutputError,
     &SensitivityCell::modelOutputStandardError},
    {"output-mse", &SensitivityCell::outputMse, nullptr},
    {"weight-mse", &SensitivityCell::weightMse, nullptr},
};

bool everyCellHas(const SensitivityTable &table, DamageField field)
{
    return std::all_of(table.cells.begin(), table.cells.end(),
                       [field](const SensitivityCell &cell) { return (cell.*field).has_value(); });
}

bool anyCellHas(const SensitivityTable &table, DamageField field)
{
    return std::any_of(table.cells.begin(), table.cells.end(),
                       [field](const SensitivityCell &cell) { return (cell.*field).has_value(); });
}

/// Metrics of every cell, for a message.
std::string namesOf(const SensitivityTable &table)
{
    std::string names;
    for (const DamageMetric &metric : metrics) {
        if (everyCellHas(table, metric.field)) {
            names += (names.empty() ? "" : ", ") + std::string(metric.name);
        }
    }
    return names.empty() ? "automatic" : names;
}

const DamageMetric &damageMetric(const SensitivityTable &table, std::string_view name)
{
    bool isKnown = name == damageMetrics[0];
    for (const DamageMetric &metric : metrics) {
        isKnown = isKnown || metric.name == name;
        const bool isWanted = name == damageMetrics[0] || name == metric.name;
        if (isWanted && everyCellHas(table, metric.field)) {
            return metric;
        }
    }
    if (!isKnown) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "Unknown sensitivity metric \"%1\"."),
                    name);
    }
    const auto wanted = std::find_if(std::begin(metrics), std::end(metrics),
                                     [name](const DamageMetric &m) { return m.name == name; });
    const bool isStarted = wanted != std::end(metrics) && anyCellHas(table, wanted->field);
    if (isStarted) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The sensitivity run has %1 for some layers only; let it finish "
                                "(resume), or choose another metric (--set allocator.metric=%2)."),
                    name, namesOf(table));
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The sensitivity run was not asked for %1; choose a metric that it has "
                            "(--set allocator.metric=%2), or run it again."),
                name, namesOf(table));
}

/// The damage, and the change of the loss where one is known.
void setDamages(AllocationCandidate &candidate, const SensitivityCell &cell,
                const DamageMetric &metric, const LossEstimate &loss)
{
    candidate.deltaNll = loss.change;
    candidate.deltaNllUncertainty = loss.uncertainty;
    candidate.damage = *(cell.*metric.field);
    if (metric.field == &SensitivityCell::deltaNll) {
        candidate.damage = *loss.change;
        candidate.damageUncertainty = loss.uncertainty;
    } else if (metric.field == &SensitivityCell::predictedDeltaNll && candidate.damage < 0) {
        candidate.damage = 0;
    } else if (metric.standardError != nullptr) {
        candidate.damageUncertainty = Uncertainty::of(cell.*metric.standardError);
    }
}

AllocationLayer &layerOf(AllocationProblem &problem, const SensitivityCell &cell,
                         std::map<std::string, std::size_t> &positions)
{
    const auto [found, isNew] = positions.emplace(cell.layer, problem.layers.size());
    if (isNew) {
        AllocationLayer &layer = problem.layers.emplace_back();
        layer.name = cell.layer;
        layer.weights = cell.weights;
        layer.block = cell.block;
    }
    return problem.layers[found->second];
}

bool isPattern(std::string_view name) { return name.find_first_of("*?") != std::string_view::npos; }

void pin(AllocationProblem &problem, const std::string &pattern, double value)
{
    bool isFound = false;
    for (AllocationLayer &layer : problem.layers) {
        if (!globMatches(pattern, layer.name)) {
            continue;
        }
        isFound = true;
        bool isProbed = false;
        for (const AllocationCandidate &candidate : layer.candidates) {
            if (candidate.ratio.value_or(candidate.bits) == value) {
                isProbed = true;
                layer.pinnedBits = candidate.bits;
                layer.pinnedRatio = candidate.ratio;
            }
        }
        if (!isProbed && layer.candidates.front().ratio) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "Layer %1 cannot be pinned to the ratio %2: the sensitivity "
                                    "run did not probe it."),
                        layer.name, value);
        }
        if (!isProbed) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "Layer %1 cannot be pinned to %2 bits: the sensitivity run did "
                                    "not probe that width."),
                        layer.name, value);
        }
    }
    if (!isFound) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "No layer of the sensitivity run is named %1; see "
                                "\"inspect\" for the names."),
                    pattern);
    }
}

} // namespace

AllocationProblem allocationProblem(const SensitivityTable &table, std::string_view metricName,
                                    const std::map<std::string, double> &pins)
{
    if (table.cells.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The sensitivity run holds no layers; run it again."));
    }
    const DamageMetric &metric = damageMetric(table, metricName);
    const std::vector<LossEstimate> losses = lossEstimates(table);
    AllocationProblem problem;
    problem.fixedBytes = table.fixedBytes;
    problem.fixedBitOperations = table.fixedBitOperations;
    problem.fixedIoBytes = static_cast<std::int64_t>(std::ceil(table.fixedIoBytes));
    std::map<std::string, std::size_t> positions;
    for (std::size_t i = 0; i < table.cells.size(); ++i) {
        const SensitivityCell &cell = table.cells[i];
        AllocationCandidate &candidate
            = layerOf(problem, cell, positions).candidates.emplace_back();
        candidate.bits = cell.bits;
        candidate.ratio = cell.ratio;
        candidate.storageBits = cell.storageBits;
        setDamages(candidate, cell, metric, losses[i]);
        // Tables of older versions: activations at 16 bits, and every weight read once per token.
        candidate.bitOperations = cell.bitOperations.value_or(static_cast<double>(cell.weights)
                                                              * cell.bits * fullWidth);
        candidate.ioBytes = cell.ioBytes ? static_cast<std::int64_t>(std::ceil(*cell.ioBytes))
                                         : (cell.storageBits + 7) / 8;
    }
    for (const bool isExact : {false, true}) { // a layer's own name beats patterns
        for (const auto &[pattern, value] : pins) {
            if (isPattern(pattern) != isExact) {
                pin(problem, pattern, value);
            }
        }
    }
    return problem;
}

} // namespace bitprism
