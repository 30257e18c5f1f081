// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/stall_monitor.h"

#include <QEvent>
#include <QMetaEnum>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

namespace bitprism {

namespace {

constexpr int beatMilliseconds = 4;

double threadMilliseconds()
{
    timespec now = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::string nameOf(const char *receiver, int eventType)
{
    const char *type = QMetaEnum::fromType<QEvent::Type>().valueToKey(eventType);
    return std::string(receiver) + ", "
        + (type == nullptr ? std::to_string(eventType) : std::string(type));
}

} // namespace

double StallMonitor::Figures::gap(double share) const
{
    if (gaps.empty()) {
        return 0;
    }
    std::vector<double> sorted = gaps;
    std::sort(sorted.begin(), sorted.end());
    const double place = std::ceil(share * static_cast<double>(sorted.size())) - 1;
    return sorted[static_cast<std::size_t>(std::max(0.0, place))];
}

StallMonitor::StallMonitor(QObject *parent)
    : QObject(parent)
{
    m_beat.setTimerType(Qt::PreciseTimer);
    m_beat.setInterval(beatMilliseconds);
    connect(&m_beat, &QTimer::timeout, this, &StallMonitor::beat);
}

void StallMonitor::begin()
{
    if (m_depth++ == 0) {
        m_start = threadMilliseconds();
    }
}

void StallMonitor::end(const char *receiver, int eventType)
{
    if (--m_depth > 0) {
        return;
    }
    const double taken = threadMilliseconds() - m_start;
    m_figures.slotCount += 1;
    if (taken > m_figures.longestSlot) {
        m_figures.longestSlot = taken;
        m_figures.longestName = nameOf(receiver, eventType);
    }
    if (taken > mostMilliseconds) {
        m_figures.longSlots += 1;
        if (m_logs) {
            std::fprintf(stderr, "bitprism: the window was busy for %.0f ms: %s\n", taken,
                         nameOf(receiver, eventType).c_str());
        }
    }
}

void StallMonitor::startGaps()
{
    m_lastBeat = std::chrono::steady_clock::now();
    m_beat.start();
}

void StallMonitor::beat()
{
    const auto now = std::chrono::steady_clock::now();
    m_figures.gaps.push_back(std::chrono::duration<double, std::milli>(now - m_lastBeat).count());
    m_lastBeat = now;
}

StallMonitor::Figures StallMonitor::take() { return std::exchange(m_figures, Figures()); }

} // namespace bitprism
