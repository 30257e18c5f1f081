// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/section.h"

#include "widgets/shared/elided_label.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace bitprism {

Section::Section(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_heading(new QToolButton(this))
    , m_summary(new ElidedLabel(this))
    , m_content(new QWidget(this))
    , m_contentLayout(new QVBoxLayout(m_content))
{
    m_heading->setText(title);
    m_heading->setAccessibleName(title);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setArrowType(Qt::RightArrow);
    m_heading->setAutoRaise(true);
    m_heading->setCheckable(true);
    m_heading->setFocusPolicy(Qt::StrongFocus);
    m_heading->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_contentLayout->setContentsMargins(space(this, 4), 0, 0, space(this, 2));
    m_contentLayout->setSpacing(space(this, 1));
    m_content->hide();
    connect(m_heading, &QToolButton::toggled, this, &Section::setOpen);

    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 2));
    line->addWidget(m_heading);
    line->addWidget(m_summary, 1);
    line->addStretch(0); // keeps the heading at the left while the summary is hidden
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addLayout(line);
    layout->addWidget(m_content);
}

void Section::addContent(QWidget *content) { m_contentLayout->addWidget(content); }

void Section::setSummary(const QString &summary) { m_summary->setText(summary); }

void Section::setOpen(bool isOpen)
{
    m_heading->setChecked(isOpen);
    m_heading->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
    m_content->setVisible(isOpen);
    m_summary->setVisible(!isOpen);
}

bool Section::isOpen() const { return m_heading->isChecked(); }

} // namespace bitprism
