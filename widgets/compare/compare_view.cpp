// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/compare/compare_view.h"

#include "widgets/compare/layers_model.h"
#include "widgets/compare/metrics_model.h"
#include "widgets/compare/recipe_changes_model.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/run_library.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/run_chooser.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t mostBars = 16; // what a person reads at a glance; the table has all

} // namespace

CompareView::CompareView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_layout(new QStackedLayout)
    , m_page(new QSplitter(Qt::Vertical, this))
    , m_state(new StatePanel(this))
    , m_chooser(new RunChooser(*context.project, tr("Reference"), this))
    , m_banner(new StateBanner(this))
    , m_metrics(new DataTable(tr("Metrics"), this))
    , m_metricsModel(new MetricsModel(this))
    , m_recipes(new DataTable(tr("Recipe differences"), this))
    , m_recipesModel(new RecipeChangesModel(this))
    , m_sameRecipe(new QLabel(tr("The recipes are equal."), this))
    , m_other(new QComboBox(this))
    , m_measure(new QComboBox(this))
    , m_bars(new BarPlot(this))
    , m_layers(new DataTable(tr("Layer differences"), this))
    , m_layersModel(new ComparedLayersModel(this))
{
    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_chooser);
    layout->addWidget(m_banner);
    layout->addLayout(m_layout, 1);
    m_layout->addWidget(m_state);
    m_layout->addWidget(makePage());

    connect(m_chooser, &RunChooser::chosenChanged, m_context.selection, &Selection::setCompared);
    connect(m_context.selection, &Selection::comparedChanged, this, &CompareView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, &CompareView::highlight);
    connect(m_context.project, &Project::changed, this, &CompareView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &CompareView::refresh);
    connect(m_context.library, &RunLibrary::comparisonReady, this, &CompareView::takeComparison);
    connect(m_context.library, &RunLibrary::resultChanged, this, &CompareView::takeResult);
    connect(m_state, &StatePanel::actionTriggered, this, &CompareView::act);
    connect(m_banner, &StateBanner::actionTriggered, this,
            [this] { m_context.hub->resumeRun(m_resumable); });
    refresh();
}

QWidget *CompareView::makePage()
{
    m_metrics->setModel(m_metricsModel);
    m_recipes->setModel(m_recipesModel);
    m_sameRecipe->setForegroundRole(QPalette::PlaceholderText);

    for (DataTable *table : {m_metrics, m_recipes}) {
        table->filterLine().hide(); // a few rows
    }
    m_page->addWidget(m_metrics);
    m_page->addWidget(makeLayers());
    m_page->setStretchFactor(0, 0);
    m_page->setStretchFactor(1, 1);
    m_page->setChildrenCollapsible(false);
    return m_page;
}

QWidget *CompareView::makeTables()
{
    auto *recipes = new QWidget(this);
    auto *layout = new QVBoxLayout(recipes);
    layout->setContentsMargins({});
    layout->addWidget(m_sameRecipe);
    layout->addWidget(m_recipes, 1);
    auto *tables = new QSplitter(Qt::Vertical, this);
    tables->addWidget(m_layers);
    tables->addWidget(recipes);
    tables->setStretchFactor(0, 3);
    tables->setStretchFactor(1, 2);
    tables->setChildrenCollapsible(false);
    return tables;
}

QWidget *CompareView::makeChoices()
{
    for (const LayerMeasure each : {LayerMeasure::OutputError, LayerMeasure::WeightError,
                                    LayerMeasure::Bits, LayerMeasure::StoredBits}) {
        m_measure->addItem(layerMeasureText(each), static_cast<int>(each));
    }
    m_measure->setAccessibleName(tr("Measure of the layers"));
    m_other->setAccessibleName(tr("Run whose layers are compared with the reference"));
    connect(m_measure, &QComboBox::activated, this, &CompareView::showLayers);
    connect(m_other, &QComboBox::activated, this, &CompareView::showLayers);
    auto *choices = new QWidget(this);
    auto *layout = new QHBoxLayout(choices);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    auto *measureLabel = new QLabel(tr("Layers by"), choices);
    measureLabel->setBuddy(m_measure);
    auto *otherLabel = new QLabel(tr("in"), choices);
    otherLabel->setBuddy(m_other);
    for (QWidget *widget : {static_cast<QWidget *>(measureLabel), static_cast<QWidget *>(m_measure),
                            static_cast<QWidget *>(otherLabel), static_cast<QWidget *>(m_other)}) {
        layout->addWidget(widget);
    }
    layout->addStretch(1);
    return choices;
}

