// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SeriesPlot that writes names beside points and at the ends of lines.
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/point_labels.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t mostPointLabels = 24; // more would cover each other
constexpr double mostLabelEms = 14;

} // namespace

void SeriesPlot::drawAnnotations(const PlotDrawing &drawing)
{
    if (labelsEnds()) {
        drawEndLabels(drawing);
    }
    if (m_labelsPoints) {
        drawPointLabels(drawing);
    }
}

void SeriesPlot::drawEndLabels(const PlotDrawing &drawing) const
{
    struct Label
    {
        double y = 0;
        std::size_t series = 0;
    };
    const QRectF plot = canvas().plotRect();
    const double height = QFontMetrics(canvas().smallFont()).height();
    std::vector<Label> labels;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const auto last = std::find_if(m_series[i].points.rbegin(), m_series[i].points.rend(),
                                       [this](const PlotPoint &each) { return isShown(each); });
        if (last != m_series[i].points.rend()) {
            labels.push_back({std::clamp(pixelOf(*last).y(), plot.top(), plot.bottom()), i});
        }
    }
    std::sort(labels.begin(), labels.end(),
              [](const Label &a, const Label &b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i) { // apart, downwards
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + height);
    }
    for (std::size_t i = labels.size(); i-- > 0;) { // and back up from the foot
        const double limit = i + 1 < labels.size() ? labels[i + 1].y - height : plot.bottom();
        labels[i].y = std::min(labels[i].y, limit);
    }
    drawing.painter.setFont(canvas().smallFont());
    for (const Label &label : labels) {
        const double left = plot.right() + em(this, 0.6);
        drawing.painter.setPen(seriesColour(drawing.theme, styleOf(label.series)));
        drawing.painter.drawText(
            QRectF(left, label.y - height / 2, canvas().width() - left, height),
            Qt::AlignLeft | Qt::AlignVCenter, m_series[label.series].name);
    }
}

std::vector<QLineF> SeriesPlot::drawnLines() const
{
    std::vector<QLineF> lines;
    for (const PlotSeries &series : m_series) {
        std::optional<QPointF> last;
        for (const PlotPoint &next : series.points) {
            if (series.line == SeriesLine::None || !isShown(next) || isOnAxis(next)) {
                last.reset();
                continue;
            }
            const QPointF place = pixelOf(next);
            if (last && series.line == SeriesLine::Step) {
                lines.emplace_back(*last, QPointF(place.x(), last->y()));
                last = QPointF(place.x(), last->y());
            }
            if (last) {
                lines.emplace_back(*last, place);
            }
            last = place;
        }
    }
    const QRectF plot = canvas().plotRect();
    for (const ReferenceLine &line : m_references) {
        if (line.orientation == Qt::Horizontal) {
            const double y = canvas().yAxis->coordToPixel(line.value);
            lines.emplace_back(plot.left(), y, plot.right(), y);
        } else {
            const double x = canvas().xAxis->coordToPixel(line.value);
            lines.emplace_back(x, plot.top(), x, plot.bottom());
        }
    }
    return lines;
}

void SeriesPlot::drawPointLabels(const PlotDrawing &drawing) const
{
    const QRectF plot = canvas().plotRect();
    const QFontMetrics metrics(canvas().smallFont());
    std::vector<PointLabel> labels;
    QStringList texts;
    // Of many the best alone; the hover card names the others.
    const auto isNamed = [this, &plot](const Item &item) {
        const PlotSeries &owner = m_series[item.series];
        return owner.hasMarkers && !owner.points[item.point].label.isEmpty()
            && plot.contains(pixelOf(owner.points[item.point]));
    };
    const bool isCrowd = std::count_if(m_items.begin(), m_items.end(), isNamed)
        > static_cast<std::ptrdiff_t>(mostPointLabels);
    for (int item = 0; item < itemCount(); ++item) {
        const PlotPoint &each = point(item);
        if (!isNamed(m_items[static_cast<std::size_t>(item)]) || (isCrowd && !each.isEmphatic)) {
            continue;
        }
        if (labels.size() == mostPointLabels) {
            return;
        }
        texts.append(metrics.elidedText(each.label, Qt::ElideMiddle, em(this, mostLabelEms)));
        labels.push_back(
            {itemRect(item), QSizeF(metrics.horizontalAdvance(texts.last()), metrics.height())});
    }
    const auto places = placeLabels(labels, plot, em(this, 0.2), drawnLines());
    QPainter &painter = drawing.painter;
    painter.setFont(canvas().smallFont());
    QColor halo = drawing.theme.surface;
    halo.setAlphaF(0.85F);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (!places[i]) {
            continue;
        }
        const QRectF &place = *places[i];
        const QPointF mark = labels[i].mark.center();
        if (mark.y() < place.top() || mark.y() > place.bottom()) { // moved: say whose it is
            const bool isRight = place.left() > mark.x();
            painter.setPen(QPen(drawing.theme.mutedText, 1));
            painter.drawLine(mark,
                             QPointF(isRight ? place.left() : place.right(), place.center().y()));
        }
        painter.fillRect(place, halo); // a line that runs through would cross the letters out
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, texts[static_cast<qsizetype>(i)]);
    }
}

} // namespace bitprism
