// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/deletion_bar.h"

#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>

namespace bitprism {

DeletionBar::DeletionBar(QWidget *parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
    , m_timer(new QTimer(this))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Highlight);
    m_text->setForegroundRole(QPalette::HighlightedText);
    m_text->setWordWrap(true);
    m_timer->setInterval(1000);
    auto *undo = new QPushButton(tr("Undo"), this);
    undo->setAccessibleName(tr("Bring deleted runs back"));
    auto *layout = new QHBoxLayout(this);
    const int margin = space(this, 2);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addWidget(m_text, 1);
    layout->addWidget(undo);
    hide();
    connect(undo, &QPushButton::clicked, this, &DeletionBar::restore);
    connect(m_timer, &QTimer::timeout, this, &DeletionBar::tick);
}

void DeletionBar::hideRuns(const QStringList &runs)
{
    finish();
    m_hidden = QSet<QString>(runs.begin(), runs.end());
    m_secondsLeft = seconds;
    showTime();
    show();
    m_timer->start();
    Q_EMIT hiddenChanged();
}

/// They stay out of the list: it is read anew once they are gone.
void DeletionBar::finish()
{
    const QStringList due = m_hidden.values();
    forget();
    if (!due.isEmpty()) {
        Q_EMIT deletionDue(due);
    }
}

void DeletionBar::restore()
{
    forget();
    Q_EMIT hiddenChanged();
}

void DeletionBar::forget()
{
    m_hidden.clear();
    m_timer->stop();
    hide();
}

void DeletionBar::tick()
{
    --m_secondsLeft;
    showTime();
    if (m_secondsLeft <= 0) {
        finish();
    }
}

void DeletionBar::showTime()
{
    //: runs that were deleted, and how long that can be taken back
    m_text->setText(
        tr("Deleted runs: %n. %1 s to undo.", nullptr, static_cast<int>(m_hidden.size()))
            .arg(m_secondsLeft));
}

} // namespace bitprism
