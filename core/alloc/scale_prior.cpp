// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/scale_prior.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

ScalePrior::Posterior ScalePrior::of(const ScaledProbe &probe) const
{
    const double noise = probe.error * probe.error;
    const double own = scatter * probe.scale * scatter * probe.scale;
    const double trust = own + noise > 0 ? own / (own + noise) : 1;
    return {trust * probe.value + (1 - trust) * slope * probe.scale, trust * noise, trust};
}

std::optional<ScalePrior> learnScalePrior(const std::vector<ScaledProbe> &probes,
                                          double leastScatter)
{
    constexpr int mostRounds = 100;
    constexpr double sameScatter = 1e-9;
    ScalePrior prior;
    for (int round = 0; round < mostRounds; ++round) {
        double values = 0;
        double squares = 0;
        double beyond = 0; // scatter beyond the probes' noise
        double fourths = 0;
        const auto weight = [&](const ScaledProbe &probe) {
            const double own = prior.scatter * probe.scale;
            return 1 / (probe.error * probe.error + own * own);
        };
        for (const ScaledProbe &probe : probes) {
            values += weight(probe) * probe.value * probe.scale;
            squares += weight(probe) * probe.scale * probe.scale;
        }
        prior.slope = values / squares;
        prior.slopeError = 1 / std::sqrt(squares);
        for (const ScaledProbe &probe : probes) {
            const double share = weight(probe) * probe.scale * weight(probe) * probe.scale;
            const double residual = probe.value - prior.slope * probe.scale;
            beyond += (residual * residual - probe.error * probe.error) * share;
            fourths += probe.scale * probe.scale * share;
        }
        const double scatter = std::max(std::sqrt(std::max(0.0, beyond / fourths)), leastScatter);
        const bool isSettled = std::fabs(scatter - prior.scatter) <= sameScatter * scatter;
        prior.scatter = scatter;
        if (isSettled) {
            break;
        }
    }
    const bool isSound = std::isfinite(prior.slope) && std::isfinite(prior.scatter)
        && std::isfinite(prior.slopeError);
    return isSound ? std::optional(prior) : std::nullopt;
}

} // namespace bitprism