QWidget *CompareView::makeLayers()
{
    m_bars->setOrientation(Qt::Horizontal);
    m_bars->setClickHint(tr("Click chooses the layer in every view."));
    m_layers->setModel(m_layersModel);
    connect(m_bars, &PlotFrame::clicked, m_context.selection, &Selection::setLayer);
    connect(m_layers, &DataTable::rowChosen, this,
            [this](int row) { m_context.selection->setLayer(m_layersModel->layer(row)); });
    auto *lower = new QSplitter(Qt::Horizontal, this);
    lower->addWidget(m_bars);
    lower->addWidget(makeTables());
    lower->setStretchFactor(0, 1);
    lower->setStretchFactor(1, 1);
    lower->setChildrenCollapsible(false);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeChoices());
    layout->addWidget(lower, 1);
    return box;
}

std::size_t CompareView::otherRun() const
{
    return static_cast<std::size_t>(qMax(0, m_other->currentIndex())) + 1;
}

LayerMeasure CompareView::measure() const
{
    return static_cast<LayerMeasure>(m_measure->currentData().toInt());
}

void CompareView::refresh()
{
    const RunListPtr &runs = m_context.project->runs();
    QStringList ids = runs ? knownRuns(m_context.selection->compared(), *runs) : QStringList();
    if (ids.size() < 2 && runs) {
        ids = defaultComparison(*runs);
    }
    if (ids != m_ids) {
        m_comparison.reset();
    }
    m_ids = ids;
    m_hasFailed = false;
    m_chooser->setChosen(ids);
    if (m_context.project->state() == Project::State::Loading && !runs) {
        m_state->showLoading(tr("Reading the runs of the store"));
        m_layout->setCurrentWidget(m_state);
    } else if (ids.size() < 2) {
        showEmpty();
    } else {
        if (!m_comparison) {
            m_state->showLoading(tr("Comparing %n runs", nullptr, static_cast<int>(ids.size())));
            m_layout->setCurrentWidget(m_state);
        }
        m_context.library->requestComparison(ids);
    }
    showBanner();
}

void CompareView::showEmpty()
{
    m_state->showEmpty(tr("Two runs side by side: their metrics with paired differences, what "
                          "differs in their recipes, and layer by layer. Fewer than two finished "
                          "runs are here yet."),
                       tr("Go to the overview to start one"));
    m_layout->setCurrentWidget(m_state);
}

void CompareView::act()
{
    if (m_hasFailed) {
        refresh();
    } else {
        Q_EMIT showViewRequested("overview");
    }
}

void CompareView::takeComparison(const QStringList &ids,
                                 const std::shared_ptr<const Comparison> &comparison,
                                 const QString &problem)
{
    if (ids != m_ids) {
        return;
    }
    m_comparison = comparison;
    m_hasFailed = comparison == nullptr;
    if (m_hasFailed) {
        m_state->showFailure(problem, tr("Try again"));
        m_layout->setCurrentWidget(m_state);
        return;
    }
    showComparison();
    m_layout->setCurrentIndex(1);
    showBanner();
}

void CompareView::takeResult(const QString &runId)
{
    if (m_ids.size() > 1 && m_ids.contains(runId)) {
        const store::RunRecord *run = m_context.project->findRun(runId);
        if (run != nullptr && run->status == store::RunStatus::Running) {
            m_context.library->requestComparison(m_ids);
        }
    }
}

void CompareView::showComparison()
{
    const int rowsBefore = m_metricsModel->rowCount();
    m_metricsModel->setComparison(m_comparison);
    if (m_metricsModel->rowCount() != rowsBefore) {
        fitMetrics();
    }
    m_recipesModel->setComparison(m_comparison);
    const bool isSame = m_recipesModel->rowCount() == 0;
    m_sameRecipe->setVisible(isSame);
    m_recipes->setVisible(!isSame);
    const QString kept = m_other->currentText();
    m_other->clear();
    for (std::size_t i = 1; i < m_comparison->runs.size(); ++i) {
        m_other->addItem(QString::fromStdString(m_comparison->runs[i].record.name));
    }
    m_other->setCurrentIndex(qMax(0, m_other->findText(kept)));
    showLayers();
}

