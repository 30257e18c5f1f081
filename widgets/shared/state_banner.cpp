// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/state_banner.h"

#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace bitprism {

namespace {

constexpr int progressSteps = 1000;

void keepPlaceOf(QWidget &widget)
{
    QSizePolicy policy = widget.sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    widget.setSizePolicy(policy);
}

} // namespace

StateBanner::StateBanner(QWidget *parent)
    : QFrame(parent)
    , m_progress(new QProgressBar(this))
    , m_sign(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_copy(new QPushButton(tr("Copy"), this))
    , m_action(new QPushButton(this))
    , m_dismiss(new QPushButton(tr("Dismiss"), this))
{
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(space(this, 1));
    m_progress->setAccessibleName(tr("Progress"));
    m_copy->setAccessibleName(tr("Copy the error"));
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_sentence->text()); });
    m_sign->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setObjectName("action");
    connect(m_action, &QPushButton::clicked, this, &StateBanner::actionTriggered);
    connect(m_dismiss, &QPushButton::clicked, this, &StateBanner::clear);
    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 2));
    line->addWidget(m_sign);
    line->addWidget(m_sentence, 1);
    line->addWidget(m_copy);
    line->addWidget(m_action);
    line->addWidget(m_dismiss);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addLayout(line);
    layout->addWidget(m_progress);
    for (QWidget *each : std::initializer_list<QWidget *>{m_progress, m_action}) {
        keepPlaceOf(*each); // as high in every tone
    }
    hide();
}

void StateBanner::showWork(const QString &sentence, double share, const QString &action)
{
    m_progress->setRange(0, share < 0 ? 0 : progressSteps);
    m_progress->setValue(qRound(qMax(0.0, share) * progressSteps));
    show(sentence, action, Tone::Work);
}

void StateBanner::showNote(const QString &sentence, const QString &action)
{
    show(sentence, action, Tone::Note);
}

void StateBanner::showFailure(const QString &sentence, const QString &action)
{
    show(sentence, action, Tone::Failure);
}

void StateBanner::showFailureToDismiss(const QString &sentence, const QString &action)
{
    show(sentence, action, Tone::Failure);
    m_dismiss->show();
}

void StateBanner::showDone(const QString &sentence) { show(sentence, {}, Tone::Done); }

void StateBanner::clear() { hide(); }

QString StateBanner::sentence() const { return isHidden() ? QString() : m_sentence->text(); }

void StateBanner::show(const QString &sentence, const QString &action, Tone tone)
{
    m_tone = tone;
    m_sign->setText(tone == Tone::Failure    ? tr("Failed")
                        : tone == Tone::Work ? tr("At work")
                        : tone == Tone::Done ? tr("Finished")
                                             : tr("Not complete"));
    m_progress->setVisible(tone == Tone::Work);
    m_copy->setVisible(tone == Tone::Failure);
    m_dismiss->hide();
    m_sentence->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    applyTheme();
    QFrame::show();
}

void StateBanner::applyTheme()
{
    const Theme theme = Theme::of(palette());
    const QColor colour = m_tone == Tone::Failure ? theme.bad
        : m_tone == Tone::Work                    ? theme.accent
        : m_tone == Tone::Done                    ? theme.good
                                                  : theme.warning;
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
