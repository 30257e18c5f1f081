// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/state_banner.h"

#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

StateBanner::StateBanner(QWidget *parent)
    : QFrame(parent)
    , m_sign(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_action(new QPushButton(this))
{
    m_sign->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_action, &QPushButton::clicked, this, &StateBanner::actionTriggered);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_sign);
    layout->addWidget(m_sentence, 1);
    layout->addWidget(m_action);
    hide();
}

void StateBanner::showNote(const QString &sentence, const QString &action)
{
    show(sentence, action, false);
}

void StateBanner::showFailure(const QString &sentence, const QString &action)
{
    show(sentence, action, true);
}

void StateBanner::clear() { hide(); }

QString StateBanner::sentence() const { return isHidden() ? QString() : m_sentence->text(); }

void StateBanner::show(const QString &sentence, const QString &action, bool isFailure)
{
    m_isFailure = isFailure;
    m_sign->setText(isFailure ? tr("Failed") : tr("Not complete"));
    m_sentence->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    applyTheme();
    QFrame::show();
}

void StateBanner::applyTheme()
{
    const Theme theme = Theme::of(palette());
    const QColor colour = m_isFailure ? theme.bad : theme.warning;
    QPalette signPalette = m_sign->palette();
    if (signPalette.color(QPalette::WindowText) != colour) {
        signPalette.setColor(QPalette::WindowText, colour);
        m_sign->setPalette(signPalette);
    }
}

void StateBanner::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        applyTheme();
    }
}

} // namespace bitprism
