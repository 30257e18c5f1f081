// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/colour_scale.h"

#include <QString>

class QCPColorScale;

namespace bitprism {

class PlotCanvas;

/// The bar of colours beside a map, with its values and what they are.
class ColourLegend
{
public:
    /// Stands in `row` and `column` of the canvas's layout, as high as the axes.
    ColourLegend(PlotCanvas &canvas, int row, int column);

    /// `name` is what the values are, with their unit.
    /// A scale of no values would be invented: the bar keeps its place, but is not drawn.
    void setShown(bool shown);
    void setScale(const ColourScale &scale, const QString &name);
    /// Cuts the title to the height of the plot: before each replot.
    void fit();
    /// Colours and fonts from the canvas's palette and font.
    void applyTheme();

private:
    void showValues();

    PlotCanvas &m_canvas;
    QCPColorScale *m_bar;
    ColourScale m_scale;
    QString m_name;
    QString m_title; ///< says whether it is logarithmic
};

} // namespace bitprism
