// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/loss_estimate.h"

#include "core/alloc/scale_prior.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t leastCells = 8; // two numbers are learned from them
/// Models agree no better than this with their divergence (r was 0.1 to 0.7 where it was measured):
/// a few lucky cells must not claim more.
constexpr double leastScatter = 0.1;
bool teaches(const SensitivityCell &cell)
{
    return cell.deltaNll && cell.klDivergence && *cell.klDivergence > 0
        && cell.deltaNllStandardError && *cell.deltaNllStandardError > 0;
}

ScaledProbe probeOf(const SensitivityCell &cell)
{
    return {*cell.deltaNll, *cell.deltaNllStandardError, *cell.klDivergence};
}

/// The change of the loss as the divergence foretells it.
std::optional<ScalePrior> learnPrior(const SensitivityTable &table)
{
    std::vector<ScaledProbe> probes;
    for (const SensitivityCell &cell : table.cells) {
        if (teaches(cell)) {
            probes.push_back(probeOf(cell));
        }
    }
    if (probes.size() < leastCells) {
        return std::nullopt;
    }
    const std::optional<ScalePrior> prior = learnScalePrior(probes, leastScatter);
    return prior && prior->slope > 0 ? prior : std::nullopt;
}

LossEstimate shrunk(const SensitivityCell &cell, const ScalePrior &prior)
{
    const ScalePrior::Posterior posterior = prior.of(probeOf(cell));
    LossEstimate estimate;
    estimate.change = std::max(0.0, posterior.mean);
    estimate.uncertainty
        = {posterior.variance, (1 - posterior.trust) * *cell.klDivergence * prior.slopeError, true};
    return estimate;
}

LossEstimate plain(const SensitivityCell &cell)
{
    LossEstimate estimate;
    const std::optional<double> change = cell.deltaNll ? cell.deltaNll : cell.predictedDeltaNll;
    if (change) { // not a number stays what it is: whoever uses it complains
        estimate.change = *change < 0 ? 0 : *change;
    }
    if (cell.deltaNll) {
        estimate.uncertainty = Uncertainty::of(cell.deltaNllStandardError);
    }
    return estimate;
}

} // namespace

std::vector<LossEstimate> lossEstimates(const SensitivityTable &table)
{
    const std::optional<ScalePrior> prior = learnPrior(table);
    std::vector<LossEstimate> estimates;
    estimates.reserve(table.cells.size());
    for (const SensitivityCell &cell : table.cells) {
        const bool isNoisy = cell.deltaNll && cell.klDivergence && cell.deltaNllStandardError;
        estimates.push_back(prior && isNoisy ? shrunk(cell, *prior) : plain(cell));
    }
    return estimates;
}

} // namespace bitprism
