// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>

class QDialogButtonBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace bitprism {

class JobHub;

/// Shown when the window is closed during a job: asks first, since hours may be at stake, then
/// cancels everything and waits until it has stopped, at most five seconds, with the event loop
/// alive. What is finished is kept and can be resumed. Where the jobs end while it asks, it goes on
/// by itself.
class ClosingDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ClosingDialog(JobHub &hub, QWidget *parent = nullptr);

    static constexpr int mostMilliseconds = 5000;

    /// What the button "Stop and close" does.
    void stop();
    void reject() override; ///< back to the window, while it asks

Q_SIGNALS:
    /// Nothing works any more, or the time is over; said once.
    void stopped();

private:
    void look();
    void showQuestion();

    JobHub &m_hub;
    QLabel *m_text;
    QProgressBar *m_progress;
    QDialogButtonBox *m_buttons;
    QTimer m_limit;
    bool m_isStopping = false;
    bool m_isSaid = false;
};

} // namespace bitprism
