// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace bitprism {

struct HubJob;

/// The one line at the bottom of the window: what works, how far it is, how long it will take, and
/// its end. The title bar of the job dock, so that dragging it moves the dock.
class JobLine : public QWidget
{
    Q_OBJECT

public:
    explicit JobLine(ViewContext &context, QWidget *parent = nullptr);

    /// What stands there while nothing works.
    void setIdleText(const QString &text);
    void setOpen(bool isOpen);

Q_SIGNALS:
    void openToggled(bool isOpen);

private:
    void showJobs();
    void showJob(const HubJob &job);

    ViewContext &m_context;
    QToolButton *m_open;
    QLabel *m_text;
    QLabel *m_stage;
    QProgressBar *m_progress;
    QLabel *m_time;
    QPushButton *m_action;
    QPushButton *m_copy;
    QString m_idleText;
    quint64 m_shown = 0;
};

} // namespace bitprism
