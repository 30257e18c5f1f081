// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TradeOffsView that makes its widgets and connects them.
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"
#include "widgets/trade_offs/axis_choice.h"
#include "widgets/trade_offs/experiment_chips.h"
#include "widgets/trade_offs/runs_table_model.h"
#include "widgets/trade_offs/trade_offs_view.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QVBoxLayout>

namespace bitprism {

QWidget *TradeOffsView::makePage()
{
    m_table->setModel(m_tableModel);
    m_table->filterLine().hide(); // the filter above holds for plot and table alike
    connect(m_table, &DataTable::rowChosen, this, [this](int row) {
        const QScopedValueRollback leads(m_isTableLeading, true);
        choose(m_tableModel->runId(row));
    });
    connect(m_table, &DataTable::rowActivated, this,
            [this](int row) { open(m_tableModel->runId(row)); });
    connect(m_table, &DataTable::selectionChanged, this, [this] {
        QStringList ids;
        for (const int row : m_table->selectedRows()) {
            ids.append(m_tableModel->runId(row));
        }
        const QScopedValueRollback leads(m_isTableLeading, true);
        if (ids.size() > 1) {
            takeBrush(ids);
        } else if (ids.size() == 1 && ids != m_chosen) { // the last of several
            choose(ids.front());
        }
    });
    auto *split = new QSplitter(Qt::Vertical, this);
    split->addWidget(makePlot());
    split->addWidget(m_table);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    m_table->setMinimumHeight(em(this, 16));
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeFilters());
    layout->addWidget(m_banner);
    layout->addWidget(split, 1);
    return new ScrollPage(page, this);
}

QWidget *TradeOffsView::makeFilters()
{
    m_filter->setPlaceholderText(tr("Filter runs by name, model or experiment"));
    m_filter->setAccessibleName(tr("Filter of the runs"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAcceptDrops(false); // the window opens what is dropped
    m_filter->setMaximumWidth(em(this, 28));
    connect(m_filter, &QLineEdit::textChanged, &m_filterTimer, qOverload<>(&QTimer::start));
    connect(m_chips, &ExperimentChips::chosenChanged, this, &TradeOffsView::applyFilter);
    auto *box = new QWidget(this);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_filter, 1);
    layout->addWidget(m_chips);
    layout->addStretch(1);
    return box;
}

QWidget *TradeOffsView::makePlot()
{
    connect(m_axes, &AxisChoice::changed, this, &TradeOffsView::showPlot);
    m_plot->setLabelsPoints(true);
    m_plot->setLeastLines(18);
    m_plot->setClickHint(tr("Click chooses the run, double click opens its report."));
    m_plot->setRankedAmong(tr("the runs drawn, the largest first"));
    connect(m_plot, &PlotFrame::clicked, this, &TradeOffsView::choose);
    connect(m_plot, &PlotFrame::activated, this, &TradeOffsView::open);
    connect(m_plot, &PlotFrame::brushed, this, &TradeOffsView::takeBrush);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(&m_axes->yBox(), 0, Qt::AlignLeft);
    layout->addWidget(m_plot, 1);
    layout->addWidget(makeFoot());
    return box;
}

QWidget *TradeOffsView::makeFoot()
{
    m_chosenText->setForegroundRole(QPalette::PlaceholderText);
    m_compare->setEnabled(false);
    connect(m_compare, &QPushButton::clicked, this, [this] {
        m_context.selection->setCompared(m_chosen);
        Q_EMIT showViewRequested("compare");
    });
    auto *foot = new QWidget(this);
    auto *layout = new QHBoxLayout(foot);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_compare);
    layout->addWidget(m_chosenText, 1);
    layout->addWidget(&m_axes->xBox());
    return foot;
}

} // namespace bitprism
