// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/colour_legend.h"
#include "widgets/plot/grouped_steps.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/plot/plot_text.h"

#include <memory>

namespace bitprism {

class ColourMap;

/// Cells of rows and columns, coloured by value; every item is a cell, its id that of its row.
/// Where cells would be too small to see, neighbours of one group are shown as one, with the
/// largest value.
class HeatMapPlot : public PlotFrame
{
    Q_OBJECT

public:
    explicit HeatMapPlot(QWidget *parent = nullptr);
    ~HeatMapPlot() override;

    /// The data stay as they are: values, errors, flags have rows x columns entries. More than
    /// maxPlotCells squared cells must be reduced before (reducedHeatMap()).
    void setData(std::shared_ptr<const HeatMapData> map);
    const HeatMapData &cells() const { return *m_data; }
    void setLogScale(bool isLog);
    void setDiverging(bool isDiverging);
    const ColourScale &scale() const { return m_scale; }
    void setAxisTitles(const QString &columns, const QString &rows);

    int rowOf(int item) const { return item / columnCount(); }
    int columnOf(int item) const { return item % columnCount(); }
    /// The colour a cell is drawn with; invalid for one that is hatched.
    QColor cellColour(int item) const;

    int itemCount() const override;
    QString itemId(int item) const override;
    QRectF itemRect(int item) const override;
    int itemAt(const QPointF &pixel) const override;
    PlotReading reading(int item) const override;
    PlotTable table() const override;

Q_SIGNALS:
    void cellClicked(const QString &rowId, const QString &columnId);

protected:
    void drawData(const PlotDrawing &drawing) override;
    void prepareReplot() override;
    void applyTheme() override;
    int neighbour(int item, Qt::Key key) const override;
    std::vector<QRectF> selectedRects() const override;

private:
    /// Rows and columns that fill the room which one needs to be seen.
    struct Step
    {
        int rows = 1;
        int columns = 1;
    };
    /// What all cells are drawn with; lengths in pixels.
    struct CellLook
    {
        const ColourMap &colours;
        int ascent;
        int leastWidth; ///< that a number needs
        double dot;
        int besideDot;
    };

    int columnCount() const { return static_cast<int>(m_data->columns.size()); }
    int rowCount() const { return static_cast<int>(m_data->rows.size()); }
    double value(int item) const { return m_data->values[static_cast<std::size_t>(item)]; }
    bool flag(const std::vector<char> &flags, int item) const;
    Step step() const;
    /// Cells shown as one with this one; the item with the largest value stands for them.
    int representative(int row, int column, const Step &step) const;
    QRectF blockRect(int row, int column, const Step &step) const;
    GroupedSteps::Span rowsAt(int row, const Step &step) const;
    GroupedSteps::Span columnsAt(int column, const Step &step) const;
    void updateScale();
    void updateLegend();
    const ColourMap &colours(const Theme &theme) const;
    QColor colourIn(const ColourMap &map, int item) const;
    void drawCellText(QPainter &painter, const CellLook &look, const QRectF &rect, int item,
                      const QColor &background, bool isAlone) const;
    void drawBorders(const PlotDrawing &drawing, const Step &step) const;
    void setRowTicks(const QVector<double> &places, const QVector<QString> &labels);
    void labelRows(const Step &step);
    QString rowLabel(const GroupedSteps::Span &span, const QFontMetrics &metrics, int most) const;
    void labelGroups();

    std::shared_ptr<const HeatMapData> m_data;
    GroupedSteps m_rowSteps;
    GroupedSteps m_columnSteps;
    Notation m_notation; ///< of the numbers in the cells
    std::vector<std::vector<double>> m_sorted; ///< finite values of each column, falling
    ColourScale m_scale;
    bool m_wantsLog = false;
    bool m_isDiverging = false;
    QString m_columnTitle;
    QString m_rowTitle;
    ColourLegend m_legend;
};

/// Groups of a map's rows or columns.
template <typename Heading> GroupedSteps groupedSteps(const std::vector<Heading> &headings)
{
    std::vector<QString> groups;
    groups.reserve(headings.size());
    for (const Heading &heading : headings) {
        groups.push_back(heading.group);
    }
    return GroupedSteps(groups);
}

/// The same map with at most `limit` rows and columns: of each group of cells the largest value,
/// with its error and flags; labels of the first.
HeatMapData reducedHeatMap(const HeatMapData &data, int limit = maxPlotCells);

} // namespace bitprism
