// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/image_map_plot.h"

#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/margin_strip.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Logical pixels below which cells are shown as one.
constexpr double leastCell = 2;

} // namespace

ImageMapPlot::ImageMapPlot(Chosen chosen, QWidget *parent)
    : PlotFrame(parent)
    , m_chosen(chosen)
    , m_legend((canvas().plotLayout()->insertRow(1), canvas()), 2, 2)
    , m_above(new MarginStrip(&canvas(), Qt::Horizontal,
                              [this](QPainter &painter, const QRectF &strip) {
                                  drawMargin(painter, strip, Qt::Horizontal);
                              }))
    , m_beside(
          new MarginStrip(&canvas(), Qt::Vertical, [this](QPainter &painter, const QRectF &strip) {
              drawMargin(painter, strip, Qt::Vertical);
          }))
{
    canvas().plotLayout()->addElement(1, 0, m_above);
    canvas().plotLayout()->addElement(2, 1, m_beside);
    canvas().plotLayout()->setColumnSpacing(0);
    canvas().yAxis->setRangeReversed(true);
    connect(this, &PlotFrame::itemClicked, this,
            [this](int item) { Q_EMIT cellClicked(rowOf(item), columnOf(item)); });
    setMarginsShown(false);
    ImageMapPlot::applyTheme();
}

ImageMapPlot::~ImageMapPlot() = default;

void ImageMapPlot::setMap(ImageMapPtr map)
{
    const bool isSameShape
        = map && map->data().rows.count == rowCount() && map->data().columns.count == columnCount();
    m_map = std::move(map);
    const ImageMapData none;
    const ImageMapData &cells = m_map ? m_map->data() : none;
    canvas().setAxes({cells.columns.title, false, true}, {cells.rows.title, false, true});
    for (const auto &[axis, info] :
         {std::pair(canvas().xAxis, &cells.columns), std::pair(canvas().yAxis, &cells.rows)}) {
        axis->grid()->setVisible(false);
        axis->setTickLabels(m_map != nullptr);
        if (info->step > 1 || !info->labels.isEmpty() || !info->groups.isEmpty()) {
            axis->setTicker(QSharedPointer<QCPAxisTicker>(new ListTicker));
        }
    }
    if (m_map) {
        m_legend.setScale(m_map->scale(),
                          cells.unit.isEmpty() ? cells.valueName
                                               : tr("%1, %2").arg(cells.valueName, cells.unit));
        const std::vector<float> &maxima = m_map->columnMaxima();
        m_legend.setShown(std::any_of(maxima.begin(), maxima.end(),
                                      [](float value) { return std::isfinite(value); }));
    }
    updateLegend();
    setFullView({-0.5, std::max(columnCount(), 1) - 0.5}, {-0.5, std::max(rowCount(), 1) - 0.5},
                Qt::Horizontal | Qt::Vertical);
    dataChanged(isSameShape);
}

void ImageMapPlot::updateLegend()
{
    std::vector<LegendEntry> entries;
    const auto isMissing = [](float value) { return std::isnan(value); };
    const bool hasMissing = m_map
        && std::any_of(m_map->columnMaxima().begin(), m_map->columnMaxima().end(), isMissing);
    if (hasMissing) {
        entries.push_back({LegendSign::Hatch, tr("hatched: not measured"), 0});
    }
    canvas().setLegend(std::move(entries));
}

void ImageMapPlot::setMarginsShown(bool shown)
{
    m_hasMargins = shown;
    m_above->setThickness(shown ? space(this, 9) : 0);
    m_beside->setThickness(shown ? space(this, 11) : 0);
    replot();
}

void ImageMapPlot::applyTheme()
{
    PlotFrame::applyTheme();
    for (QCPAxis *axis : {canvas().xAxis, canvas().yAxis}) {
        axis->setTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
    }
    m_legend.applyTheme();
    setMarginsShown(m_hasMargins);
}

