// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_overlay.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/theme.h"

#include <QPainter>

#include <algorithm>

namespace bitprism {

PlotOverlay::PlotOverlay(PlotFrame &frame, QWidget *canvas)
    : QWidget(canvas)
    , m_frame(frame)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void PlotOverlay::setBrushRect(const QRectF &rect)
{
    m_brush = rect;
    update();
}

/// Above the plot, over the middle of what is selected.
void PlotOverlay::drawSelectedName(QPainter &painter) const
{
    const QString name = m_frame.selectedName();
    const std::vector<QRectF> rects = m_frame.selectedRects();
    if (name.isEmpty() || rects.empty() || rects.front().isEmpty()) {
        return;
    }
    const QFont font = m_frame.canvas().smallFont();
    const QFontMetricsF metrics(font);
    const QSizeF size(metrics.horizontalAdvance(name), metrics.height());
    const QRectF plot = m_frame.canvas().plotRect(); // labels of the axis stand beside it
    const double left = std::clamp(rects.front().center().x() - size.width() / 2, plot.left(),
                                   std::max(plot.left(), plot.right() - size.width()));
    painter.setFont(font);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QRectF(QPointF(left, rects.front().top() - size.height() - 1), size),
                     Qt::AlignCenter, name);
}

void PlotOverlay::paintEvent(QPaintEvent *)
{
    const Theme theme = Theme::of(palette());
    const QColor text = palette().color(QPalette::Text);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF plot = m_frame.canvas().plotRect().adjusted(-1, -1, 2, 2);
    painter.setBrush(Qt::NoBrush);
    // Light beside dark, so that an outline shows on every colour of a map.
    const auto outline = [&](const QRectF &rect, const QColor &colour, double width) {
        const QRectF cut = rect.intersected(plot);
        if (cut.isEmpty()) {
            return;
        }
        // On the edge, so that it covers neither the text inside nor the row below; around what is
        // too thin for that.
        if (std::min(cut.width(), cut.height()) < 4 * width) {
            painter.setPen(QPen(theme.surface, width + 2));
            painter.drawRoundedRect(cut.adjusted(-1, -1, 1, 1), 2, 2);
            painter.setPen(QPen(colour, width));
            painter.drawRoundedRect(cut.adjusted(-1, -1, 1, 1), 2, 2);
            return;
        }
        const double inside = width / 2 + 0.5;
        painter.setPen(QPen(theme.surface, 1));
        painter.drawRoundedRect(cut.adjusted(inside, inside, -inside, -inside), 2, 2);
        painter.setPen(QPen(colour, width));
        painter.drawRoundedRect(cut, 2, 2);
    };
    for (const QRectF &rect : m_frame.selectedRects()) {
        outline(rect, theme.accent, 2);
    }
    drawSelectedName(painter);
    painter.setBrush(Qt::NoBrush);
    if (m_frame.m_hover >= 0) {
        outline(m_frame.itemRect(m_frame.m_hover), text, 1);
    }
    if (m_frame.m_cursor >= 0 && m_frame.hasFocus()) {
        outline(m_frame.itemRect(m_frame.m_cursor), text, 2);
    }
    if (!m_brush.isEmpty()) {
        QColor fill = theme.accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(theme.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(m_brush);
    }
}

} // namespace bitprism
