// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>

namespace bitprism {

class JobHub;

/// Shown while the window closes during a job: cancels everything and waits until it has stopped,
/// at most five seconds, with the event loop alive. What is finished is kept and can be resumed.
class ClosingDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ClosingDialog(JobHub &hub, QWidget *parent = nullptr);

    static constexpr int mostMilliseconds = 5000;

Q_SIGNALS:
    /// Nothing works any more, or the time is over; said once.
    void stopped();

protected:
    void closeEvent(QCloseEvent *event) override;
    void reject() override { } // there is nothing to go back to

private:
    void look();

    JobHub &m_hub;
    QTimer m_limit;
    bool m_isSaid = false;
};

} // namespace bitprism
