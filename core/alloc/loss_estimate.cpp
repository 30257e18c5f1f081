// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/loss_estimate.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t leastCells = 8; // two numbers are learned from them
/// Models agree no better than this with their divergence (r was 0.1 to 0.7 where it was measured):
/// a few lucky cells must not claim more.
constexpr double leastScatter = 0.1;
constexpr int mostRounds = 100;
constexpr double sameScatter = 1e-9;

/// The change of the loss as the divergence foretells it.
struct LossPrior
{
    double slope = 1; ///< c
    double slopeError = 0;
    double scatter = 0; ///< r
};

bool teaches(const SensitivityCell &cell)
{
    return cell.deltaNll && cell.klDivergence && *cell.klDivergence > 0
        && cell.deltaNllStandardError && *cell.deltaNllStandardError > 0;
}

std::optional<LossPrior> learnPrior(const SensitivityTable &table)
{
    std::vector<const SensitivityCell *> cells;
    for (const SensitivityCell &cell : table.cells) {
        if (teaches(cell)) {
            cells.push_back(&cell);
        }
    }
    if (cells.size() < leastCells) {
        return std::nullopt;
    }
    LossPrior prior;
    for (int round = 0; round < mostRounds; ++round) {
        double changes = 0;
        double squares = 0;
        double beyond = 0; // scatter beyond the probes' noise
        double fourths = 0;
        const auto weight = [&](const SensitivityCell &cell) {
            const double error = *cell.deltaNllStandardError;
            const double own = prior.scatter * *cell.klDivergence;
            return 1 / (error * error + own * own);
        };
        for (const SensitivityCell *cell : cells) {
            const double k = *cell->klDivergence;
            changes += weight(*cell) * *cell->deltaNll * k;
            squares += weight(*cell) * k * k;
        }
        prior.slope = changes / squares;
        prior.slopeError = 1 / std::sqrt(squares);
        for (const SensitivityCell *cell : cells) {
            const double k = *cell->klDivergence;
            const double share = weight(*cell) * k * weight(*cell) * k;
            const double error = *cell->deltaNllStandardError;
            const double residual = *cell->deltaNll - prior.slope * k;
            beyond += (residual * residual - error * error) * share;
            fourths += k * k * share;
        }
        const double scatter = std::max(std::sqrt(std::max(0.0, beyond / fourths)), leastScatter);
        const bool isSettled = std::fabs(scatter - prior.scatter) <= sameScatter * scatter;
        prior.scatter = scatter;
        if (isSettled) {
            break;
        }
    }
    const bool isSound = std::isfinite(prior.slope) && std::isfinite(prior.scatter)
        && prior.slope > 0 && std::isfinite(prior.slopeError);
    return isSound ? std::optional(prior) : std::nullopt;
}

LossEstimate shrunk(const SensitivityCell &cell, const LossPrior &prior)
{
    const double k = *cell.klDivergence;
    const double noise = *cell.deltaNllStandardError * *cell.deltaNllStandardError;
    const double own = prior.scatter * k * prior.scatter * k;
    const double trust = own + noise > 0 ? own / (own + noise) : 1; // in the measurement
    LossEstimate estimate;
    estimate.change = std::max(0.0, trust * *cell.deltaNll + (1 - trust) * prior.slope * k);
    estimate.uncertainty = {trust * noise, (1 - trust) * k * prior.slopeError, true};
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
    const std::optional<LossPrior> prior = learnPrior(table);
    std::vector<LossEstimate> estimates;
    estimates.reserve(table.cells.size());
    for (const SensitivityCell &cell : table.cells) {
        const bool isNoisy = cell.deltaNll && cell.klDivergence && cell.deltaNllStandardError;
        estimates.push_back(prior && isNoisy ? shrunk(cell, *prior) : plain(cell));
    }
    return estimates;
}

} // namespace bitprism
