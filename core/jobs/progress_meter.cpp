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
    const double step = elapsed - m_sampled.load(std::memory_order_relaxed);
    if (step < sampleSeconds || current <= m_sampledFraction) {
        return;
    }
    const double speed = (current - m_sampledFraction) / step;
    // What the first report says may have been taken over by a resumed job: no speed.
    const bool isFirst = m_sampledFraction == 0;
    m_sampledFraction = current;
    m_sampled.store(elapsed, std::memory_order_relaxed);
    if (isFirst || elapsed < warmUpSeconds) {
        m_settledFrom = current;
        return;
    }
    const double memory = std::exp(-step / std::max(1.0, elapsed / 3));
    m_speed = m_speed > 0 ? memory * m_speed + (1 - memory) * speed : speed;
    ++m_samples;
    const bool isSettled = current >= leastFraction && elapsed >= leastSeconds
        && (m_samples >= leastSamples || current - m_settledFrom >= goodPart);
    if (isSettled) {
        m_remaining.store((1 - current) / m_speed, std::memory_order_relaxed);
    }
}

void ProgressMeter::finish(Clock::time_point now)
{
    m_end = now;
    m_remaining = 0;
}

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
    const double remaining = m_remaining.load(std::memory_order_relaxed);
    if (remaining <= 0) {
        return remaining;
    }
    const double since = elapsedSeconds(now) - m_sampled.load(std::memory_order_relaxed);
    return std::max(0.0, remaining - since);
}

} // namespace bitprism
