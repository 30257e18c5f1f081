// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/figure_card.h"

#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace bitprism {

FigureCard::FigureCard(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(title, this))
    , m_figure(new QLabel(this))
    , m_note(new QLabel(this))
{
    m_title->setForegroundRole(QPalette::PlaceholderText);
    m_figure->setFont(scaledFont(this, 1.5, QFont::DemiBold));
    m_note->setFont(scaledFont(this, 0.85));
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setWordWrap(true); // four cards fit beside each other in a small window too
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_title->setWordWrap(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 4), space(this, 3), space(this, 4), space(this, 3));
    layout->setSpacing(space(this, 1));
    layout->addWidget(m_title);
    layout->addWidget(m_figure);
    layout->addWidget(m_note, 1); // figures stand on one line, however long the notes
}

void FigureCard::setTitle(const QString &title) { m_title->setText(title); }

void FigureCard::setFigure(const QString &figure, const QString &note)
{
    m_figure->setText(figure);
    m_note->setText(note);
}

void FigureCard::paintEvent(QPaintEvent *)
{
    const Theme theme = Theme::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.border, 1));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space(this, 1),
                            space(this, 1));
}

} // namespace bitprism
