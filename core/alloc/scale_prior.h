// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace bitprism {

/// A noisy number x, its standard error, and a scale k that foretells it.
struct ScaledProbe
{
    double value = 0;
    double error = 0;
    double scale = 0;
};

/// That numbers lie near c k, with the standard deviation r k.
struct ScalePrior
{
    double slope = 1; ///< c
    double slopeError = 0;
    double scatter = 0; ///< r

    /// The mean and the variance of the normal posterior of a probe, and how much of the mean is
    /// the measurement: (r^2 k^2 x + s^2 c k) / (r^2 k^2 + s^2) and r^2 k^2 s^2 / (r^2 k^2 + s^2).
    struct Posterior
    {
        double mean = 0;
        double variance = 0;
        double trust = 1;
    };
    Posterior of(const ScaledProbe &probe) const;
};

/// c and r from the probes themselves (empirical Bayes: weighted least squares, and the moment
/// equation of Paule and Mandel, 1982), r at least `leastScatter`. Nothing where no finite pair was
/// found.
std::optional<ScalePrior> learnScalePrior(const std::vector<ScaledProbe> &probes,
                                          double leastScatter);

} // namespace bitprism
