// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QSet>
#include <QStringList>

class QLabel;
class QTimer;

namespace bitprism {

/// Says for some seconds which runs were deleted, and offers to bring them back. So long they are
/// hidden only.
class DeletionBar : public QFrame
{
    Q_OBJECT

public:
    explicit DeletionBar(QWidget *parent = nullptr);

    static constexpr int seconds = 10; ///< in which a deletion can be undone

    /// What was hidden before cannot be brought back any more.
    void hideRuns(const QStringList &runs);
    /// Deletes at once what is hidden.
    void finish();
    const QSet<QString> &hidden() const { return m_hidden; }

Q_SIGNALS:
    void hiddenChanged();
    /// The time is over: these are to be deleted.
    void deletionDue(const QStringList &runs);

private:
    void showTime();
    void restore();
    void tick();
    void forget();

    QLabel *m_text;
    QTimer *m_timer;
    QSet<QString> m_hidden;
    int m_secondsLeft = 0;
};

} // namespace bitprism
