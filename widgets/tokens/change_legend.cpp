// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/change_legend.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QPainter>

namespace bitprism {

ChangeLegend::ChangeLegend(QWidget *parent)
    : QWidget(parent)
{
    setFont(scaledFont(this, 0.85));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ChangeLegend::setComparison(const TokenComparisonPtr &comparison)
{
    m_comparison = comparison;
    setAccessibleName(m_comparison ? tr("Colours from %1 to %2").arg(leftText(), rightText())
                                   : QString());
    updateGeometry();
    update();
}

QString ChangeLegend::leftText() const
{
    return tr("%1 nats or lower, less loss").arg(signedPlotNumber(-m_comparison->usualChange));
}

QString ChangeLegend::rightText() const
{
    return tr("%1 nats or higher, more loss").arg(signedPlotNumber(m_comparison->usualChange));
}

QSize ChangeLegend::sizeHint() const
{
    if (!m_comparison) {
        return {0, fontMetrics().height()};
    }
    return {fontMetrics().horizontalAdvance(leftText())
                + fontMetrics().horizontalAdvance(rightText()) + em(this, 10) + space(this, 4),
            fontMetrics().height() + space(this, 1)};
}

void ChangeLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    draw(painter);
}

void ChangeLegend::draw(QPainter &painter) const
{
    if (!m_comparison) {
        return;
    }
    const QRect area(QPoint(0, 0), sizeHint());
    painter.setFont(font());
    painter.setPen(Theme::of(palette()).mutedText);
    const int left = fontMetrics().horizontalAdvance(leftText()) + space(this, 2);
    const int width = em(this, 10);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, leftText());
    painter.drawText(area, Qt::AlignRight | Qt::AlignVCenter, rightText());
    for (int x = 0; x < width; ++x) {
        const double change = m_comparison->usualChange * (2.0 * x / (width - 1) - 1);
        painter.fillRect(QRect(left + x, space(this, 1), 1, area.height() - 2 * space(this, 1)),
                         changeColour(change, *m_comparison, palette()));
    }
}

} // namespace bitprism