void CompareView::fitMetrics()
{
    constexpr int mostRows = 8;
    const int rows = qMin(mostRows, m_metricsModel->rowCount());
    // Two more for the line above, the heading and a scroll bar.
    const int wanted = (rows + 2) * m_metrics->view().rowHeight(0) + space(this, 3);
    m_page->setSizes({wanted, qMax(wanted, m_page->height() - wanted)});
}

void CompareView::showLayers()
{
    if (!m_comparison || otherRun() >= m_comparison->runs.size()) {
        return;
    }
    m_layersModel->setComparison(m_comparison, otherRun(), measure());
    m_layers->sortBy(ComparedLayersModel::DifferenceColumn, Qt::DescendingOrder);
    showBars();
    highlight(m_context.selection->layer());
}

void CompareView::showBars()
{
    std::vector<int> rows;
    for (int row = 0; row < m_layersModel->rowCount(); ++row) {
        if (m_layersModel->difference(row)) {
            rows.push_back(row);
        }
    }
    const std::size_t all = rows.size();
    std::stable_sort(rows.begin(), rows.end(), [this](int a, int b) {
        return std::abs(*m_layersModel->difference(a)) > std::abs(*m_layersModel->difference(b));
    });
    rows.resize(std::min(rows.size(), mostBars));
    const QString first = QString::fromStdString(m_comparison->runs.front().record.name);
    const QString other = QString::fromStdString(m_comparison->runs[otherRun()].record.name);
    BarSeries series{other, {}};
    for (const int row : rows) {
        PlotBar bar;
        bar.id = m_layersModel->layer(row);
        bar.label = shortLayerName(bar.id);
        bar.value = *m_layersModel->difference(row);
        bar.style = bar.value > 0 ? 1 : 0; // more than the reference, or less
        series.bars.push_back(std::move(bar));
    }
    m_bars->setTitle(tr("%1: %2 less %3").arg(layerMeasureText(measure()), other, first));
    m_bars->setContext(rows.size() < all
                           ? tr("The %1 layers that differ most, of %2; right of zero: more than "
                                "the reference")
                                 .arg(rows.size())
                                 .arg(all)
                           : tr("Right of zero: more than the reference"));
    m_bars->setAxisTitles(tr("Layer"), layerMeasureText(measure()));
    m_bars->setSeries({std::move(series)});
}

void CompareView::highlight(const QString &layer)
{
    if (m_comparison) {
        m_layers->setCurrentRow(m_layersModel->rowOf(layer));
        m_bars->setSelected(layer.isEmpty() ? QStringList() : QStringList{layer});
    }
}

void CompareView::showBanner()
{
    m_resumable.clear();
    for (const QString &id : m_ids) {
        const store::RunRecord *run = m_context.project->findRun(id);
        if (run == nullptr || run->status == store::RunStatus::Finished) {
            continue;
        }
        const QString name = QString::fromStdString(run->name);
        if (run->status == store::RunStatus::Failed) {
            m_resumable = id;
            m_banner->showFailure(tr("%1: %2").arg(name, QString::fromStdString(run->failure)),
                                  tr("Retry"));
        } else if (run->status == store::RunStatus::Running
                   || run->status == store::RunStatus::Queued) {
            m_banner->showNote(
                tr("%1: %2 of %3 blocks").arg(name).arg(run->blocksDone).arg(run->blocks));
        } else {
            m_resumable = id;
            const int share = run->blocks > 0 ? 100 * run->blocksDone / run->blocks : 0;
            m_banner->showNote(tr("%1 stopped at %2 %.").arg(name).arg(share), tr("Resume"));
        }
        return;
    }
    m_banner->clear();
}

BITPRISM_EXPORT_VIEW(compare, CompareView, BITPRISM_TR("View", "Compare"));

} // namespace bitprism
