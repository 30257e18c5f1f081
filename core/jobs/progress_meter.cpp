// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/progress_meter.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr double sampleSeconds = 0.25;
/// Below this share of the work the first samples are mostly warm-up and would mislead.
constexpr double leastFraction = 0.01;

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
    const double memory = std::exp(-step / std::max(1.0, elapsed / 3));
    m_speed = m_speed > 0 ? memory * m_speed + (1 - memory) * speed : speed;
    m_sampledFraction = current;
    m_sampled.store(elapsed, std::memory_order_relaxed);
    if (current >= leastFraction) {
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
