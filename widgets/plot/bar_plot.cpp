// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/bar_plot.h"

#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr double twoDecades = 100;
constexpr double headroom = 0.05;

} // namespace

BarPlot::BarPlot(QWidget *parent)
    : PlotFrame(parent)
{
    updateAxes();
}

void BarPlot::setOrientation(Qt::Orientation orientation)
{
    m_orientation = orientation;
    updateAxes();
}

void BarPlot::setAxisTitles(const QString &categories, const QString &values)
{
    m_categoryTitle = categories;
    m_valueTitle = values;
    updateAxes();
}

void BarPlot::setStyleNames(std::vector<std::pair<int, QString>> names)
{
    m_styleNames = std::move(names);
}

void BarPlot::setSeries(std::vector<BarSeries> series)
{
    m_series = std::move(series);
    std::vector<LegendEntry> entries;
    for (std::size_t i = 0; m_series.size() > 1 && i < m_series.size(); ++i) {
        entries.push_back({LegendSign::Bar, m_series[i].name, static_cast<int>(i)});
    }
    for (const auto &[style, name] : m_styleNames) {
        entries.push_back({LegendSign::Bar, name, style});
    }
    const auto hasMissing = [this](bool isExplained) {
        for (int item = 0; item < itemCount(); ++item) {
            if (std::isnan(bar(item).value) && bar(item).note.isEmpty() != isExplained) {
                return true;
            }
        }
        return false;
    };
    if (hasMissing(false) || (hasMissing(true) && isVertical())) {
        entries.push_back({LegendSign::Hatch, tr("hatched: not measured"), 0});
    }
    canvas().setLegend(std::move(entries));
    updateAxes();
}

void BarPlot::setValuesShown(bool shown)
{
    m_showsValues = shown;
    updateAxes();
}

void BarPlot::setLogWhereWide(bool wanted)
{
    m_wantsLog = wanted;
    updateAxes();
}

QString BarPlot::valueText(int item) const
{
    const PlotBar &each = bar(item);
    return std::isnan(each.value) ? QString()
        : each.text.isEmpty()     ? plotNumber(each.value)
                                  : each.text;
}

int BarPlot::categoryCount() const
{
    return m_series.empty() ? 0 : static_cast<int>(m_series.front().bars.size());
}

int BarPlot::itemCount() const { return categoryCount() * static_cast<int>(m_series.size()); }

const PlotBar &BarPlot::bar(int item) const
{
    return m_series[static_cast<std::size_t>(seriesOf(item))]
        .bars[static_cast<std::size_t>(categoryOf(item))];
}

int BarPlot::styleOf(int item) const
{
    return bar(item).style >= 0 ? bar(item).style : seriesOf(item);
}

void BarPlot::updateAxes()
{
    PlotAxis categories;
    categories.title = m_categoryTitle;
    PlotAxis values;
    const bool hasAxis = !m_showsValues || isVertical(); // numbers at the bars say the same
    values.title = hasAxis ? m_valueTitle : QString();
    values.startsAtZero = true;
    PlotRange range;
    range.add(0);
    for (int item = 0; item < itemCount(); ++item) {
        const PlotBar &each = bar(item);
        const double error = std::isfinite(each.error) ? each.error : 0;
        range.add(each.value + (each.value < 0 ? -error : error));
        if (seriesOf(item) == 0) {
            categories.categories.append(each.label);
        }
    }
    PlotRange positive;
    bool isPositive = m_wantsLog;
    for (int item = 0; item < itemCount(); ++item) {
        positive.add(bar(item).value);
        isPositive = isPositive && !(bar(item).value <= 0);
    }
    values.isLog = isPositive && !positive.isEmpty() && positive.high >= twoDecades * positive.low;
    m_base = values.isLog ? std::pow(10, std::floor(std::log10(positive.low) - 1e-9)) : 0;
    const double span = range.high > range.low ? range.high - range.low : 1;
    range = values.isLog
        ? PlotRange{m_base, 1.5 * range.high}
        : PlotRange{range.low < 0 ? range.low - headroom * span : 0,
                    range.high > 0 || range.low == 0 ? range.high + headroom * span : 0};
    const PlotRange places{-0.5, std::max(categoryCount(), 1) - 0.5};
    canvas().setAxes(isVertical() ? categories : values, isVertical() ? values : categories);
    canvas().xAxis->setTickLabels(hasAxis);
    canvas().xAxis->setTicks(hasAxis);
    canvas().xAxis->grid()->setVisible(hasAxis && !isVertical());
    canvas().yAxis->grid()->setVisible(isVertical());
    canvas().yAxis->setRangeReversed(!isVertical());
    (isVertical() ? canvas().xAxis : canvas().yAxis)->setTickLength(0, 0);
    // Bars start at zero, so only the categories can be zoomed.
    setFullView(isVertical() ? places : range, isVertical() ? range : places,
                isVertical() ? Qt::Horizontal : Qt::Vertical);
    dataChanged(true);
}