const ImageMap::Level &ImageMapPlot::level() const
{
    const QRectF plot = canvas().plotRect();
    const double height = plot.height() / std::max(canvas().yAxis->range().size(), 1e-6);
    const double width = plot.width() / std::max(canvas().xAxis->range().size(), 1e-6);
    return m_map->level(leastCell / std::max(height, 1e-6), leastCell / std::max(width, 1e-6));
}

ImageMapPlot::Part ImageMapPlot::partOf(int row, int column) const
{
    const ImageMap::Level &shown = level();
    Part part;
    part.row = std::clamp(row, 0, rowCount() - 1) / shown.rowStep * shown.rowStep;
    part.column = std::clamp(column, 0, columnCount() - 1) / shown.columnStep * shown.columnStep;
    part.rows = std::min(shown.rowStep, rowCount() - part.row);
    part.columns = std::min(shown.columnStep, columnCount() - part.column);
    return part;
}

int ImageMapPlot::itemOf(int row, int column) const
{
    return row >= 0 && row < rowCount() && column >= 0 && column < columnCount()
        ? static_cast<int>(m_map->data().at(row, column))
        : -1;
}

int ImageMapPlot::largestIn(const Part &part) const
{
    int best = itemOf(part.row, part.column);
    float most = m_map->value(part.row, part.column);
    for (int row = part.row; row < part.row + part.rows; ++row) {
        for (int column = part.column; column < part.column + part.columns; ++column) {
            const float value = m_map->value(row, column);
            if (value > most || (std::isnan(most) && !std::isnan(value))) {
                most = value;
                best = itemOf(row, column);
            }
        }
    }
    return best;
}

QRectF ImageMapPlot::rectOf(const Part &part) const
{
    return QRectF(canvas().pixel(part.column - 0.5, part.row - 0.5),
                  canvas().pixel(part.column + part.columns - 0.5, part.row + part.rows - 0.5))
        .normalized();
}

int ImageMapPlot::itemCount() const { return rowCount() * columnCount(); }

QString ImageMapPlot::itemId(int item) const
{
    return m_chosen == Chosen::Rows ? m_map->data().rows.id(rowOf(item))
                                    : m_map->data().columns.id(columnOf(item));
}

QRectF ImageMapPlot::itemRect(int item) const
{
    return rectOf(partOf(rowOf(item), columnOf(item))).intersected(canvas().plotRect());
}

int ImageMapPlot::itemAt(const QPointF &pixel) const
{
    if (itemCount() == 0 || !canvas().plotRect().contains(pixel)) {
        return -1;
    }
    const int item
        = largestIn(partOf(static_cast<int>(std::lround(canvas().yAxis->pixelToCoord(pixel.y()))),
                           static_cast<int>(std::lround(canvas().xAxis->pixelToCoord(pixel.x())))));
    return m_map->value(rowOf(item), columnOf(item)) < 0 ? -1 : item; // no such cell
}

int ImageMapPlot::neighbour(int item, Qt::Key key) const
{
    const int down = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    const int right = key == Qt::Key_Right ? 1 : key == Qt::Key_Left ? -1 : 0;
    const ImageMap::Level &shown = level();
    const int row = rowOf(item) + down * shown.rowStep;
    const int column = columnOf(item) + right * shown.columnStep;
    if (row < 0 || row >= rowCount() || column < 0 || column >= columnCount()) {
        return item;
    }
    const int next = largestIn(partOf(row, column));
    return m_map->value(rowOf(next), columnOf(next)) < 0 ? item : next;
}

std::vector<QRectF> ImageMapPlot::selectedRects() const
{
    std::vector<QRectF> rects;
    if (selected().isEmpty() || itemCount() == 0) {
        return rects;
    }
    const ImageMapData &cells = m_map->data();
    for (int column = 0; m_chosen == Chosen::Columns && column < columnCount(); ++column) {
        if (selected().contains(cells.columns.id(column))) {
            Part part = partOf(0, column);
            part.rows = rowCount();
            rects.push_back(rectOf(part).intersected(canvas().plotRect()));
        }
    }
    for (int row = 0; m_chosen == Chosen::Rows && row < rowCount(); ++row) {
        if (selected().contains(cells.rows.id(row))) {
            Part part = partOf(row, 0);
            part.columns = columnCount();
            rects.push_back(rectOf(part).intersected(canvas().plotRect()));
        }
    }
    return rects;
}

