// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_frame.h"

#include <utility>
#include <vector>

namespace bitprism {

/// Bars from zero, upright or lying; those of several series stand side by side. Every item is a
/// bar; items go category by category.
class BarPlot : public PlotFrame
{
    Q_OBJECT

public:
    explicit BarPlot(QWidget *parent = nullptr);

    /// Vertical bars stand on the x axis; horizontal ones suit long names and mirrored differences.
    void setOrientation(Qt::Orientation orientation);
    void setAxisTitles(const QString &categories, const QString &values);
    /// What the colours of single bars mean, for the legend of the next setSeries(): a style, and
    /// its name.
    void setStyleNames(std::vector<std::pair<int, QString>> names);
    /// Every series has the same categories in the same order.
    void setSeries(std::vector<BarSeries> series);
    const std::vector<BarSeries> &series() const { return m_series; }
    /// Writes the values at the ends of lying bars, in place of an axis.
    void setValuesShown(bool shown);
    /// A logarithmic axis of values where they are positive and span two decades; bars then stand
    /// on the lower end of the axis.
    void setLogWhereWide(bool wanted);

    int itemCount() const override;
    QString itemId(int item) const override { return bar(item).id; }
    QRectF itemRect(int item) const override;
    int itemAt(const QPointF &pixel) const override;
    PlotReading reading(int item) const override;
    PlotTable table() const override;

protected:
    void drawData(const PlotDrawing &drawing) override;
    void drawAnnotations(const PlotDrawing &drawing) override;
    void prepareReplot() override;
    int neighbour(int item, Qt::Key key) const override;

private:
    /// Share of a category that its bars take; the rest is the gap to the next.
    static constexpr double groupWidth = 0.76;

    const PlotBar &bar(int item) const;
    int categoryCount() const;
    int seriesOf(int item) const { return item % static_cast<int>(m_series.size()); }
    int categoryOf(int item) const { return item / static_cast<int>(m_series.size()); }
    int styleOf(int item) const;
    bool isVertical() const { return m_orientation == Qt::Vertical; }
    /// Corners at these places of the category and value axes.
    QRectF pixelRect(double from, double to, double low, double high) const;
    QRectF barRect(int item, double value) const;
    void updateAxes();
    void labelGroups();
    bool hasRoomForValues() const;
    void drawGroups(const PlotDrawing &drawing) const;
    void drawBar(const PlotDrawing &drawing, int item) const;
    void drawMissing(const PlotDrawing &drawing, int item) const;
    void drawError(const PlotDrawing &drawing, int item) const;
    void drawValue(const PlotDrawing &drawing, int item) const;
    QString valueText(int item) const;

    Qt::Orientation m_orientation = Qt::Vertical;
    QString m_categoryTitle;
    QString m_valueTitle;
    std::vector<BarSeries> m_series;
    std::vector<std::pair<int, QString>> m_styleNames;
    bool m_showsValues = false;
    bool m_wantsLog = false;
    double m_base = 0; ///< where bars begin
};

} // namespace bitprism