QRectF BarPlot::pixelRect(double from, double to, double low, double high) const
{
    return isVertical() ? QRectF(canvas().pixel(from, high), canvas().pixel(to, low)).normalized()
                        : QRectF(canvas().pixel(low, from), canvas().pixel(high, to)).normalized();
}

QRectF BarPlot::barRect(int item, double value) const
{
    const double width = groupWidth / static_cast<double>(m_series.size());
    const double from = categoryOf(item) - groupWidth / 2 + seriesOf(item) * width;
    return pixelRect(from, from + width, std::min(value, m_base), std::max(value, m_base));
}

QRectF BarPlot::itemRect(int item) const
{
    const double value = bar(item).value;
    const double all = isVertical() ? canvas().yAxis->range().upper : canvas().xAxis->range().upper;
    QRectF rect = barRect(item, std::isnan(value) ? all : value);
    // A bar of zero can be pointed at too.
    rect = isVertical() ? rect.adjusted(0, -1, 0, 1) : rect.adjusted(-1, 0, 1, 0);
    return rect.intersected(canvas().plotRect());
}

int BarPlot::itemAt(const QPointF &pixel) const
{
    if (itemCount() == 0 || !canvas().plotRect().contains(pixel)) {
        return -1;
    }
    // The whole height of a bar's place counts: small bars would be hard to hit.
    const double place = isVertical() ? canvas().xAxis->pixelToCoord(pixel.x())
                                      : canvas().yAxis->pixelToCoord(pixel.y());
    const int category = std::clamp(static_cast<int>(std::lround(place)), 0, categoryCount() - 1);
    const double inside = (place - category + groupWidth / 2) / groupWidth;
    const int count = static_cast<int>(m_series.size());
    const int series = std::clamp(static_cast<int>(std::floor(inside * count)), 0, count - 1);
    return category * count + series;
}

int BarPlot::neighbour(int item, Qt::Key key) const
{
    const int count = static_cast<int>(m_series.size());
    const bool isForward = key == Qt::Key_Right || key == Qt::Key_Down;
    const bool isAlong = (key == Qt::Key_Left || key == Qt::Key_Right) == isVertical();
    const int next = item + (isForward ? 1 : -1) * (isAlong ? count : 1);
    return next >= 0 && next < itemCount() ? next : item;
}

PlotReading BarPlot::reading(int item) const
{
    const PlotBar &each = bar(item);
    PlotReading reading;
    reading.headline = each.label;
    if (m_series.size() > 1) {
        reading.values.emplace_back(QString(),
                                    m_series[static_cast<std::size_t>(seriesOf(item))].name);
    }
    if (std::isnan(each.value)) {
        reading.values.emplace_back(m_valueTitle,
                                    each.note.isEmpty() ? tr("not measured") : each.note);
        return reading;
    }
    reading.values.emplace_back(m_valueTitle, plotNumber(each.value, each.error));
    const BarSeries &own = m_series[static_cast<std::size_t>(seriesOf(item))];
    std::vector<double> values;
    for (const PlotBar &other : own.bars) {
        values.push_back(other.value);
    }
    const auto [rank, total] = own.sizes.empty() ? rankAmong(each.value, values)
                                                 : rankAmong(std::abs(each.value), own.sizes);
    reading.rank = total > 1 ? standingText(rank, total, rankedAmong()) : QString();
    reading.note = each.isMuted ? tr("inside the noise") : each.note;
    return reading;
}

