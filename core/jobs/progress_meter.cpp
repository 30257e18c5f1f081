// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/progress_meter.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr double sampleSeconds = 0.25;
constexpr double warmUpSeconds = 1; ///< while it reads
/// The answer is kept back until it settles: before this time and this share, and after fewer
/// samples (unless a good part is done), it would jump by factors.
constexpr double leastSeconds = 3;
constexpr double leastFraction = 0.01;
constexpr int leastSamples = 3;
constexpr double goodPart = 0.1;

double secondsBetween(ProgressMeter::Clock::time_point from, ProgressMeter::Clock::time_point to)
{
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

void ProgressMeter::start(Clock::time_point now) { m_start = now; }

void ProgressMeter::report(double fraction, Clock::time_point now)
{
    const double current = std::clamp(fraction, m_fraction.load(std::memory_order_relaxed), 1.0);
    m_fraction.store(current, std::memory_order_relaxed);
    const double elapsed = secondsBetween(m_start.load(std::memory_order_relaxed), now);
    // Only this thread writes the pace: it may read it without the lock.
    const double step = elapsed - m_pace.sampled;
    if (step < sampleSeconds || current <= m_pace.fraction) {
        return;
    }
    Pace pace = m_pace;
    const double speed = (current - pace.fraction) / step;
    // What the first report says may have been taken over by a resumed job: no speed.
    const bool isFirst = pace.fraction == 0;
    pace.fraction = current;
    pace.sampled = elapsed;
    if (isFirst || elapsed < warmUpSeconds) {
        m_settledFrom = current;
        m_settledAt = elapsed;
    } else {
        pace.memory = std::max(1.0, elapsed - m_settledAt);
        const double kept = std::exp(-step / pace.memory);
        pace.speed = pace.speed > 0 ? kept * pace.speed + (1 - kept) * speed : speed;
        ++m_samples;
        pace.step = (elapsed - m_settledAt) / m_samples;
        pace.isSettled = pace.isSettled
            || (current >= leastFraction && elapsed >= leastSeconds
                && (m_samples >= leastSamples || current - m_settledFrom >= goodPart));
    }
    const std::scoped_lock lock(m_mutex);
    m_pace = pace;
}

void ProgressMeter::finish(Clock::time_point now) { m_end = now; }

double ProgressMeter::elapsedSeconds(Clock::time_point now) const
{
    const Clock::time_point begin = m_start.load(std::memory_order_relaxed);
    const Clock::time_point end = m_end.load(std::memory_order_relaxed);
    if (begin == Clock::time_point{}) {
        return 0;
    }
    return secondsBetween(begin, end == Clock::time_point{} ? now : end);
}

double ProgressMeter::remainingSeconds(Clock::time_point now) const
{
    if (m_end.load(std::memory_order_relaxed) != Clock::time_point{}) {
        return 0;
    }
    Pace pace;
    {
        const std::scoped_lock lock(m_mutex);
        pace = m_pace;
    }
    if (!pace.isSettled) {
        return -1;
    }
    const double since = std::max(0.0, elapsedSeconds(now) - pace.sampled);
    const double left = (1 - pace.fraction) / pace.speed;
    if (since <= pace.step) {
        return std::max(left - since, std::min(left, pace.step) / 2);
    }
    // The step is late: as if it ended now.
    const double kept = std::exp(-since / pace.memory);
    const double slowed = kept + (1 - kept) * pace.step / since; // 1 where it is just not late
    return std::max((left - pace.step) / slowed, since);
}

} // namespace bitprism
