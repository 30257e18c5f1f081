// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/job_dock/job_dock.h"

#include "widgets/job_dock/job_line.h"
#include "widgets/job_dock/jobs_model.h"
#include "widgets/job_dock/progress_delegate.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/shared/layout_fence.h"
#include "widgets/shared/metrics.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace bitprism {

namespace {

constexpr int openLines = 12; // height of the open dock, in lines of text

} // namespace

JobDock::JobDock(ViewContext &context, QWidget *parent)
    : QDockWidget(tr("Jobs"), parent)
    , m_context(context)
    , m_line(new JobLine(context, this))
    , m_model(new JobsModel(*context.hub, this))
    , m_queue(new QTreeView(this))
    , m_log(new QPlainTextEdit(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_retry(new QPushButton(this))
    , m_copy(new QPushButton(tr("Copy error"), this))
    , m_details(new QWidget(this))
    , m_split(new QSplitter(Qt::Horizontal, m_details))
{
    // Its texts change ten times a second, and want as much room as there is.
    auto *fence = new LayoutFence(m_line, this);
    fence->setModest(Qt::Horizontal);
    setTitleBarWidget(fence);
    m_log->setReadOnly(true);
    m_log->setAccessibleName(tr("Log of the chosen job"));
    m_log->setFrameShape(QFrame::NoFrame);
    m_split->addWidget(makeQueue());
    m_split->addWidget(m_log);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    auto *layout = new QVBoxLayout(m_details);
    layout->setContentsMargins(space(this, 2), 0, space(this, 2), 0);
    layout->addWidget(m_split);
    setWidget(m_details);
    setOpen(false);
    connect(m_line, &JobLine::openToggled, this, &JobDock::setOpen);
    connect(context.hub, &JobHub::jobChanged, this, &JobDock::showLog);
    connect(m_queue->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &JobDock::showJob);
    showJob();
}

QWidget *JobDock::makeQueue()
{
    m_queue->setModel(m_model);
    m_queue->setAccessibleName(tr("Queue of jobs"));
    m_queue->setRootIsDecorated(false);
    m_queue->setUniformRowHeights(true);
    m_queue->setFrameShape(QFrame::NoFrame);
    m_queue->setItemDelegate(new ProgressDelegate(m_queue));
    m_queue->header()->setSectionResizeMode(JobsModel::TitleColumn, QHeaderView::Stretch);
    m_queue->header()->setStretchLastSection(false);
    for (const int column :
         {JobsModel::StateColumn, JobsModel::EstimateColumn, JobsModel::TimeColumn}) {
        m_queue->setColumnWidth(column, widthOf(column));
    }
    auto *clear = new QPushButton(tr("Clear finished"), this);
    auto *box = new QWidget(this);
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {m_cancel, m_retry, m_copy, clear}) {
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->addWidget(m_queue);
    layout->addLayout(buttons);
    connect(m_model, &QAbstractItemModel::rowsInserted, this,
            [this] { m_queue->setCurrentIndex(m_model->index(m_model->rowCount() - 1, 0)); });
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_context.hub->cancel(currentJob()); });
    connect(m_retry, &QPushButton::clicked, this, [this] { m_context.hub->retry(currentJob()); });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (const HubJob *job = m_context.hub->find(currentJob())) {
            QApplication::clipboard()->setText(job->failure);
        }
    });
    connect(clear, &QPushButton::clicked, m_context.hub, &JobHub::clearFinished);
    return box;
}

/// Of the longest text that a column has.
int JobDock::widthOf(int column) const
{
    HubJob longest;
    longest.progress.fraction = 1;
    longest.isTimeEstimated = true;
    longest.progress.elapsedSeconds = longest.progress.remainingSeconds = 3599;
    QStringList texts{m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()};
    for (const JobState state : {JobState::Queued, JobState::Running, JobState::Finished,
                                 JobState::Failed, JobState::Cancelled}) {
        longest.state = state;
        texts.append(column == JobsModel::StateColumn ? jobStateText(longest)
                                                      : jobTimeText(longest));
    }
    int width = 0;
    for (const QString &text : std::as_const(texts)) {
        width = qMax(width, fontMetrics().horizontalAdvance(text));
    }
    return width + em(this, 2);
}

void JobDock::setOpen(bool isOpen)
{
    m_line->setOpen(isOpen);
    // The content itself stays: a dock without one is no wider than its title.
    m_split->setVisible(isOpen);
    m_details->setMinimumHeight(isOpen ? fontMetrics().height() * openLines : 0);
    m_details->setMaximumHeight(isOpen ? QWIDGETSIZE_MAX : 0);
}

bool JobDock::isOpen() const { return m_details->maximumHeight() > 0; }

quint64 JobDock::currentJob() const
{
    return m_queue->currentIndex().data(JobsModel::idRole).toULongLong();
}

void JobDock::showJob()
{
    const HubJob *job = m_context.hub->find(currentJob());
    showButtons(job);
    if (job == nullptr || job->id != m_logJob) {
        m_log->clear();
        m_logLines = 0;
        m_logJob = job == nullptr ? 0 : job->id;
    }
    showLog(m_logJob);
}

void JobDock::showLog(quint64 id)
{
    const HubJob *job = m_context.hub->find(id);
    if (job == nullptr || id != m_logJob) {
        return;
    }
    for (; m_logLines < job->log.size(); ++m_logLines) {
        m_log->appendPlainText(job->log.at(m_logLines));
    }
    m_log->setPlaceholderText(job->isOver() ? tr("The chosen job noted nothing.")
                                            : tr("The chosen job noted nothing yet."));
    showButtons(job);
}

void JobDock::showButtons(const HubJob *job)
{
    m_cancel->setEnabled(job != nullptr && !job->isOver());
    m_retry->setText(job == nullptr ? tr("Retry") : retryText(*job));
    m_retry->setEnabled(job != nullptr && job->isOver() && job->state != JobState::Finished);
    m_copy->setEnabled(job != nullptr && !job->failure.isEmpty());
}

} // namespace bitprism
