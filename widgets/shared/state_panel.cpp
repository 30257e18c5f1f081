// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/state_panel.h"

#include "widgets/shared/metrics.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitprism {

StatePanel::StatePanel(QWidget *parent)
    : QWidget(parent)
    , m_progress(new QProgressBar(this))
    , m_sign(new QLabel(tr("This did not work"), this))
    , m_sentence(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_copy(new QPushButton(tr("Copy"), this))
    , m_retry(new QPushButton(tr("Retry"), this))
{
    m_copy->setAccessibleName(tr("Copy the error"));
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_sentence->text()); });
    m_progress->setRange(0, 0); // no total is known
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(space(this, 1));
    m_progress->setAccessibleName(tr("Loading"));
    m_sign->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setMaximumWidth(em(this, 50));
    connect(m_retry, &QPushButton::clicked, this, &StatePanel::retryTriggered);
    connect(m_action, &QPushButton::clicked, this, &StatePanel::actionTriggered);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 3));
    layout->addWidget(m_progress);
    layout->addStretch(2);
    layout->addWidget(m_sign, 0, Qt::AlignHCenter);
    auto *line = new QHBoxLayout; // an aligned label with wrapped lines would be given one line
    line->setContentsMargins(space(this, 4), 0, space(this, 4), 0);
    line->addStretch(1);
    line->addWidget(m_sentence, 20);
    line->addStretch(1);
    layout->addLayout(line);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space(this, 2));
    buttons->addStretch(1);
    buttons->addWidget(m_retry);
    buttons->addWidget(m_action);
    setTabOrder(m_retry, m_action);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    layout->addLayout(buttons);
    layout->addStretch(3);
}

void StatePanel::showEmpty(const QString &sentence, const QString &action)
{
    show(sentence, action, false);
}

void StatePanel::showLoading(const QString &sentence)
{
    show(sentence, QString(), false);
    m_progress->setVisible(true);
}

void StatePanel::showFailure(const QString &sentence, Retry retry, const QString &action)
{
    show(sentence, action, true);
    m_retry->setVisible(retry == Retry::Yes);
}

QString StatePanel::sentence() const { return m_sentence->text(); }

void StatePanel::show(const QString &sentence, const QString &action, bool isFailure)
{
    m_progress->setVisible(false);
    m_sign->setVisible(isFailure);
    m_retry->setVisible(false);
    m_copy->setVisible(isFailure);
    m_sentence->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
}

} // namespace bitprism