PlotTable BarPlot::table() const
{
    PlotTable table;
    table.header.append(m_categoryTitle.isEmpty() ? tr("name") : m_categoryTitle);
    for (const BarSeries &series : m_series) {
        const QString title = m_series.size() > 1 ? series.name : m_valueTitle;
        table.header.append(title);
        table.header.append(errorTitle(title));
    }
    for (int category = 0; category < categoryCount(); ++category) {
        const PlotBar &first = m_series.front().bars[static_cast<std::size_t>(category)];
        QStringList fields{wholeName(first.label, first.id)};
        for (const BarSeries &series : m_series) {
            const PlotBar &each = series.bars[static_cast<std::size_t>(category)];
            fields.append(exactNumber(each.value));
            fields.append(exactNumber(each.error));
        }
        table.rows.push_back(fields);
    }
    return table;
}

bool BarPlot::hasRoomForValues() const
{
    constexpr double leastShare = 0.8; // of a line's height, else the numbers touch
    const double pitch = canvas().plotRect().height()
        / std::max(canvas().yAxis->range().size(), 1.0)
        / static_cast<double>(std::max<std::size_t>(m_series.size(), 1));
    return pitch >= leastShare * QFontMetrics(canvas().smallFont()).height();
}

/// Names of the groups below their middles, as many as have room.
void BarPlot::labelGroups()
{
    const auto ticker = canvas().xAxis->ticker().dynamicCast<ListTicker>();
    if (!isVertical() || !ticker || categoryCount() == 0 || bar(0).group.isEmpty()) {
        return;
    }
    const QFontMetrics metrics(canvas().smallFont());
    const int stride = static_cast<int>(m_series.size()); // between the bars of one series
    QVector<double> places;
    QVector<QString> labels;
    for (int first = 0; first < categoryCount();) {
        int end = first + 1;
        while (end < categoryCount() && bar(end * stride).group == bar(first * stride).group) {
            ++end;
        }
        const QString &label = bar(first * stride).group;
        const double middle = (first + end - 1) / 2.0;
        const double apart = places.isEmpty()
            ? 1e9
            : canvas().xAxis->coordToPixel(middle) - canvas().xAxis->coordToPixel(places.last());
        if (apart >= metrics.horizontalAdvance(label) + metrics.height() / 2.0) {
            places.append(middle);
            labels.append(label);
        }
        first = end;
    }
    ticker->setTicks(places, labels);
}

void BarPlot::prepareReplot()
{
    canvas().thinCategories();
    labelGroups();
    const QPen line(Theme::of(palette()).mutedText, 1);
    // Bars of both signs stand on a line of their own (drawData()), not at the edge.
    const bool isInside = (isVertical() ? canvas().yAxis : canvas().xAxis)->range().lower < m_base;
    QCPAxis &categories = isVertical() ? *canvas().xAxis : *canvas().yAxis;
    categories.setBasePen(isInside ? QPen(Qt::NoPen) : line);
    categories.setTickPen(categories.basePen()); // a tick of no length is still a dot
    if (m_showsValues && !isVertical()) { // where numbers have no room, the axis tells
        const bool hasAxis = !hasRoomForValues();
        canvas().xAxis->setTickLabels(hasAxis);
        canvas().xAxis->setTicks(hasAxis);
        canvas().xAxis->setBasePen(hasAxis ? line : QPen(Qt::NoPen));
        canvas().xAxis->grid()->setVisible(hasAxis);
    }
    int margin = em(this, 1);
    const QFontMetrics metrics(canvas().smallFont());
    for (int item = 0; m_showsValues && !isVertical() && item < itemCount(); ++item) {
        margin = std::max(margin, metrics.horizontalAdvance(valueText(item)) + em(this, 1));
    }
    canvas().setRightMargin(margin);
    if (m_showsValues && !isVertical()) { // the label of the first bar may reach above the plot
        canvas().axisRect()->setMinimumMargins(QMargins(0, metrics.height() / 2, margin, 0));
    }
}

} // namespace bitprism
