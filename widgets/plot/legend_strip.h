// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_marks.h"
#include "widgets/plot/qcustomplot_header.h"

#include <vector>

namespace bitprism {

/// The entries of a legend, in as many lines as they need.
class LegendStrip final : public QCPLayoutElement
{
public:
    explicit LegendStrip(QCustomPlot *plot)
        : QCPLayoutElement(plot)
    {
    }

    void setEntries(std::vector<LegendEntry> entries) { m_entries = std::move(entries); }
    const std::vector<LegendEntry> &entries() const { return m_entries; }
    QSize minimumOuterSizeHint() const override { return {0, height()}; }
    QSize maximumOuterSizeHint() const override { return {QWIDGETSIZE_MAX, height()}; }

protected:
    void draw(QCPPainter *painter) override;

private:
    /// Where each entry begins, for a width of `width`.
    std::vector<QPoint> places(int width) const;
    int entryWidth(const LegendEntry &entry) const;
    int signWidth() const { return parentPlot()->fontMetrics().height() * 3 / 2; }
    int lineHeight() const { return parentPlot()->fontMetrics().height() * 5 / 4; }
    int height() const;
    QFont font() const;

    std::vector<LegendEntry> m_entries;
};

} // namespace bitprism
