// SPDX-License-Identifier: GPL-3.0-or-later
// The part of AllocationView that lays it out.
#include "core/alloc/target.h"
#include "widgets/allocation/allocation_model.h"
#include "widgets/allocation/allocation_view.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bitprism {

namespace {

/// The allocators that answer at once; all of them solve from the same probes.
constexpr const char *allocators[]
    = {"high-impact-ratio", "sensitivity-ilp", "sensitivity-greedy", "uniform"};

} // namespace

QWidget *AllocationView::makeControls()
{
    for (const char *id : allocators) {
        const ComponentEntry *entry = Registry::instance().find(Kind::allocator, id);
        m_allocator->addItem(entry == nullptr ? QString(id) : translated(entry->info().title),
                             QLatin1String(id));
    }
    m_allocator->setAccessibleName(tr("Solver"));
    m_allocator->setToolTip(tr("The first is exact and counts what layers cost together; the "
                               "others take damages to add up."));
    for (const std::string_view name : targetNames) {
        const QString id = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
        m_target->addItem(id == QLatin1String("none") ? tr("no constraints") : id, id);
    }
    m_target->setAccessibleName(tr("Program that will run the result"));
    m_budget->setAccessibleName(tr("Budget in average bits"));
    m_budget->setToolTip(tr("Average bits per weight, stored with scales and zero points"));
    m_budget->setDecimals(3);
    m_budget->setSingleStep(0.01);
    m_budget->setRange(0, 16);
    m_budget->setSpecialValueText(notMeasured()); // until something is solved
    m_budget->setKeyboardTracking(false);
    auto *box = new QWidget(this);
    auto *controls = new FlowLayout(space(this, 3), box);
    controls->addLabelled(tr("&Budget, bits"), m_budget);
    controls->addLabelled(tr("P&robes"), m_runs);
    controls->addLabelled(tr("&Solver"), m_allocator);
    controls->addLabelled(tr("Tar&get"), m_target);
    return box;
}

