// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace bitprism {

/// Turns "a fraction is done" into the time that is left. One thread reports, any thread asks.
/// The speed is a mean that forgets with the time of work as its time constant, so that steps of
/// unequal cost shift the answer smoothly; none is given until it has settled. Between two reports
/// the answer counts down; a step that takes longer than steps did slows the speed, and what is
/// left is never less than the time that such a step has taken already.
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
    /// What remainingSeconds() goes by.
    struct Pace
    {
        double sampled = 0; ///< elapsed seconds at the last sample
        double fraction = 0; ///< at the last sample
        double speed = 0; ///< fraction per second
        double memory = 1; ///< seconds after which the speed is forgotten
        double step = 0; ///< mean seconds between two samples
        bool isSettled = false;
    };

    mutable std::mutex m_mutex; ///< of m_pace
    Pace m_pace;
    double m_settledFrom = 0; ///< the fraction that the first speed is measured from
    double m_settledAt = 0; ///< elapsed seconds there
    int m_samples = 0; ///< of the speed
};

} // namespace bitprism
