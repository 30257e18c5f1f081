// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"

namespace bitprism {

/// The time left of a job at work, for everything in the window that tells of it. It begins with
/// the estimate and goes over to the measured speed as the share that is done grows; where the two
/// disagree the answer moves to the new one within seconds, and never counts down to nothing while
/// there is work.
class TimeLeft
{
public:
    /// Seconds, as of `now`; below 0: nothing is known. `estimate` is of all that was to be done
    /// when the job started (0: not known), `startedAt` the share that was done then.
    double take(const JobProgress &now, double estimate, double startedAt);
    /// The last answer is the estimate more than the speed.
    bool isEstimated() const { return m_isEstimated; }

private:
    double m_shown = -1; ///< seconds; below 0: none yet
    double m_asOf = 0; ///< elapsed seconds of the job
    bool m_isEstimated = false;
};

} // namespace bitprism
