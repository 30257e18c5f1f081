// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_frame.h"

#include <optional>
#include <unordered_map>

namespace bitprism {

/// Points in series: what LinePlot and ScatterPlot share. Every item is a point.
class SeriesPlot : public PlotFrame
{
    Q_OBJECT

public:
    explicit SeriesPlot(QWidget *parent = nullptr);

    void setAxes(const PlotAxis &x, const PlotAxis &y);
    void setSeries(std::vector<PlotSeries> series);
    const std::vector<PlotSeries> &series() const { return m_series; }
    void setNoiseFloor(const std::optional<NoiseFloor> &floor);
    void setReferenceLines(std::vector<ReferenceLine> lines);
    /// A dashed line where both values are equal, named in the legend; empty: none.
    void setDiagonal(const QString &text);
    /// Writes the points' labels beside them, where there is room; of more than two dozen, of the
    /// emphatic ones alone.
    void setLabelsPoints(bool labels);

    int itemCount() const override { return static_cast<int>(m_items.size()); }
    QString itemId(int item) const override { return point(item).id; }
    bool isChoosable(int item) const override;
    bool isEmpty() const override;
    QRectF itemRect(int item) const override;
    int itemAt(const QPointF &pixel) const override;
    PlotReading reading(int item) const override;
    PlotTable table() const override;

protected:
    /// Labels at the ends of lines in place of a legend.
    virtual bool labelsEnds() const { return false; }

    void drawData(const PlotDrawing &drawing) override;
    void drawAnnotations(const PlotDrawing &drawing) override;
    void prepareReplot() override;
    void applyTheme() override;

private:
    struct Item
    {
        std::size_t series = 0;
        std::size_t point = 0;
    };

    const PlotPoint &point(int item) const;
    int styleOf(std::size_t series) const;
    /// Places on a curve are no things to be ranked.
    static bool isRanked(const PlotSeries &series) { return series.hasMarkers; }
    QPointF pixelOf(const PlotPoint &point) const;
    bool isShown(const PlotPoint &point) const;
    /// Zero or below where an axis is logarithmic: it stands in the strip at the end of that axis.
    bool isOnAxis(const PlotPoint &point) const;
    bool isLeftOfAxis(const PlotPoint &point) const;
    bool isBelowAxis(const PlotPoint &point) const;
    /// Spreads what stands in a strip, so that each of them is seen.
    void placeOnEdges();
    void drawEdges(const PlotDrawing &drawing) const;
    void updateView();
    void updateLegend();
    void drawBands(const PlotDrawing &drawing) const;
    void drawReferences(const PlotDrawing &drawing) const;
    void drawLine(const PlotDrawing &drawing, std::size_t series) const;
    void drawErrorBand(const PlotDrawing &drawing, std::size_t series) const;
    void drawPoints(const PlotDrawing &drawing, std::size_t series) const;
    void drawMark(const PlotDrawing &drawing, const PlotPoint &point, int style,
                  const QColor &ink) const;
    void drawErrors(const PlotDrawing &drawing, const PlotPoint &point, const QColor &colour) const;
    void drawEndLabels(const PlotDrawing &drawing) const;
    std::vector<QLineF> drawnLines() const; ///< in pixels
    void drawPointLabels(const PlotDrawing &drawing) const;
    double markerSize() const;

    std::vector<PlotSeries> m_series;
    std::vector<Item> m_items;
    /// Places in the strips, as shares of these; of a point of the series.
    std::unordered_map<const PlotPoint *, QPointF> m_edgePlaces;
    std::vector<double> m_values; ///< y of the items that are ranked
    std::optional<NoiseFloor> m_floor;
    std::vector<ReferenceLine> m_references;
    QString m_diagonal;
    bool m_labelsPoints = false;
};

/// Curves, with their names at the ends where there are four or fewer, else in a legend.
class LinePlot : public SeriesPlot
{
    Q_OBJECT

public:
    using SeriesPlot::SeriesPlot;

protected:
    bool labelsEnds() const override;
};

/// Points that may have error bars both ways.
class ScatterPlot : public SeriesPlot
{
    Q_OBJECT

public:
    using SeriesPlot::SeriesPlot;
};

} // namespace bitprism
