// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/time_left.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr double trustedShare = 0.3; ///< from here on the speed alone counts
constexpr double settlingSeconds = 4; ///< in which the answer moves most of the way to a new one
constexpr double leastSeconds = 0.5; ///< while there is work

/// By the clock, but not less than half of what the share that is done leaves: an estimate that was
/// too low runs out while the work does not, and then the whole takes longer than it took so far.
double leftByEstimate(double estimate, double elapsed, double share)
{
    return std::max(estimate - elapsed, std::max(estimate, elapsed) * (1 - share) / 2);
}

} // namespace

double TimeLeft::take(const JobProgress &now, double estimate, double startedAt)
{
    const double bySpeed = now.remainingSeconds;
    const double share
        = std::clamp((now.fraction - startedAt) / std::max(1 - startedAt, 1e-9), 0.0, 1.0);
    m_isEstimated = false;
    if (bySpeed < 0 && estimate <= 0) {
        return m_shown = -1;
    }
    double target = std::max(bySpeed, leastSeconds);
    if (estimate > 0) {
        const double doubt = std::max(0.0, 1 - share / trustedShare);
        const double weight = bySpeed < 0 ? 0 : 1 - doubt * doubt; // of the speed
        const double byEstimate
            = std::max(leftByEstimate(estimate, now.elapsedSeconds, share), leastSeconds);
        // By factors, as the two may be factors apart.
        target = std::pow(byEstimate, 1 - weight) * std::pow(target, weight);
        m_isEstimated = weight < 0.5;
    }
    const double passed = now.elapsedSeconds - m_asOf;
    if (m_shown < 0 || passed < 0) { // the first answer, or of a new execution
        m_shown = target;
    } else {
        const double counted = std::max(m_shown - passed, std::min(m_shown, target) / 2);
        const double kept = std::exp(-passed / settlingSeconds);
        m_shown = std::pow(counted, kept) * std::pow(target, 1 - kept);
    }
    m_asOf = now.elapsedSeconds;
    return m_shown;
}

} // namespace bitprism
