// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/heat_map_plot.h"

#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

std::shared_ptr<const HeatMapData> emptyData() { return std::make_shared<HeatMapData>(); }

} // namespace

HeatMapPlot::HeatMapPlot(QWidget *parent)
    : PlotFrame(parent)
    , m_data(emptyData())
    , m_legend(canvas(), 1, 1)
{
    canvas().yAxis->setRangeReversed(true);
    connect(this, &PlotFrame::itemClicked, this, [this](int item) {
        Q_EMIT cellClicked(itemId(item),
                           m_data->columns[static_cast<std::size_t>(columnOf(item))].id);
    });
    HeatMapPlot::applyTheme();
}

HeatMapPlot::~HeatMapPlot() = default;

void HeatMapPlot::setData(std::shared_ptr<const HeatMapData> map)
{
    const bool isSameShape
        = map->rows.size() == m_data->rows.size() && map->columns.size() == m_data->columns.size();
    m_data = std::move(map);
    m_rowSteps = groupedSteps(m_data->rows);
    m_columnSteps = groupedSteps(m_data->columns);
    constexpr int cellDigits = 2;
    m_notation = commonNotation(m_data->values, cellDigits, cellDigits);
    m_sorted.assign(m_data->columns.size(), {});
    for (std::size_t cell = 0; cell < m_data->values.size(); ++cell) {
        if (std::isfinite(m_data->values[cell])) {
            m_sorted[cell % m_data->columns.size()].push_back(m_data->values[cell]);
        }
    }
    for (std::vector<double> &values : m_sorted) {
        std::sort(values.begin(), values.end(), std::greater<>());
    }
    PlotAxis columns;
    columns.title = m_columnTitle;
    for (const HeatMapColumn &column : m_data->columns) {
        columns.categories.append(column.label);
    }
    canvas().setAxes(columns, {});
    canvas().yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ListTicker));
    canvas().yAxis->grid()->setVisible(false);
    Qt::Orientations zoomable = Qt::Vertical;
    if (columnCount() > 16) { // a few columns are all needed to read a row
        zoomable |= Qt::Horizontal;
    }
    setFullView({-0.5, columnCount() - 0.5}, {-0.5, rowCount() - 0.5}, zoomable);
    updateScale();
    updateLegend();
    dataChanged(isSameShape);
}

void HeatMapPlot::setLogScale(bool isLog)
{
    m_wantsLog = isLog;
    updateScale();
    replot();
}

void HeatMapPlot::setDiverging(bool isDiverging)
{
    m_isDiverging = isDiverging;
    updateScale();
    replot();
}

void HeatMapPlot::setAxisTitles(const QString &columns, const QString &rows)
{
    m_columnTitle = columns;
    m_rowTitle = rows;
    canvas().xAxis->setLabel(columns);
    canvas().yAxis->setLabel(rows);
}

void HeatMapPlot::updateScale()
{
    m_scale = ColourScale::of(m_data->values, m_wantsLog, m_isDiverging);
    const QString name = m_data->unit.isEmpty() ? m_data->valueName
                                                : tr("%1, %2").arg(m_data->valueName, m_data->unit);
    m_legend.setScale(m_scale, name);
    m_legend.setShown(std::any_of(m_data->values.begin(), m_data->values.end(),
                                  [](double value) { return std::isfinite(value); }));
}

void HeatMapPlot::updateLegend()
{
    std::vector<LegendEntry> entries;
    const auto any = [](const std::vector<char> &flags) {
        return std::find(flags.begin(), flags.end(), 1) != flags.end();
    };
    if (any(m_data->marked)) {
        entries.push_back({LegendSign::Dot, m_data->markText, 0});
    }
    if (any(m_data->muted)) {
        entries.push_back({LegendSign::Muted, tr("grey: inside the noise"), 0});
    }
    if (std::any_of(m_data->values.begin(), m_data->values.end(),
                    [](double value) { return std::isnan(value); })) {
        entries.push_back({LegendSign::Hatch, tr("hatched: not measured"), 0});
    }
    canvas().setLegend(std::move(entries));
}

