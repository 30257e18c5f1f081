// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/parts_bar.h"

#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace bitprism {

PartsBar::PartsBar(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Size by part, drawn"));
}

void PartsBar::setParts(std::vector<ModelPart> parts, double share)
{
    m_share = share;
    m_parts = std::move(parts);
    update();
}

std::vector<QColor> PartsBar::colors(const QPalette &palette)
{
    const Theme theme = Theme::of(palette);
    return {theme.series[0], theme.series[1], theme.series[2],
            theme.series[3], theme.series[4], theme.mutedText};
}

QSize PartsBar::sizeHint() const { return {em(this, 20), space(this, 7)}; }

QRectF PartsBar::rectOf(std::size_t part) const
{
    double before = 0;
    for (std::size_t i = 0; i < part; ++i) {
        before += m_parts[i].share;
    }
    const double scale = m_share * width();
    return {before * scale, 0, m_parts[part].share * scale, static_cast<double>(height())};
}

bool PartsBar::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip) {
        return QWidget::event(event);
    }
    const auto *help = static_cast<QHelpEvent *>(event);
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const QRectF rect = rectOf(i);
        if (rect.contains(help->pos())) {
            const QString text = tr("%1: %2, %3 of the model")
                                     .arg(partText(m_parts[i].part), formatBytes(m_parts[i].bytes),
                                          formatShare(m_parts[i].share));
            QToolTip::showText(help->globalPos(), text, this, rect.toRect());
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

void PartsBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const std::vector<QColor> partColors = colors(palette());
    const double gap = 1; // a hairline of the background between two parts
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        QRectF rect = rectOf(i);
        if (i + 1 < m_parts.size() && rect.width() > 3 * gap) {
            rect.setWidth(rect.width() - gap);
        }
        painter.fillRect(rect, partColors[static_cast<std::size_t>(m_parts[i].part)]);
    }
}

} // namespace bitprism
