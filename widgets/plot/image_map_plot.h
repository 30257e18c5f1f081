// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/colour_legend.h"
#include "widgets/plot/image_map.h"
#include "widgets/plot/plot_frame.h"

#include <optional>

class QCPAxis;

namespace bitprism {

class MarginStrip;

/// A map of up to millions of cells, drawn pixel by pixel from an ImageMap: what lies closer than
/// two pixels is shown as one, with the largest value. The largest of each row and each column may
/// stand in strips beside it. Every item is a cell.
class ImageMapPlot : public PlotFrame
{
    Q_OBJECT

public:
    /// What a click chooses, and whose id itemId() gives.
    enum class Chosen
    {
        Rows,
        Columns
    };

    ImageMapPlot(Chosen chosen, QWidget *parent = nullptr);
    ~ImageMapPlot() override;

    /// Null: nothing is shown.
    void setMap(ImageMapPtr map);
    const ImageMapPtr &map() const { return m_map; }
    void setMarginsShown(bool shown);
    /// A row or column of any id is outlined over its whole length.
    int rowOf(int item) const { return item / columnCount(); }
    int columnOf(int item) const { return item % columnCount(); }
    /// -1 where there is none.
    int itemOf(int row, int column) const;
    int itemCount() const override;
    QString itemId(int item) const override;
    QRectF itemRect(int item) const override;
    int itemAt(const QPointF &pixel) const override;
    PlotReading reading(int item) const override;
    /// What is in view, at most `mostCopied` along each side, each the largest of its part.
    PlotTable table() const override;
    static constexpr int mostCopied = 160;

Q_SIGNALS:
    void cellClicked(int row, int column);

protected:
    void drawData(const PlotDrawing &drawing) override;
    void prepareReplot() override;
    void applyTheme() override;
    int neighbour(int item, Qt::Key key) const override;
    std::vector<QRectF> selectedRects() const override;
    QString selectedName() const override;
    QStringList idsIn(const QRectF &pixels) const override;

private:
    /// Cells that are shown as one: whole steps of the level that is drawn.
    struct Part
    {
        int row = 0;
        int column = 0;
        int rows = 1;
        int columns = 1;
    };

    int columnCount() const { return m_map ? m_map->data().columns.count : 0; }
    int rowCount() const { return m_map ? m_map->data().rows.count : 0; }
    const ImageMap::Level &level() const;
    Part partOf(int row, int column) const;
    /// The largest cell of a part.
    int largestIn(const Part &part) const;
    QRectF rectOf(const Part &part) const;
    QImage picture(const QRectF &plot, double ratio, const Theme &theme) const;
    void drawBorders(const PlotDrawing &drawing) const;
    void drawMargin(QPainter &painter, const QRectF &strip, Qt::Orientation orientation) const;
    void setTicks(QCPAxis &axis, const ImageMapAxis &info) const;
    void setNumbers(QCPAxis &axis, int step) const;
    void updateLegend();

    Chosen m_chosen;
    ImageMapPtr m_map;
    ColourLegend m_legend;
    MarginStrip *m_above;
    MarginStrip *m_beside;
    bool m_hasMargins = false;
};

} // namespace bitprism
