// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/hover_card.h"

#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace bitprism {

HoverCard::HoverCard(QWidget *parent)
    : QWidget(parent)
    , m_label(new QLabel(this))
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_label->setTextFormat(Qt::RichText);
    m_label->setFont(scaledFont(this, 0.9));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 3), space(this, 2), space(this, 3), space(this, 2));
    layout->addWidget(m_label);
    hide();
}

QString HoverCard::text() const { return isVisible() ? m_text : QString(); }

void HoverCard::showReading(const PlotReading &reading, const QString &hint, const QPointF &point)
{
    const QString muted = Theme::of(palette()).mutedText.name();
    QString html = QStringLiteral("<b>%1</b>").arg(reading.headline.toHtmlEscaped());
    html += QStringLiteral("<table cellspacing=0 cellpadding=0>");
    for (const auto &[name, value] : reading.values) {
        html += QStringLiteral("<tr><td style=\"color:%1\">%2&nbsp;&nbsp;</td><td>%3</td></tr>")
                    .arg(muted, name.toHtmlEscaped(), value.toHtmlEscaped());
    }
    html += QStringLiteral("</table>");
    for (const QString &line : {reading.rank, reading.note}) {
        if (!line.isEmpty()) {
            html += QStringLiteral("<div>%1</div>").arg(line.toHtmlEscaped());
        }
    }
    if (!hint.isEmpty()) {
        html += QStringLiteral("<div style=\"color:%1\">%2</div>").arg(muted, hint.toHtmlEscaped());
    }
    m_text = reading.text();
    m_label->setText(html);
    place(point);
    const bool isCut = height() > parentWidget()->height();
    if (isCut && !hint.isEmpty()) { // on a low plot the values matter more than what a click does
        showReading(reading, QString(), point);
    }
}

void HoverCard::showMessage(const QString &text)
{
    m_text = text;
    m_label->setText(text.toHtmlEscaped());
    place({0, 0});
}

void HoverCard::place(const QPointF &point)
{
    // Wrapped where it is wider than a card should be, or than the plot.
    m_label->setMinimumWidth(0);
    m_label->setMaximumWidth(QWIDGETSIZE_MAX);
    m_label->setWordWrap(false);
    const int whole = m_label->sizeHint().width();
    for (const int ems : {26, 40}) { // wider where it would be higher than the plot
        const int most = qMin(em(this, ems), parentWidget()->width()) - space(this, 6);
        if (whole > most) {
            m_label->setWordWrap(true);
            m_label->setFixedWidth(qMax(most, em(this, 8)));
        } else {
            m_label->setWordWrap(false);
            m_label->setMinimumWidth(0);
            m_label->setMaximumWidth(QWIDGETSIZE_MAX);
        }
        layout()->activate();
        adjustSize();
        if (height() <= parentWidget()->height()) {
            break;
        }
    }
    const int gap = space(this, 4);
    const QSize room = parentWidget()->size();
    QPoint corner = point.toPoint() + QPoint(gap, gap);
    if (corner.x() + width() > room.width()) {
        corner.setX(point.toPoint().x() - gap - width());
    }
    if (corner.y() + height() > room.height()) {
        corner.setY(point.toPoint().y() - gap - height());
    }
    move(qMax(0, corner.x()), qMax(0, corner.y()));
    show();
    raise();
}

void HoverCard::paintEvent(QPaintEvent *)
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
