// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace bitprism {

/// What a view shows while it has no data: one sentence, and one button that does the next thing.
class StatePanel : public QWidget
{
    Q_OBJECT

public:
    explicit StatePanel(QWidget *parent = nullptr);

    void showEmpty(const QString &sentence, const QString &action);
    void showLoading(const QString &sentence);
    enum class Retry
    {
        No,
        Yes ///< a button offers it; retryTriggered() follows
    };
    /// `action` is something else to do; empty: nothing.
    void showFailure(const QString &sentence, Retry retry, const QString &action = {});

    QString sentence() const;

Q_SIGNALS:
    void actionTriggered();
    void retryTriggered();

private:
    void show(const QString &sentence, const QString &action, bool isFailure);

    QProgressBar *m_progress;
    QLabel *m_sign;
    QLabel *m_sentence;
    QPushButton *m_action;
    QPushButton *m_copy; ///< the error
    QPushButton *m_retry;
};

} // namespace bitprism
