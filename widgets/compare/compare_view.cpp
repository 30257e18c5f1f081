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
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t mostBars = 16; // what a person reads at a glance; the table has all
constexpr int lessStyle = 0; // than the reference
constexpr int moreStyle = 1;

} // namespace

CompareView::CompareView(ViewContext &context, QWidget *parent)
    : RunsView(context, tr("Reference"), parent)
    , m_context(context)
    , m_page(new QSplitter(Qt::Vertical, this))
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
    setPage(new ScrollPage(makePage(), this));
    connect(m_context.selection, &Selection::layerChanged, this, &CompareView::highlight);
    connect(m_context.library, &RunLibrary::comparisonReady, this, &CompareView::takeComparison);
    connect(m_context.library, &RunLibrary::resultChanged, this, &CompareView::takeResult);
    // Only then the parameters of all components have names.
    connect(m_context.hub, &JobHub::readyChanged, this,
            [this] { m_recipesModel->setComparison(m_comparison); });
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
    m_metrics->setMinimumHeight(em(this, 18)); // the first rows are what one came for
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
    connect(m_measure, &QComboBox::activated, this, [this] {
        m_wantedMeasure = measure();
        showLayers();
    });
    connect(m_other, &QComboBox::activated, this, [this] {
        chooseMeasure();
        showLayers();
    });
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
    m_bars->setLeastLines(static_cast<int>(mostBars)
                          + 4); // a line for each, the legend and the axis
    m_bars->setValuesShown(true); // a bar too short to be seen has its number
    m_bars->setClickHint(tr("Click chooses the layer in every view."));
    m_bars->setRankedAmong(tr("all layers, by size of the difference"));
    m_bars->setEmptyText(tr("No layer of both runs has this measure. Choose another above."));
    m_layers->setModel(m_layersModel);
    // Beside the values there is no room for them at first; they are a measure of their own, too.
    m_layers->setColumnShown(ComparedLayersModel::FirstBitsColumn, false);
    m_layers->setColumnShown(ComparedLayersModel::OtherBitsColumn, false);
    connect(m_bars, &PlotFrame::clicked, m_context.selection, &Selection::setLayer);
    connect(m_layers, &DataTable::rowChosen, this,
            [this](int row) { m_context.selection->setLayer(m_layersModel->layer(row)); });
    auto *lower = new QSplitter(Qt::Horizontal, this);
    lower->addWidget(m_bars);
    lower->addWidget(makeTables());
    lower->setStretchFactor(0, 1);
    lower->setStretchFactor(1, 1);
    lower->setChildrenCollapsible(false);
    // All columns of the layers have room, in a small window too.
    lower->setSizes({em(this, 37), em(this, 63)});
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

QStringList CompareView::defaultRuns(const RunList &runs) const { return defaultComparison(runs); }

QString CompareView::emptySentence() const
{
    return tr("Two runs side by side: their metrics with paired differences, what differs in their "
              "recipes, and layer by layer. Fewer than two finished runs or evaluations of one "
              "model are here "
              "yet.");
}

QString CompareView::readingSentence() const
{
    return tr("Comparing %n runs", nullptr, static_cast<int>(ids().size()));
}

void CompareView::request() { m_context.library->requestComparison(ids()); }

void CompareView::takeComparison(const QStringList &ids,
                                 const std::shared_ptr<const Comparison> &comparison,
                                 const QString &problem)
{
    if (ids != this->ids()) {
        return;
    }
    m_comparison = comparison;
    if (comparison == nullptr) {
        showFailure(problem);
        return;
    }
    showComparison();
    showPage();
}

void CompareView::takeResult(const QString &runId)
{
    if (isVisible() && ids().size() > 1 && ids().contains(runId)) {
        const store::RunRecord *run = m_context.project->findRun(runId);
        if (run != nullptr && run->status == store::RunStatus::Running) {
            request();
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
    chooseMeasure();
    showLayers();
}

/// The measure the person wants, or the first that the layers of both have: of a checkpoint
/// measured as it is, only bits are known.
void CompareView::chooseMeasure()
{
    const auto has = [this](LayerMeasure wanted) {
        return std::any_of(m_comparison->layers.begin(), m_comparison->layers.end(),
                           [&](const ComparedLayer &layer) {
                               return layerDifference(layer, otherRun(), wanted).has_value();
                           });
    };
    LayerMeasure chosen = m_wantedMeasure;
    if (m_comparison && !has(chosen) && has(LayerMeasure::StoredBits)) {
        chosen = LayerMeasure::StoredBits;
    }
    m_measure->setCurrentIndex(m_measure->findData(static_cast<int>(chosen)));
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
    // What differs most is what one came for: the chosen layer is marked, not scrolled to.
    QTableView &table = m_layers->view();
    table.setAutoScroll(false); // else a hidden one scrolls when it is shown
    highlight(m_context.selection->layer());
    table.setAutoScroll(true);
    table.scrollToTop();
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
    const QString first = QString::fromStdString(m_comparison->runs.front().record.name);
    const QString other = QString::fromStdString(m_comparison->runs[otherRun()].record.name);
    BarSeries series{other, {}};
    for (const int row : rows) {
        series.sizes.push_back(std::abs(*m_layersModel->difference(row)));
    }
    std::stable_sort(rows.begin(), rows.end(), [this](int a, int b) {
        return std::abs(*m_layersModel->difference(a)) > std::abs(*m_layersModel->difference(b));
    });
    rows.resize(std::min(rows.size(), mostBars));
    for (const int row : rows) {
        PlotBar bar;
        bar.id = m_layersModel->layer(row);
        bar.label = shortLayerName(bar.id);
        bar.value = *m_layersModel->difference(row);
        bar.text = m_layersModel->differenceText(row);
        bar.style = bar.value > 0 ? moreStyle : lessStyle;
        series.bars.push_back(std::move(bar));
    }
    m_bars->setTitle(layerDifferenceTitle(measure(), other, first));
    const QString remark = tr("Runs keep no standard errors of single layers");
    //: %1 the number of bars, %2 of layers, %3 a sentence about the bars
    m_bars->setContext(
        rows.size() < all
            ? tr("The %1 layers that differ most, of %2. %3").arg(rows.size()).arg(all).arg(remark)
            : remark);
    std::vector<std::pair<int, QString>> meanings;
    for (const auto &[style, name] :
         {std::pair(moreStyle, tr("more than %1")), std::pair(lessStyle, tr("less than %1"))}) {
        if (std::any_of(series.bars.begin(), series.bars.end(),
                        [style = style](const PlotBar &bar) { return bar.style == style; })) {
            meanings.emplace_back(style, name.arg(first));
        }
    }
    m_bars->setStyleNames(std::move(meanings));
    //: axis of bars: how a measure differs between two runs
    m_bars->setAxisTitles(tr("Layer"), tr("Difference: %1").arg(layerMeasureText(measure())));
    m_bars->setSeries({std::move(series)});
}

void CompareView::highlight(const QString &layer)
{
    if (m_comparison) {
        m_layers->setCurrentRow(m_layersModel->rowOf(layer));
        m_bars->setSelected(layer.isEmpty() ? QStringList() : QStringList{layer});
    }
}

BITPRISM_EXPORT_VIEW(compare, CompareView, BITPRISM_TR("View", "Compare"));

} // namespace bitprism
