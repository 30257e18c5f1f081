// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/job_dock/job_line.h"

#include "widgets/job_dock/jobs_model.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/run_status.h"
#include "widgets/jobs/stage_text.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

namespace bitprism {

namespace {

constexpr int progressSteps = 1000;

QString timeText(const HubJob &job) { return jobStateText(job) + "   " + jobTimeText(job); }

/// Of the longest that is common, so that nothing beside it moves as it changes.
int timeWidth(const QFontMetrics &metrics)
{
    HubJob longest;
    longest.state = JobState::Running;
    longest.progress.fraction = 1;
    longest.progress.remainingSeconds = 3599;
    longest.isTimeEstimated = true;
    return metrics.horizontalAdvance(timeText(longest));
}

} // namespace

JobLine::JobLine(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_open(new QToolButton(this))
    , m_text(new ElidedLabel(this))
    , m_stage(new ElidedLabel(this, Qt::ElideMiddle))
    , m_progress(new QProgressBar(this))
    , m_time(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_copy(new QPushButton(tr("Copy"), this))
{
    m_open->setCheckable(true);
    m_open->setAutoRaise(true);
    m_open->setFocusPolicy(Qt::TabFocus);
    m_open->setText(tr("Jobs"));
    m_open->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_open->setAccessibleName(tr("Show the queue of jobs and the log"));
    m_open->setToolTip(tr("Show the queue of jobs and the log"));
    m_stage->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setRange(0, progressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(em(this, 14));
    m_progress->setMaximumHeight(space(this, 2));
    m_progress->setAccessibleName(tr("Progress of the job"));
    m_time->setMinimumWidth(timeWidth(m_time->fontMetrics()));
    m_copy->setAccessibleName(tr("Copy the error"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(space(this, 2), space(this, 1), space(this, 2), space(this, 1));
    layout->setSpacing(space(this, 3));
    layout->addWidget(m_open);
    layout->addWidget(m_text, 3);
    layout->addWidget(m_stage, 2);
    layout->addWidget(m_progress);
    layout->addWidget(m_time);
    layout->addWidget(m_copy);
    layout->addWidget(m_action);
    connect(m_open, &QToolButton::toggled, this, [this](bool isOpen) {
        setOpen(isOpen);
        Q_EMIT openToggled(isOpen);
    });
    connect(m_action, &QPushButton::clicked, this, [this] {
        const HubJob *job = m_context.hub->find(m_shown);
        if (job != nullptr && job->isOver()) {
            m_context.hub->retry(m_shown);
        } else {
            m_context.hub->cancel(m_shown);
        }
    });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        const HubJob *job = m_context.hub->find(m_shown);
        QApplication::clipboard()->setText(job == nullptr ? QString() : job->failure);
    });
    for (const auto signal :
         {&JobHub::jobAdded, &JobHub::jobChanged, &JobHub::jobFinished, &JobHub::jobRemoved}) {
        connect(context.hub, signal, this, &JobLine::showJobs);
    }
    connect(context.hub, &JobHub::estimateChanged, this, &JobLine::showJobs);
    setOpen(false);
    showJobs();
}

void JobLine::setIdleText(const QString &text)
{
    m_idleText = text;
    showJobs();
}

void JobLine::setOpen(bool isOpen)
{
    m_open->setChecked(isOpen);
    m_open->setArrowType(isOpen ? Qt::DownArrow : Qt::UpArrow);
}

/// The job that works; else the next that waits; else the newest, if it needs somebody to look.
void JobLine::showJobs()
{
    const HubJob *working = nullptr;
    const HubJob *waiting = nullptr;
    const HubJob *last = nullptr;
    m_context.hub->lookAtJobs([&](const HubJob &job) {
        const HubJob **first = job.state == JobState::Running ? &working
            : job.state == JobState::Queued                   ? &waiting
                                                              : nullptr;
        if (first != nullptr && *first == nullptr) {
            *first = &job;
        }
        last = &job;
    });
    const HubJob *shown = working != nullptr ? working : waiting != nullptr ? waiting : last;
    const bool isActive = shown != nullptr && shown->state != JobState::Finished;
    m_shown = shown == nullptr ? 0 : shown->id;
    for (QWidget *part : std::initializer_list<QWidget *>{m_stage, m_progress, m_time, m_action}) {
        part->setVisible(isActive);
    }
    m_copy->setVisible(isActive && !shown->failure.isEmpty());
    if (isActive) {
        showJob(*shown);
    } else {
        m_text->setText(m_idleText);
    }
}

void JobLine::showJob(const HubJob &job)
{
    m_text->setText(job.failure.isEmpty() ? job.title : job.title + ": " + job.failure);
    QString stage = stageText(job.progress.stage);
    if (job.state == JobState::Queued) {
        const HubEstimate estimate = m_context.hub->estimateOf(job.request);
        stage = !m_context.hub->isReady()                 ? tr("waits for the engine")
            : estimate.isPending && !estimate.waitsForJob ? tr("is estimated, then begins")
            : job.estimate ? tr("waits; about %1").arg(formatSeconds(job.estimate->seconds))
                           : tr("waits");
    }
    m_stage->setText(job.isOver() ? jobStateText(job) : stage);
    m_progress->setVisible(!job.isOver());
    const double share = shownShare(job);
    m_progress->setRange(0, share < 0 ? 0 : progressSteps); // a bar at 0 would look stuck
    m_progress->setValue(static_cast<int>(qMax(0.0, share) * progressSteps));
    m_time->setText(job.state == JobState::Running ? timeText(job) : QString());
    m_action->setText(job.isOver() ? retryText(job) : tr("Cancel"));
    m_action->setAccessibleName(m_action->text() + ": " + job.title);
}

} // namespace bitprism
