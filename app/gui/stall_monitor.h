// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// How long the GUI thread was busy at one thing, and how long it let the next wait. Slots are
/// counted in the thread's own CPU time; gaps are the times between beats of a fast timer, which
/// other processes lengthen too.
class StallMonitor : public QObject
{
    Q_OBJECT

public:
    static constexpr double mostMilliseconds = 16; ///< that a slot may take

    struct Figures
    {
        std::int64_t slotCount = 0;
        double longestSlot = 0; ///< milliseconds of CPU
        std::int64_t longSlots = 0; ///< above mostMilliseconds
        std::string longestName; ///< receiver and event of the longest
        std::vector<double> gaps; ///< milliseconds

        /// The gap that `share` (0 to 1) of all gaps do not exceed, in milliseconds.
        double gap(double share) const;
    };

    explicit StallMonitor(QObject *parent = nullptr);

    /// Around everything that QApplication::notify delivers; nested deliveries belong to the first.
    void begin();
    void end(const char *receiver, int eventType);

    /// Writes every long slot to standard error, by name.
    void setLogging(bool logs) { m_logs = logs; }
    /// Also measures gaps, which costs a timer.
    void startGaps();
    /// What was measured since the last call.
    Figures take();

private:
    void beat();

    int m_depth = 0;
    double m_start = 0; ///< of the slot, in milliseconds of the thread's CPU time
    bool m_logs = false;
    Figures m_figures;
    QTimer m_beat;
    std::chrono::steady_clock::time_point m_lastBeat;
};

} // namespace bitprism