void HeatMapPlot::applyTheme()
{
    PlotFrame::applyTheme();
    canvas().yAxis->setTickPen(Qt::NoPen); // a tick of no length is still a dot
    canvas().xAxis->setTickPen(Qt::NoPen);
    canvas().xAxis->setBasePen(Qt::NoPen);
    canvas().yAxis->setBasePen(Qt::NoPen);
    updateScale();
}

bool HeatMapPlot::flag(const std::vector<char> &flags, int item) const
{
    return !flags.empty() && flags[static_cast<std::size_t>(item)] != 0;
}

HeatMapPlot::Step HeatMapPlot::step() const
{
    const QRectF plot = canvas().plotRect();
    const auto needed = [](double least, double each) {
        return std::max(1, static_cast<int>(std::ceil(least / std::max(each, 1e-6) - 1e-9)));
    };
    const double rowHeight = plot.height() / std::max(canvas().yAxis->range().size(), 1e-6);
    const double columnWidth = plot.width() / std::max(canvas().xAxis->range().size(), 1e-6);
    // 14 x 12 pixels at the usual font, more at a larger one.
    return {needed(std::max(12, space(this, 3)), rowHeight),
            needed(std::max(14, space(this, 3)), columnWidth)};
}

GroupedSteps::Span HeatMapPlot::rowsAt(int row, const Step &step) const
{
    return m_rowSteps.at(row, step.rows);
}

GroupedSteps::Span HeatMapPlot::columnsAt(int column, const Step &step) const
{
    return m_columnSteps.at(column, step.columns);
}

int HeatMapPlot::representative(int row, int column, const Step &step) const
{
    const GroupedSteps::Span rows = rowsAt(row, step);
    const GroupedSteps::Span columns = columnsAt(column, step);
    int best = static_cast<int>(m_data->at(rows.first, columns.first));
    const auto size = [this](int item) {
        const double number = value(item);
        return std::isnan(number) ? -1 : m_isDiverging ? std::abs(number) : number;
    };
    for (int r = rows.first; r < rows.end; ++r) {
        for (int c = columns.first; c < columns.end; ++c) {
            const int item = static_cast<int>(m_data->at(r, c));
            if (std::isnan(value(best)) || size(item) > size(best)) {
                best = item;
            }
        }
    }
    return best;
}

QRectF HeatMapPlot::blockRect(int row, int column, const Step &step) const
{
    const GroupedSteps::Span rows = rowsAt(row, step);
    const GroupedSteps::Span columns = columnsAt(column, step);
    return QRectF(canvas().pixel(columns.first - 0.5, rows.first - 0.5),
                  canvas().pixel(columns.end - 0.5, rows.end - 0.5))
        .normalized();
}

QColor HeatMapPlot::cellColour(int item) const
{
    return colourIn(colours(Theme::of(palette())), item);
}

const ColourMap &HeatMapPlot::colours(const Theme &theme) const
{
    return m_isDiverging ? ColourMap::diverging(theme) : ColourMap::sequential(theme);
}

QColor HeatMapPlot::colourIn(const ColourMap &map, int item) const
{
    const double number = value(item);
    if (std::isnan(number)) {
        return {};
    }
    const double place = m_scale.place(number);
    return flag(m_data->muted, item) ? map.mutedColour(place) : map.colour(place);
}

int HeatMapPlot::itemCount() const { return static_cast<int>(m_data->values.size()); }

QString HeatMapPlot::itemId(int item) const
{
    return m_data->rows[static_cast<std::size_t>(rowOf(item))].id;
}

QRectF HeatMapPlot::itemRect(int item) const
{
    return blockRect(rowOf(item), columnOf(item), step()).intersected(canvas().plotRect());
}

