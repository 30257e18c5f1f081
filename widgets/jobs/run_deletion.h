// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSet>
#include <QStringList>
#include <QTimer>

namespace bitprism {

class Project;

/// Runs that the user deleted: for some seconds they are hidden only, from every view, and can be
/// brought back. Belongs to what outlives the window, which is made anew in another language.
class RunDeletion : public QObject
{
    Q_OBJECT

public:
    static constexpr int seconds = 10; ///< in which a deletion can be undone

    /// `project` outlives it.
    explicit RunDeletion(Project &project, QObject *parent = nullptr);

    /// What was hidden before is deleted now.
    void hide(const QStringList &runs);
    void restore();
    /// Deletes at once what can still be brought back.
    void finish();
    /// These could not be deleted: they are there again.
    void takeBack(const QString &run);

    /// How many can be brought back, and how long.
    int waiting() const { return static_cast<int>(m_waiting.size()); }
    int secondsLeft() const { return m_secondsLeft; }
    /// For tests: how long a second takes.
    void setSecond(int milliseconds) { m_timer.setInterval(milliseconds); }

Q_SIGNALS:
    /// waiting() or secondsLeft() is another.
    void changed();
    /// The time is over.
    void due(const QString &run);

private:
    void tick();
    void tellProject();

    Project &m_project;
    QTimer m_timer;
    QStringList m_waiting;
    QSet<QString> m_leaving; ///< the time is over; they stay hidden until they are gone
    int m_secondsLeft = 0;
};

} // namespace bitprism
