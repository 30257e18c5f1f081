// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/allocation.h"
#include "widgets/jobs/project_reader.h"
#include "widgets/jobs/worker.h"
#include "widgets/plot/plot_data.h"
#include "widgets/shared/view.h"
#include "widgets/trade_offs/quantity.h"

#include <QStringList>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

class QButtonGroup;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedLayout;

namespace bitprism {

class DataTable;
class RunsBanner;
class RunsTableModel;
class ScatterPlot;
class StatePanel;
struct InteractionMatrix;
struct SensitivityTable;

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
    void fillAxes();
    /// Runs of the open model that have a value of it.
    qsizetype runsOfModel(const Quantity &quantity) const;
    void fillChips();
    void applyFilter();
    bool isShown(const store::RunRecord &run, const QStringList &words) const;
    struct Drawn;
    void showPlot();
    std::vector<PlotSeries> frontsOf(const Drawn &drawn);
    std::vector<ReferenceLine> referencesOf(const Drawn &drawn, const Quantity &y,
                                            bool isLog) const;
    void showContext(const Drawn &drawn);
    /// Asks for what the newest sensitivity run predicts at every size.
    void askFrontier();
    /// Nothing where the axes are not size against a change of the loss.
    std::optional<PlotSeries> frontierSeries(const Quantity &x, const Quantity &y) const;
    void choose(const QString &runId);
    void open(const QString &runId);
    void takeBrush(const QStringList &ids);
    void showChosen();
    void act();
    const Quantity &axis(const QComboBox &box) const;

    ViewContext &m_context;
    Latest<std::vector<FrontierPoint>> m_solving;
    std::shared_ptr<const SensitivityTable> m_probes; ///< what the frontier was solved from
    std::shared_ptr<const InteractionMatrix> m_interactions;
    std::vector<FrontierPoint> m_predicted;
    RunListPtr m_runs; ///< null: none
    std::vector<Quantity> m_quantities;
    std::vector<std::size_t> m_rows; ///< what the filter leaves of m_runs
    std::vector<std::size_t> m_front; ///< places in m_runs
    QStringList m_chosen; ///< brushed, or the one clicked
    QString m_experiment; ///< the chip that is down; empty: all
    QTimer m_filterTimer;
    QStackedLayout *m_layout;
    StatePanel *m_state;
    RunsBanner *m_banner;
    QLineEdit *m_filter;
    QHBoxLayout *m_chips;
    QButtonGroup *m_chipGroup = nullptr;
    QComboBox *m_xAxis;
    QComboBox *m_yAxis;
    ScatterPlot *m_plot;
    QLabel *m_chosenText;
    QPushButton *m_compare;
    DataTable *m_table;
    RunsTableModel *m_tableModel;
};

} // namespace bitprism
