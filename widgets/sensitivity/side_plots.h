// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QSplitter;
class QTabBar;

namespace bitprism {

/// Plots one above the other; where that would make them too low to read, one at a time behind a
/// bar of tabs.
class SidePlots : public QWidget
{
    Q_OBJECT

public:
    explicit SidePlots(QWidget *parent);

    /// `title` stands on the plot's tab.
    void addPlot(QWidget *plot, const QString &title);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showPlots();

    QTabBar *m_tabs;
    QSplitter *m_split;
    std::vector<QWidget *> m_plots;
};

} // namespace bitprism