int HeatMapPlot::itemAt(const QPointF &pixel) const
{
    if (itemCount() == 0 || !canvas().plotRect().contains(pixel)) {
        return -1;
    }
    const auto row = static_cast<int>(std::lround(canvas().yAxis->pixelToCoord(pixel.y())));
    const auto column = static_cast<int>(std::lround(canvas().xAxis->pixelToCoord(pixel.x())));
    return representative(std::clamp(row, 0, rowCount() - 1),
                          std::clamp(column, 0, columnCount() - 1), step());
}

int HeatMapPlot::neighbour(int item, Qt::Key key) const
{
    const Step blocks = step();
    const auto next = [](int place, const GroupedSteps::Span &own, bool isOn, bool isBack) {
        return isOn ? own.end : isBack ? own.first - 1 : place;
    };
    const int row
        = next(rowOf(item), rowsAt(rowOf(item), blocks), key == Qt::Key_Down, key == Qt::Key_Up);
    const int column = next(columnOf(item), columnsAt(columnOf(item), blocks), key == Qt::Key_Right,
                            key == Qt::Key_Left);
    return representative(std::clamp(row, 0, rowCount() - 1),
                          std::clamp(column, 0, columnCount() - 1), blocks);
}

std::vector<QRectF> HeatMapPlot::selectedRects() const
{
    std::vector<QRectF> rects;
    const Step blocks = step();
    for (int row = 0; row < rowCount() && columnCount() > 0; ++row) {
        if (selected().contains(m_data->rows[static_cast<std::size_t>(row)].id)) {
            rects.push_back(blockRect(row, 0, blocks)
                                .united(blockRect(row, columnCount() - 1, blocks))
                                .intersected(canvas().plotRect()));
        }
    }
    return rects;
}

PlotReading HeatMapPlot::reading(int item) const
{
    const auto column = static_cast<std::size_t>(columnOf(item));
    const HeatMapColumn &heading = m_data->columns[column];
    const double number = value(item);
    PlotReading reading;
    reading.headline = tr("%1, %2").arg(itemId(item), heading.phrase);
    if (std::isnan(number)) {
        reading.values.emplace_back(m_data->valueName, tr("not measured"));
        return reading;
    }
    const double error = m_data->errors.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                : m_data->errors[static_cast<std::size_t>(item)];
    const QString text = plotNumber(number, error);
    reading.values.emplace_back(
        m_data->valueName, m_data->unit.isEmpty() ? text : tr("%1 %2").arg(text, m_data->unit));
    const std::vector<double> &sorted = m_sorted[column];
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), number, std::greater<>());
    reading.rank = tr("%1 at %2")
                       .arg(standingText(static_cast<int>(place - sorted.begin()) + 1,
                                         static_cast<int>(sorted.size()), rankedAmong()),
                            heading.phrase);
    const Step blocks = step();
    QStringList notes;
    const int together
        = rowsAt(rowOf(item), blocks).size() * columnsAt(columnOf(item), blocks).size();
    if (together > 1) {
        notes.append(tr("the largest of up to %n cells shown as one", nullptr, together));
    }
    if (flag(m_data->muted, item)) {
        notes.append(tr("inside the noise"));
    }
    if (flag(m_data->marked, item)) {
        notes.append(m_data->markText);
    }
    reading.note = notes.join(QLatin1String("; "));
    return reading;
}

PlotTable HeatMapPlot::table() const
{
    PlotTable table;
    table.header.append(m_rowTitle.isEmpty() ? tr("row") : m_rowTitle);
    for (const HeatMapColumn &column : m_data->columns) {
        table.header.append(!column.whole.isEmpty()       ? column.whole
                                : column.phrase.isEmpty() ? column.label
                                                          : column.phrase);
    }
    for (int row = 0; row < rowCount(); ++row) {
        const HeatMapRow &own = m_data->rows[static_cast<std::size_t>(row)];
        QStringList fields{own.whole.isEmpty() ? own.id : own.whole};
        for (int column = 0; column < columnCount(); ++column) {
            fields.append(exactNumber(m_data->values[m_data->at(row, column)]));
        }
        table.rows.push_back(fields);
    }
    return table;
}

} // namespace bitprism
