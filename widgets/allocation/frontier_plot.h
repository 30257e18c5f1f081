// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/series_plot.h"

#include <QPointF>

#include <optional>

namespace bitprism {

/// Damage against size, with a handle on the budget that can be dragged along the size axis.
class FrontierPlot : public LinePlot
{
    Q_OBJECT

public:
    explicit FrontierPlot(QWidget *parent = nullptr);

    /// Place of the handle on the x axis; NaN: none.
    void setBudget(double budget);
    double budget() const { return m_budget; }

Q_SIGNALS:
    /// While the handle is dragged, and where the user clicks beside it.
    void budgetDragged(double budget);

protected:
    bool labelsEnds() const override { return false; }
    void drawData(const PlotDrawing &drawing) override;
    void drawAnnotations(const PlotDrawing &drawing) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    double budgetAt(double pixel) const;
    bool isNearHandle(double pixel) const;

    double m_budget;
    bool m_isDragging = false;
    std::optional<QPointF> m_pressed; ///< beside the handle
};

} // namespace bitprism