QWidget *AllocationView::makeFigures()
{
    for (QLabel *figure : {m_damage, m_size}) {
        figure->setFont(scaledFont(this, 1.5, QFont::DemiBold));
        figure->setTextFormat(Qt::PlainText);
        figure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_damage->setAccessibleName(tr("Predicted change in loss"));
    m_size->setAccessibleName(tr("Size"));
    m_noise->setForegroundRole(QPalette::PlaceholderText);
    m_noise->hide();
    m_solver->setForegroundRole(QPalette::PlaceholderText);
    m_solver->setTextFormat(Qt::PlainText);
    m_solver->setWordWrap(true);
    auto *box = new QWidget(this);
    auto *head = new QWidget(box);
    auto *line = new FlowLayout(space(this, 4), head);
    line->addWidget(m_damage);
    line->addWidget(m_noise);
    line->addWidget(m_size);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(head);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(space(this, 2));
    foot->addWidget(m_solver, 1);
    foot->addWidget(m_send);
    foot->addWidget(m_measure);
    layout->addLayout(foot);
    return box;
}

QWidget *AllocationView::makeEdit()
{
    m_layerText->setTextFormat(Qt::PlainText);
    m_layerText->setForegroundRole(QPalette::PlaceholderText);
    m_form->setAccessibleName(tr("Form of the chosen layer"));
    auto *box = new QWidget(this);
    auto *line = new QHBoxLayout(box);
    line->setContentsMargins({});
    line->setSpacing(space(this, 2));
    line->addWidget(m_layerText, 1);
    line->addWidget(m_form);
    line->addWidget(m_pin);
    line->addWidget(m_unpin);
    return box;
}

QTabWidget *AllocationView::makeTabs()
{
    m_reference->addItem(tr("one width for all layers, no larger"));
    m_reference->addItem(tr("the allocation put aside"));
    m_reference->addItem(tr("nothing"));
    m_reference->setAccessibleName(tr("What the allocation is compared with"));
    connect(m_keep, &QPushButton::clicked, this, [this] {
        m_kept = m_allocation;
        m_reference->setCurrentIndex(KeptReference);
        askBudget();
    });
    m_table->setModel(m_model);
    for (const int column : {AllocationModel::KindColumn, AllocationModel::BitsColumn,
                             AllocationModel::BitsChangeColumn}) {
        m_table->setColumnShown(column,
                                false); // what changes comes first; the rest is a click away
    }
    auto *layers = new QWidget(this);
    auto *layout = new QVBoxLayout(layers);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    auto *line = new QHBoxLayout;
    auto *label = new QLabel(tr("&Compared with"), this);
    label->setBuddy(m_reference);
    line->addWidget(label);
    line->addWidget(m_reference);
    line->addWidget(m_keep);
    line->addStretch(1);
    layout->addLayout(line);
    layout->addWidget(m_table, 1);

    m_matrix->setTitle(tr("What two layers cost together beyond both alone, nats per token"));
    m_fisher->setTitle(tr("The same from gradients (Fisher projection), nats per token"));
    for (HeatMapPlot *map : {m_matrix, m_fisher}) {
        map->setDiverging(true);
        map->setLogScale(true);
        map->setAxisTitles(tr("layer and form"), tr("layer and form"));
        map->setClickHint(tr("Click: choose the layer."));
        map->setEmptyText(tr("No pairs of layers were probed. The button below measures them."));
    }
    m_calibration->setTitle(tr("Predicted against measured change in loss of all runs, nats per "
                               "token"));
    m_calibration->setDiagonal(tr("as predicted"));
    m_calibration->setEmptyText(tr("No run of this model measured a change in loss yet. "
                                   "\u201cMeasure this\u201d makes one."));
    m_calibration->setClickHint(tr("Click: choose the run."));
    m_calibration->setRankedAmong(tr("the runs, by what was measured"));
    m_calibration->setAxes({tr("predicted, nats per token")}, {tr("measured, nats per token")});

    auto *tabs = new QTabWidget(this);
    tabs->setDocumentMode(true);
    tabs->setAccessibleName(tr("Allocation"));
    tabs->addTab(layers, tr("Layers"));
    tabs->addTab(makeMaps(), tr("Interactions"));
    tabs->addTab(m_calibration, tr("Predicted and measured"));
    return tabs;
}

QWidget *AllocationView::makeMaps()
{
    auto *maps = new QSplitter(Qt::Horizontal, this);
    maps->addWidget(m_matrix);
    maps->addWidget(m_fisher);
    connect(m_ratios, &QPushButton::clicked, this, &AllocationView::measureRatios);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(maps, 1);
    layout->addWidget(m_ratios, 0, Qt::AlignLeft);
    return box;
}

QWidget *AllocationView::makePage()
{
    m_bars->setTitle(tr("Width of each layer's codes, bits"));
    m_bars->setAxisTitles(QString(), tr("bits"));
    m_bars->setClickHint(tr("Click: choose the layer to edit or pin it."));
    m_bars->setRankedAmong(tr("all layers"));
    m_frontier->setTitle(tr("Predicted damage against average bits, nats per token"));
    m_frontier->setClickHint(tr("Drag the handle, or click: move the budget."));
    m_frontier->setEmptyText(tr("The solver needs a complete sensitivity of the layers."));
    m_bars->setEmptyText(tr("The solver needs a complete sensitivity of the layers."));
    m_bars->setLeastLines(11);
    m_frontier->setLeastLines(15);
    m_tabs = makeTabs();
    auto *below = new QSplitter(Qt::Horizontal, this);
    below->addWidget(m_frontier);
    below->addWidget(m_tabs);
    below->setSizes({em(this, 38), em(this, 62)});
    auto *all = new QSplitter(Qt::Vertical, this);
    all->addWidget(m_bars);
    all->addWidget(below);
    all->setStretchFactor(0, 2);
    all->setStretchFactor(1, 3);
    all->setSizes({em(this, 25), em(this, 40)});
    all->setChildrenCollapsible(false);
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeControls());
    layout->addWidget(m_banner);
    layout->addWidget(makeFigures());
    layout->addWidget(all, 1);
    layout->addWidget(makeEdit());
    return new ScrollPage(page, this);
}

} // namespace bitprism
