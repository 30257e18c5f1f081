// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SensitivityView that makes its widgets and connects them.
#include "widgets/jobs/analysis_panel.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/series_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/sensitivity/cell_choice.h"
#include "widgets/sensitivity/sensitivity_charts.h"
#include "widgets/sensitivity/sensitivity_model.h"
#include "widgets/sensitivity/sensitivity_view.h"
#include "widgets/sensitivity/side_plots.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace bitprism {

QWidget *SensitivityView::makeControls()
{
    for (const SensitivityMetric each : sensitivityMetrics) {
        m_metric->addItem(metricName(each));
        m_metric->setItemData(m_metric->count() - 1, metricDefinition(each), Qt::ToolTipRole);
    }
    m_metric->setMaximumWidth(em(this, 13));
    m_metric->setAccessibleName(tr("What the map shows"));
    m_log->setChecked(true);
    m_log->setToolTip(tr("Logarithmic colours and axes"));
    m_depthBits->setAccessibleName(tr("Width of the lines by depth"));
    m_depthKinds->addItem(tr("Self-attention, feed-forward"),
                          QVariant::fromValue(DepthKinds::WithoutCross));
    m_depthKinds->addItem(tr("Cross-attention"), QVariant::fromValue(DepthKinds::CrossAlone));
    m_depthKinds->setAccessibleName(tr("Layers whose lines by depth are shown"));
    m_depthKinds->hide();
    m_showTable->setToolTip(tr("A table of the same numbers, below the plots"));
    auto *box = new QWidget(this);
    auto *controls = new FlowLayout(space(this, 3), box);
    controls->addLabelled(tr("Ru&n"), m_runs);
    controls->addWidget(m_metric); // it names itself
    controls->addWidget(m_log);
    controls->addLabelled(tr("By &depth at"), m_depthBits);
    controls->addWidget(m_depthKinds); // it names itself
    controls->addWidget(m_showTable);
    controls->startRightGroup();
    controls->addWidget(m_start);
    return box;
}

QWidget *SensitivityView::makePlots()
{
    m_map->setAxisTitles(tr("bits"), tr("layer"));
    m_map->setClickHint(tr("Click: choose the layer. Double click: set these bits in the recipe."));
    m_depth->setClickHint(tr("Click: choose the layer."));
    m_scatter->setClickHint(tr("Click: choose the layer."));
    m_map->setRankedAmong(tr("all layers"));
    m_depth->setRankedAmong(tr("all layers at this width"));
    m_scatter->setRankedAmong(tr("all layers and widths, by what was measured"));
    m_scatter->setTitle(tr("Predicted against measured change in loss when only one layer is "
                           "quantized, nats per token"));
    m_scatter->setDiagonal(tr("as predicted"));
    m_map->setEmptyText(tr("No layer is measured yet."));
    m_scatter->setEmptyText(tr("No layer has both a prediction and a measured change in loss."));
    auto *side = new SidePlots(this);
    side->addPlot(m_depth, tr("By depth"));
    side->addPlot(m_scatter, tr("Prediction"));
    auto *plots = new QSplitter(Qt::Horizontal, this);
    plots->addWidget(m_map);
    plots->addWidget(side);
    plots->setStretchFactor(0, 1);
    plots->setStretchFactor(1, 1);
    // The map is what the eye meets first.
    plots->setSizes({em(this, 60), em(this, 45)});
    return plots;
}

/// Also where the window is made anew, in another language.
void SensitivityView::keepTable()
{
    Selection *selection = m_context.selection;
    const bool isShown = selection->kept("sensitivity.table").toBool();
    m_showTable->setChecked(isShown);
    m_table->setVisible(isShown);
    m_table->filterLine().setText(selection->kept("sensitivity.filter").toString());
    connect(m_showTable, &QCheckBox::toggled, this,
            [selection](bool on) { selection->keep("sensitivity.table", on); });
    connect(&m_table->filterLine(), &QLineEdit::textChanged, this,
            [selection](const QString &text) { selection->keep("sensitivity.filter", text); });
}

QWidget *SensitivityView::makePage()
{
    m_table->setModel(m_model);
    m_table->setColumnShown(SensitivityModel::KindColumn, false); // the layer's name says it
    m_table->sortBy(SensitivityModel::KlColumn, Qt::DescendingOrder);
    m_table->hide();
    keepTable();
    auto *all = new QSplitter(Qt::Vertical, this);
    all->addWidget(makePlots());
    all->addWidget(m_table);
    all->setStretchFactor(0, 3);
    all->setStretchFactor(1, 2);
    all->setCollapsible(0, false);

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeControls());
    layout->addWidget(m_banner);
    layout->addWidget(all, 1);
    layout->addWidget(m_choice);
    return page;
}

void SensitivityView::connectAll()
{
    connect(m_follower, &RunFollower::changed, this, &SensitivityView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, &SensitivityView::showSelection);
    connect(m_context.recipe, &RecipeDocument::changed, this, [this] {
        askMarks();
        m_start->refresh();
    });
    connect(m_metric, &QComboBox::currentIndexChanged, this, &SensitivityView::showCharts);
    connect(m_log, &QCheckBox::toggled, this, &SensitivityView::showCharts);
    connect(m_depthBits, &QComboBox::currentIndexChanged, this, &SensitivityView::showDepth);
    connect(m_depthKinds, &QComboBox::currentIndexChanged, this, &SensitivityView::showDepth);
    connect(m_showTable, &QCheckBox::toggled, m_table, &QWidget::setVisible);
    connect(m_start, &MeasureButton::noteChanged, this, [this] {
        if (run().isEmpty()) {
            refresh();
        }
    });
    connect(m_start, &MeasureButton::started, m_follower, &RunFollower::followRepeat);
    connect(m_state, &AnalysisPanel::openModelRequested, this, &View::openModelRequested);
    connect(m_map, &HeatMapPlot::cellClicked, this,
            [this](const QString &layer, const QString &bits) { choose(layer, bits.toInt()); });
    connect(m_map, &PlotFrame::activated, m_choice, &CellChoice::set);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_depth, m_scatter}) {
        connect(plot, &PlotFrame::clicked, m_context.selection, &Selection::setLayer);
    }
    connect(m_table, &DataTable::rowChosen, this, [this](int row) {
        const SensitivityCell &cell = m_model->cell(row);
        choose(QString::fromStdString(cell.layer), cell.bits);
    });
}

} // namespace bitprism
