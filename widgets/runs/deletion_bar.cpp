// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/deletion_bar.h"

#include "widgets/jobs/run_deletion.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

DeletionBar::DeletionBar(RunDeletion &deletion, QWidget *parent)
    : QFrame(parent)
    , m_deletion(deletion)
    , m_text(new QLabel(this))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Highlight);
    m_text->setForegroundRole(QPalette::HighlightedText);
    m_text->setWordWrap(true);
    auto *undo = new QPushButton(tr("Undo"), this);
    undo->setAccessibleName(tr("Bring deleted runs back"));
    auto *layout = new QHBoxLayout(this);
    const int margin = space(this, 2);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addWidget(m_text, 1);
    layout->addWidget(undo);
    connect(undo, &QPushButton::clicked, &deletion, &RunDeletion::restore);
    connect(&deletion, &RunDeletion::changed, this, &DeletionBar::showDeletion);
    showDeletion(); // the window may be made anew meanwhile, in another language
}

void DeletionBar::showDeletion()
{
    //: runs that were deleted, and how long that can be taken back
    m_text->setText(tr("Deleted runs: %n. %1 s to undo.", nullptr, m_deletion.waiting())
                        .arg(m_deletion.secondsLeft()));
    setVisible(m_deletion.waiting() > 0);
}

} // namespace bitprism
