// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"
#include "widgets/shared/view.h"
#include "widgets/trade_offs/trade_offs_charts.h"

#include <QStringList>
#include <QTimer>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedLayout;

namespace bitprism {

class AxisChoice;
class DataTable;
class ExperimentChips;
class PredictedFrontier;
class RunsBanner;
class RunsTableModel;
class ScatterPlot;
class StatePanel;

/// What the runs cost against what they lose: all of them as points, those that no other beats
/// joined by a step line, the unquantized model as a reference.
class TradeOffsView : public View
{
    Q_OBJECT

public:
    explicit TradeOffsView(ViewContext &context, QWidget *parent = nullptr);

protected:
    void catchUp() override { refresh(); }

private:
    QWidget *makePage();
    QWidget *makeFilters();
    QWidget *makePlot();
    QWidget *makeFoot();
    void refresh();
    void fillChips();
    void applyFilter();
    bool isShown(const store::RunRecord &run, const QStringList &words) const;
    void showPlot();
    void showColumns();
    RunGroups quantizersOf(const DrawnRuns &drawn);
    void choose(const QString &runId);
    void open(const QString &runId);
    void takeBrush(const QStringList &ids);
    void showChosen();
    void showChosenRows();
    QString emptyText() const;

    ViewContext &m_context;
    PredictedFrontier *m_frontier;
    RunListPtr m_runs; ///< null: none
    std::vector<std::size_t> m_rows; ///< what the filter leaves of m_runs
    std::vector<std::size_t> m_front; ///< places in m_runs
    std::vector<Quantity> m_listed; ///< in the columns of the table
    std::vector<int> m_listedShown; ///< whether they were shown last; -1: nobody said yet
    QStringList m_chosen; ///< brushed, or the one clicked
    bool m_isTableLeading = false; ///< what is chosen comes from its rows: they stay as they are
    QTimer m_filterTimer;
    QStackedLayout *m_layout;
    StatePanel *m_state;
    RunsBanner *m_banner;
    QLineEdit *m_filter;
    ExperimentChips *m_chips;
    AxisChoice *m_axes;
    ScatterPlot *m_plot;
    QLabel *m_chosenText;
    QPushButton *m_compare;
    DataTable *m_table;
    RunsTableModel *m_tableModel;
};

} // namespace bitprism
