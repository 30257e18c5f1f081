// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QDockWidget>

class QPlainTextEdit;
class QPushButton;
class QSplitter;
class QTreeView;

namespace bitprism {

class JobLine;
class JobsModel;
struct HubJob;

/// Jobs at the bottom of the window: one line, or the queue and the log of the chosen job.
class JobDock : public QDockWidget
{
    Q_OBJECT

public:
    explicit JobDock(ViewContext &context, QWidget *parent = nullptr);

    void setOpen(bool isOpen);
    bool isOpen() const;
    JobLine &line() { return *m_line; }

private:
    QWidget *makeQueue();
    int widthOf(int column) const;
    void showJob();
    void showLog(quint64 id);
    void showButtons(const HubJob *job);
    quint64 currentJob() const;

    ViewContext &m_context;
    JobLine *m_line;
    JobsModel *m_model;
    QTreeView *m_queue;
    QPlainTextEdit *m_log;
    QPushButton *m_cancel;
    QPushButton *m_retry;
    QPushButton *m_copy;
    QWidget *m_details;
    QSplitter *m_split;
    quint64 m_logJob = 0;
    qsizetype m_logLines = 0;
};

} // namespace bitprism
