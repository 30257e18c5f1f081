// SPDX-License-Identifier: GPL-3.0-or-later
// The part of HeatMapPlot that draws: cells with their numbers and dots, borders, labels of rows.
#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

QString spanText(const QString &first, const QString &last)
{
    return first + QChar(u'\u2013') + last;
}

/// What rows shown as one are called: "layers.0…gate_proj–down_proj". Where that is too wide, the
/// first one's own part gives way: where they stand and the last one tell them from others.
QString spanLabel(const QString &first, const QString &last, const QFontMetrics &metrics, int most)
{
    static const QRegularExpression partEnds(QStringLiteral("[.\u2026]"));
    const qsizetype own = first.lastIndexOf(partEnds) + 1;
    const QString head = first.left(last.left(own) == first.left(own) ? own : 0);
    const QString middle = first.mid(head.size());
    const QString tail = spanText(QString(), last.mid(head.size()));
    const QString whole = head + middle + tail;
    const int least = metrics.averageCharWidth() * 3;
    const QString place
        = fittedLayerName(head, metrics, most - metrics.horizontalAdvance(tail) - least);
    const int room = most - metrics.horizontalAdvance(place + tail);
    return metrics.horizontalAdvance(whole) <= most ? whole
        : room >= least ? place + metrics.elidedText(middle, Qt::ElideRight, room) + tail
                        : metrics.elidedText(whole, Qt::ElideMiddle, most);
}

} // namespace

void HeatMapPlot::prepareReplot()
{
    canvas().thinCategories();
    if (rowCount() == 0) {
        return;
    }
    m_legend.fit();
    const Step blocks = step();
    QString title = m_rowTitle;
    if (const int together = m_rowSteps.largestSpan(blocks.rows); together > 1) {
        title = tr("%1, the largest of up to %2").arg(m_rowTitle).arg(together);
    }
    canvas().yAxis->setLabel(title);
    const double rowHeight = canvas().plotRect().height() / canvas().yAxis->range().size();
    if (rowHeight >= QFontMetrics(canvas().smallFont()).height() * 0.8) {
        labelRows(blocks);
    } else {
        labelGroups();
    }
}

void HeatMapPlot::setRowTicks(const QVector<double> &places, const QVector<QString> &labels)
{
    auto ticker = canvas().yAxis->ticker().dynamicCast<ListTicker>();
    if (!ticker) { // no data were set yet
        ticker.reset(new ListTicker);
        canvas().yAxis->setTicker(ticker);
    }
    ticker->setTicks(places, labels);
}

void HeatMapPlot::labelRows(const Step &step)
{
    const QFontMetrics metrics(canvas().smallFont());
    const int most = qMin(em(this, 14), canvas().width() / 3); // the cells need room, too
    QVector<double> places;
    QVector<QString> labels;
    for (int row = 0; row < rowCount(); row = rowsAt(row, step).end) {
        const GroupedSteps::Span span = rowsAt(row, step);
        places.append((span.first + span.end - 1) / 2.0);
        labels.append(rowLabel(span, metrics, most));
    }
    setRowTicks(places, labels);
}

/// Not every row has a label.
QString HeatMapPlot::rowLabel(const GroupedSteps::Span &span, const QFontMetrics &metrics,
                              int most) const
{
    const auto from = m_data->rows.begin() + span.first;
    const auto end = m_data->rows.begin() + span.end;
    const HeatMapRow &last = *(end - 1);
    if (from->group != last.group) {
        return metrics.elidedText(spanText(from->group, last.group), Qt::ElideMiddle, most);
    }
    QStringList labels;
    std::for_each(from, end, [&labels](const HeatMapRow &row) { labels.append(row.label); });
    labels.removeAll(QString());
    return labels.size() < 2 ? fittedLayerName(labels.value(0), metrics, most)
                             : spanLabel(labels.first(), labels.last(), metrics, most);
}