QString ImageMapPlot::selectedName() const
{
    const bool hasNames = m_map && m_chosen == Chosen::Columns && !m_hasMargins;
    for (int column = 0; hasNames && column < columnCount(); ++column) {
        if (selected().contains(m_map->data().columns.id(column))) {
            return m_map->data().columns.name(column);
        }
    }
    return {};
}

QStringList ImageMapPlot::idsIn(const QRectF &pixels) const
{
    QStringList ids;
    if (itemCount() == 0) {
        return ids;
    }
    const bool isRows = m_chosen == Chosen::Rows;
    const QCPAxis &axis = isRows ? *canvas().yAxis : *canvas().xAxis;
    const double from = axis.pixelToCoord(isRows ? pixels.top() : pixels.left());
    const double to = axis.pixelToCoord(isRows ? pixels.bottom() : pixels.right());
    const ImageMapAxis &info = isRows ? m_map->data().rows : m_map->data().columns;
    const int first = std::max(0, static_cast<int>(std::ceil(from)));
    for (int place = first; place <= std::min(to, info.count - 1.0); ++place) {
        ids.append(info.id(place));
    }
    return ids;
}

PlotReading ImageMapPlot::reading(int item) const
{
    const ImageMapData &cells = m_map->data();
    const int row = rowOf(item);
    const int column = columnOf(item);
    const float value = m_map->value(row, column);
    PlotReading reading;
    reading.headline = tr("%1, %2").arg(cells.columns.name(column), cells.rows.name(row));
    if (std::isnan(value)) {
        reading.values.emplace_back(cells.valueName, tr("not measured"));
        return reading;
    }
    const QString number = plotNumber(value);
    reading.values.emplace_back(
        cells.valueName, cells.unit.isEmpty() ? number : tr("%1 %2").arg(number, cells.unit));
    int rank = 1;
    int total = 0;
    for (int other = 0; other < rowCount(); ++other) {
        const float against = m_map->value(other, column);
        total += against >= 0 ? 1 : 0;
        rank += against > value ? 1 : 0;
    }
    reading.rank = standingText(rank, total, rankedAmong());
    const Part part = partOf(row, column);
    if (part.rows * part.columns > 1) {
        reading.note
            = tr("the largest of up to %n cells shown as one", nullptr, part.rows * part.columns);
    }
    return reading;
}

PlotTable ImageMapPlot::table() const
{
    PlotTable table;
    if (itemCount() == 0) {
        return table;
    }
    struct Side
    {
        int first = 0;
        int end = 0;
        int step = 1;
    };
    const auto sideOf = [](const QCPRange &range, int count) {
        Side side;
        side.first = std::clamp(static_cast<int>(std::ceil(range.lower)), 0, count - 1);
        side.end = std::clamp(static_cast<int>(std::floor(range.upper)) + 1, side.first + 1, count);
        side.step = (side.end - side.first + mostCopied - 1) / mostCopied;
        return side;
    };
    const Side rows = sideOf(canvas().yAxis->range(), rowCount());
    const Side columns = sideOf(canvas().xAxis->range(), columnCount());
    const ImageMapData &cells = m_map->data();
    table.header.append(cells.rows.title);
    for (int column = columns.first; column < columns.end; column += columns.step) {
        table.header.append(cells.columns.name(column));
    }
    for (int row = rows.first; row < rows.end; row += rows.step) {
        QStringList fields{cells.rows.name(row)};
        for (int column = columns.first; column < columns.end; column += columns.step) {
            const int item = largestIn({row, column, std::min(rows.step, rows.end - row),
                                        std::min(columns.step, columns.end - column)});
            const float value = m_map->value(rowOf(item), columnOf(item));
            fields.append(value >= 0 ? exactNumber(value) : QString());
        }
        table.rows.push_back(fields);
    }
    return table;
}

} // namespace bitprism
