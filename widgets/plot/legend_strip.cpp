// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/legend_strip.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/theme.h"

namespace bitprism {

QFont LegendStrip::font() const
{
    return static_cast<const PlotCanvas *>(parentPlot())->smallFont();
}

int LegendStrip::entryWidth(const LegendEntry &entry) const
{
    const int gap = parentPlot()->fontMetrics().height();
    return signWidth() + gap / 2 + QFontMetrics(font()).horizontalAdvance(entry.text) + gap;
}

std::vector<QPoint> LegendStrip::places(int width) const
{
    std::vector<QPoint> places;
    QPoint place;
    for (const LegendEntry &entry : m_entries) {
        const int needed = entryWidth(entry);
        if (place.x() > 0 && place.x() + needed > width) {
            place = QPoint(0, place.y() + lineHeight());
        }
        places.push_back(place);
        place.rx() += needed;
    }
    return places;
}

/// On a low plot the axes come first: without a legend the hover card still says what a mark is.
int LegendStrip::height() const
{
    constexpr int leastLinesBelow = 7; // numbers and title of the axis, and as much of the plot
    if (m_entries.empty()) {
        return 0;
    }
    const QRect viewport = parentPlot()->viewport();
    const int needed = places(viewport.width()).back().y() + lineHeight() * 5 / 4;
    const int rest = viewport.height() - needed;
    return rest < leastLinesBelow * parentPlot()->fontMetrics().height() ? 0 : needed;
}

void LegendStrip::draw(QCPPainter *painter)
{
    if (height() == 0) {
        return;
    }
    const Theme theme = Theme::of(parentPlot()->palette());
    const std::vector<QPoint> starts = places(rect().width());
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(font());
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const QPoint start = rect().topLeft() + starts[i];
        const QRectF sign(start.x(), start.y(), signWidth(), lineHeight());
        drawLegendSign(*painter, sign.adjusted(0, 1, 0, -1), m_entries[i], theme);
        painter->setPen(parentPlot()->palette().color(QPalette::Text));
        const QRectF text(sign.right() + lineHeight() * 0.4, start.y(), entryWidth(m_entries[i]),
                          lineHeight());
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter, m_entries[i].text);
    }
}

} // namespace bitprism
