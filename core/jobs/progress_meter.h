// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>

namespace bitprism {

/// Turns "a fraction is done" into the time that is left. One thread reports, any thread asks.
/// The speed is a mean that forgets with a time constant of a third of the elapsed time, so that
/// blocks of unequal cost shift the answer smoothly; none is given until it has settled.
class ProgressMeter
{
public:
    using Clock = std::chrono::steady_clock;

    void start(Clock::time_point now);
    /// `fraction` in [0, 1]; never falls. A few nanoseconds, unless a quarter second has passed.
    void report(double fraction, Clock::time_point now);
    /// Stops the clock.
    void finish(Clock::time_point now);

    double fraction() const { return m_fraction.load(std::memory_order_relaxed); }
    /// 0 before start().
    double elapsedSeconds(Clock::time_point now) const;
    /// Below 0: not known yet.
    double remainingSeconds(Clock::time_point now) const;

private:
    std::atomic<double> m_fraction{0};
    std::atomic<Clock::time_point> m_start{Clock::time_point{}};
    std::atomic<Clock::time_point> m_end{Clock::time_point{}};
    std::atomic<double> m_remaining{-1}; ///< seconds, as of m_sampled
    std::atomic<double> m_sampled{0}; ///< elapsed seconds at the last sample
    double m_sampledFraction = 0;
    double m_settledFrom = 0; ///< the fraction that the first speed is measured from
    double m_speed = 0; ///< fraction per second
    int m_samples = 0; ///< of the speed
};

} // namespace bitprism
