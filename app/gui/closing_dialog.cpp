// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/shared/metrics.h"

#include <QCloseEvent>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

namespace bitprism {

ClosingDialog::ClosingDialog(JobHub &hub, QWidget *parent)
    : QDialog(parent)
    , m_hub(hub)
{
    setWindowTitle(tr("Closing"));
    setModal(true);
    auto *text = new QLabel(
        tr("Stopping the job. What is finished is kept, and the run can be resumed."), this);
    text->setWordWrap(true);
    auto *progress = new QProgressBar(this);
    progress->setRange(0, 0);
    progress->setTextVisible(false);
    progress->setAccessibleName(tr("Stopping"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 6), space(this, 6), space(this, 6), space(this, 6));
    layout->setSpacing(space(this, 4));
    layout->addWidget(text);
    layout->addWidget(progress);
    const int width = 28;
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

void ClosingDialog::closeEvent(QCloseEvent *event) { event->ignore(); }

} // namespace bitprism
