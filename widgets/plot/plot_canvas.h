// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/legend_strip.h"
#include "widgets/plot/plot_data.h"
#include "widgets/plot/plot_marks.h"
#include "widgets/plot/qcustomplot_header.h"

#include <functional>
#include <vector>

namespace bitprism {

/// What drawing functions are given.
struct PlotDrawing
{
    QPainter &painter;
    const Theme &theme;
    bool isVector = false; ///< SVG or PDF: nothing may rely on clipping
};

/// QCustomPlot with the workbench's axes, colours and legend, and two hooks to draw with.
class PlotCanvas final : public QCustomPlot
{
public:
    using Draw = std::function<void(const PlotDrawing &)>;

    explicit PlotCanvas(QWidget *parent);

    /// `inside` is drawn within the axes and cut to them, `above` over everything.
    void setDrawing(const Draw &inside, const Draw &above);
    void setAxes(const PlotAxis &x, const PlotAxis &y);
    /// The share at the lower end of each axis that stands for all that is zero or below, on
    /// logarithmic axes; 0: none.
    void setEdges(double x, double y);
    double xEdge() const { return m_xEdge; }
    double yEdge() const { return m_yEdge; }
    /// The plot without these edges.
    QRectF scaledRect() const;
    /// Axes and legend are there: not where no data give them a scale.
    void setFurnished(bool furnished);
    void setLegend(std::vector<LegendEntry> entries);
    /// All colours and fonts from the widget's palette and font.
    void applyTheme();
    /// Room right of the axes for labels at the ends of lines, in pixels.
    void setRightMargin(int pixels);

    /// Labels as many categories of an axis as fit without touching, and cuts titles to the length
    /// of their axes.
    void thinCategories();
    /// Lays axes, labels and legend out for what they show now, without drawing.
    void layOut() { updateLayout(); }
    /// Draws all of it soon; once it is seen, if it is not.
    void requestReplot();
    void replotIfStale();
    /// Called after a change of palette or font.
    void setThemeChanged(std::function<void()> changed) { m_themeChanged = std::move(changed); }

    QRectF plotRect() const { return axisRect()->rect(); }
    QPointF pixel(double x, double y) const
    {
        return {xAxis->coordToPixel(x), yAxis->coordToPixel(y)};
    }
    const PlotAxis &xInfo() const { return m_x; }
    const PlotAxis &yInfo() const { return m_y; }
    const std::vector<LegendEntry> &legendEntries() const { return m_legend->entries(); }
    QFont smallFont() const;
    /// For text that stands on its side.
    QFont sideFont() const;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void setAxis(QCPAxis &axis, const PlotAxis &info);
    void setLabelCount(QCPAxis &axis, int count);
    void thinNumbers(QCPAxis &axis) const;
    void thinAxis(QCPAxis &axis, const PlotAxis &info) const;

    LegendStrip *m_legend;
    PlotAxis m_x;
    PlotAxis m_y;
    double m_xEdge = 0;
    double m_yEdge = 0;
    std::function<void()> m_themeChanged;
    bool m_isStale = false; ///< what is drawn is no longer what it shows
};

} // namespace bitprism
