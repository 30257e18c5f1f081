// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/shared/format.h"
#include "widgets/shared/full_height.h"
#include "widgets/shared/metrics.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitprism {

ClosingDialog::ClosingDialog(JobHub &hub, QWidget *parent)
    : QDialog(parent)
    , m_hub(hub)
    , m_text(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_buttons(new QDialogButtonBox(this))
{
    setWindowTitle(tr("Close during a job?"));
    setModal(true);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Stopping"));
    m_progress->hide();
    QPushButton *close = m_buttons->addButton(tr("&Stop and close"), QDialogButtonBox::AcceptRole);
    QPushButton *back = m_buttons->addButton(tr("&Keep working"), QDialogButtonBox::RejectRole);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &ClosingDialog::stop);
    connect(back, &QPushButton::clicked, this, &ClosingDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 6), space(this, 6), space(this, 6), space(this, 6));
    layout->setSpacing(space(this, 4));
    layout->addWidget(m_text);
    layout->addWidget(m_progress);
    layout->addWidget(m_buttons);
    keepFullHeight(this);
    const int width = 32;
    setMinimumWidth(em(this, width));
    m_limit.setSingleShot(true);
    m_limit.setInterval(mostMilliseconds);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        if (!m_isSaid) {
            m_isSaid = true;
            Q_EMIT stopped();
        }
    });
    connect(&hub, &JobHub::jobFinished, this, &ClosingDialog::look, Qt::QueuedConnection);
    connect(&hub, &JobHub::jobAdded, this, &ClosingDialog::showQuestion);
    connect(&hub, &JobHub::jobChanged, this, &ClosingDialog::showQuestion);
    showQuestion();
}

void ClosingDialog::showQuestion()
{
    if (m_isStopping) {
        return;
    }
    const QList<HubJob> jobs = m_hub.jobs();
    const auto running = std::find_if(
        jobs.begin(), jobs.end(), [](const HubJob &job) { return job.state == JobState::Running; });
    const auto waiting = static_cast<int>(std::count_if(
        jobs.begin(), jobs.end(), [](const HubJob &job) { return job.state == JobState::Queued; }));
    QStringList sentences;
    if (running != jobs.end()) {
        const QString done = formatProgress(running->progress.fraction);
        sentences.append(running->progress.remainingSeconds < 0
                             ? tr("%1 is at work: %2.").arg(running->title, done)
                             : tr("%1 is at work: %2, %3 left.")
                                   .arg(running->title, done,
                                        formatSeconds(running->progress.remainingSeconds)));
        sentences.append(tr("Closing stops it. What is finished is kept, and the run can be "
                            "resumed later."));
    }
    if (waiting > 0) {
        sentences.append(tr("Jobs that wait for their turn: %n. Closing takes them out of the "
                            "queue.",
                            nullptr, waiting));
    }
    m_text->setText(sentences.join(' '));
}

void ClosingDialog::stop()
{
    if (m_isStopping) {
        return;
    }
    m_isStopping = true;
    setWindowTitle(tr("Closing"));
    m_text->setText(tr("Stopping. What is finished is kept, and the run can be resumed."));
    m_progress->show();
    m_buttons->hide();
    m_limit.start();
    m_hub.cancelAll();
    QMetaObject::invokeMethod(this, &ClosingDialog::look, Qt::QueuedConnection);
}

void ClosingDialog::look()
{
    if (!m_hub.isBusy() && !m_isSaid) {
        m_isSaid = true;
        m_limit.stop();
        Q_EMIT stopped();
    }
}

void ClosingDialog::reject()
{
    if (!m_isStopping) { // afterwards there is nothing to go back to
        QDialog::reject();
    }
}

} // namespace bitprism