void HeatMapPlot::labelGroups()
{
    const double rowHeight = canvas().plotRect().height() / canvas().yAxis->range().size();
    const double needed = QFontMetrics(canvas().smallFont()).height();
    QVector<double> places;
    QVector<QString> labels;
    int first = 0;
    for (int row = 1; row <= rowCount(); ++row) {
        const auto at = [this](int r) -> const QString & {
            return m_data->rows[static_cast<std::size_t>(r)].group;
        };
        if (row < rowCount() && at(row) == at(first)) {
            continue;
        }
        const double middle = (first + row - 1) / 2.0;
        if (places.isEmpty() || (middle - places.last()) * rowHeight >= needed) {
            places.append(middle);
            labels.append(at(first));
        }
        first = row;
    }
    setRowTicks(places, labels);
}

void HeatMapPlot::drawData(const PlotDrawing &drawing)
{
    if (itemCount() == 0) {
        return;
    }
    const Step blocks = step();
    const QRectF plot = canvas().plotRect();
    std::vector<QRectF> hatched;
    const QFont font = scaledFont(this, 0.8);
    const CellLook look{colours(drawing.theme), QFontMetrics(font).ascent(), em(this, 5),
                        em(this, 0.6) * 1.0, em(this, 1)};
    drawing.painter.setRenderHint(QPainter::Antialiasing, false);
    drawing.painter.setFont(font);
    for (int row = 0; row < rowCount(); row = rowsAt(row, blocks).end) {
        const QRectF line = blockRect(row, 0, blocks);
        if (line.bottom() < plot.top() || line.top() > plot.bottom()) {
            continue;
        }
        for (int column = 0; column < columnCount(); column = columnsAt(column, blocks).end) {
            // A hairline of the surface between cells.
            const QRectF cell = blockRect(row, column, blocks).intersected(plot);
            const QRectF rect(cell.topLeft(), QPointF(cell.right() - 1, cell.bottom() - 1));
            const int item = representative(row, column, blocks);
            const QColor colour = colourIn(look.colours, item);
            drawing.painter.fillRect(rect, colour.isValid() ? colour : drawing.theme.grid);
            if (colour.isValid()) {
                drawCellText(drawing.painter, look, rect, item, colour,
                             rowsAt(row, blocks).size() * columnsAt(column, blocks).size() == 1);
            } else {
                hatched.push_back(rect);
            }
        }
    }
    drawHatch(drawing.painter, hatched, drawing.theme.mutedText, space(this, 1) * 1.5,
              drawing.isVector);
    drawBorders(drawing, blocks);
}

void HeatMapPlot::drawCellText(QPainter &painter, const CellLook &look, const QRectF &rect,
                               int item, const QColor &background, bool isAlone) const
{
    const bool isMarked = flag(m_data->marked, item);
    // The number of a cell that stands for several would be read as that of its row.
    const bool hasNumber
        = isAlone && rect.height() >= look.ascent && rect.width() >= look.leastWidth;
    if (!isMarked && !hasNumber) {
        return;
    }
    const QColor ink = inkOn(background);
    if (isMarked) {
        painter.setRenderHint(QPainter::Antialiasing);
        const double size = std::min(rect.height() * 0.5, look.dot);
        drawMarker(painter, {rect.left() + std::min(rect.width() / 2, look.dot), rect.center().y()},
                   0, size, ink, false);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (hasNumber) {
        painter.setPen(ink);
        // Beside the dot, not under it.
        painter.drawText(rect.adjusted(isMarked ? look.besideDot : 0, 0, 0, 0), Qt::AlignCenter,
                         notedNumber(value(item), m_notation));
    }
}

void HeatMapPlot::drawBorders(const PlotDrawing &drawing, const Step &step) const
{
    if (!m_rowSteps.isInsideGroups(step.rows)) {
        return; // several groups lie in one cell
    }
    drawing.painter.setPen(QPen(drawing.theme.mutedText, 1));
    for (int row = 1; row < rowCount(); ++row) {
        if (m_data->rows[static_cast<std::size_t>(row)].group
            != m_data->rows[static_cast<std::size_t>(row) - 1].group) {
            const double y = std::round(canvas().yAxis->coordToPixel(row - 0.5)) - 1;
            drawing.painter.drawLine(QPointF(canvas().plotRect().left(), y),
                                     QPointF(canvas().plotRect().right(), y));
        }
    }
}

} // namespace bitprism
