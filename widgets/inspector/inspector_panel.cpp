// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/inspector_panel.h"

#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "widgets/inspector/rank_table.h"
#include "widgets/inspector/weights_histogram.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/plot/plot_text.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/recipe_bits.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/text.h"
#include "widgets/tables/table_files.h"

#include <QHeaderView>
#include <QLabel>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

/// Results of as many runs are read; older ones are in the list of runs.
constexpr std::size_t mostRuns = 24;

/// Id of the weight quantizer in a stored recipe; empty for none.
QString quantizerOf(const store::RunRecord &record)
{
    const Json recipe = Json::parse(record.recipe, nullptr, false);
    if (!recipe.is_object() || !recipe.contains("weights") || !recipe["weights"].is_object()) {
        return {};
    }
    return QString::fromStdString(recipe["weights"].value("id", std::string()));
}

/// Where the layer stands among all at each width that it was measured at.
std::vector<RankTable::Row> ranksOf(const SensitivityTable &table, const std::string &layer)
{
    std::vector<RankTable::Row> rows;
    for (const int bits : table.widths) {
        std::vector<double> values;
        const SensitivityCell *mine = nullptr;
        for (const SensitivityCell &cell : table.cells) {
            if (cell.bits == bits && cell.klDivergence) {
                values.push_back(*cell.klDivergence);
                mine = cell.layer == layer ? &cell : mine;
            }
        }
        if (mine != nullptr) {
            const auto [rank, total] = rankAmong(*mine->klDivergence, values);
            rows.push_back({bits, *mine->klDivergence, rank, total});
        }
    }
    return rows;
}

} // namespace

InspectorPanel::InspectorPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_layout(new QStackedLayout(this))
    , m_empty(new QLabel(tr("Choose a layer in any view or in the model's tree to see its weights "
                            "and results here."),
                         this))
    , m_name(new QLabel(this))
    , m_facts(makeNote())
    , m_ranks(new RankTable(this))
    , m_histogram(new WeightsHistogram(this))
    , m_problem(makeNote())
    , m_runs(new LayerRunsModel(this))
    , m_noRuns(makeNote())
    , m_table(new QTableView(this))
    , m_page(makePage())
    , m_reading(m_reader, this, [this](const Answer<LayerWeights> &answer) { showWeights(answer); })
{
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setMargin(space(this, 4));
    m_layout->addWidget(m_empty);
    m_layout->addWidget(m_page);
    const auto refreshAll = [this] { refresh(); };
    connect(context.selection, &Selection::layerChanged, this, refreshAll);
    connect(context.selection, &Selection::runChanged, this, refreshAll);
    connect(context.project, &Project::changed, this, refreshAll);
    connect(context.project, &Project::runsChanged, this, refreshAll);
    connect(context.recipe, &RecipeDocument::changed, this, &InspectorPanel::askWeights);
    connect(context.library, &RunLibrary::resultChanged, this, [this] {
        if (const LayerInfo *chosen = layer()) {
            showRanks(*chosen);
            showRuns(*chosen);
        }
    });
    refresh();
}

QLabel *InspectorPanel::makeNote()
{
    auto *label = new QLabel(this);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QWidget *InspectorPanel::makePage()
{
    m_name->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    m_name->setTextFormat(Qt::PlainText);
    m_facts->setForegroundRole(QPalette::PlaceholderText);
    m_histogram->setLeastLines(12);
    m_noRuns->setForegroundRole(QPalette::PlaceholderText);
    m_table->setModel(m_runs);
    m_table->setAccessibleName(tr("Results of all runs for this layer"));
    addCopying(*m_table, tr("Results of all runs for this layer"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->hide();
    m_table->setTabKeyNavigation(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(LayerRunsModel::RunColumn,
                                                      QHeaderView::Stretch);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space(this, 1));
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // the panel scrolls
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        m_context.selection->setRun(m_runs->run(index.row()).run);
    });
    auto *runsTitle = new QLabel(tr("What runs did to this layer"), this);
    runsTitle->setFont(scaledFont(this, 1, QFont::DemiBold));

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 3);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_name);
    layout->addWidget(m_facts);
    layout->addWidget(m_ranks);
    layout->addWidget(m_histogram, 2);
    layout->addWidget(m_problem);
    layout->addWidget(runsTitle);
    layout->addWidget(m_noRuns);
    layout->addWidget(m_table);
    layout->addStretch(1);
    return new ScrollPage(page, tr("The selected layer"), this);
}

const LayerInfo *InspectorPanel::layer() const
{
    const ModelInfoPtr &model = m_context.project->model();
    return model ? model->findLayer(m_context.selection->layer().toStdString()) : nullptr;
}

LinePlot &InspectorPanel::histogram() { return *m_histogram; }

QString InspectorPanel::rankText() const { return m_ranks->text(); }

void InspectorPanel::refresh()
{
    const LayerInfo *chosen = layer();
    if (chosen == nullptr) {
        m_layout->setCurrentWidget(m_empty);
        return;
    }
    m_layout->setCurrentWidget(m_page);
    showFacts(*chosen);
    showRanks(*chosen);
    showRuns(*chosen);
    askWeights();
}

void InspectorPanel::showFacts(const LayerInfo &layer)
{
    const QString name = QString::fromStdString(layer.name);
    m_name->setText(shortLayerName(name));
    m_name->setToolTip(name);
    m_facts->setText(tr("%1 × %2, %3, %4")
                         .arg(formatCount(layer.rows), formatCount(layer.cols),
                              QString::fromStdString(layer.dtype), layerKindText(layer.kind)));
}

void InspectorPanel::showRanks(const LayerInfo &layer)
{
    // Of one run, and of no other.
    const auto table = m_context.library->resultOf<SensitivityTable>(
        settledRun(m_context, SensitivityTable::kind));
    m_ranks->setRows(table ? ranksOf(*table, layer.name) : std::vector<RankTable::Row>(),
                     layer.quantizable ? tr("Its sensitivity is not measured yet.")
                                       : tr("This layer cannot be quantized."));
}

void InspectorPanel::showRuns(const LayerInfo &layer)
{
    std::vector<LayerRun> found;
    std::size_t asked = 0;
    const RunListPtr &all = m_context.project->runs();
    static const RunList none; // not a temporary: that would copy all runs
    for (const store::RunRecord &record : all ? *all : none) {
        if (record.kind != RunSummary::kind || asked == mostRuns
            || record.modelHash != m_context.project->modelHash()) {
            continue;
        }
        ++asked;
        const QString id = QString::fromStdString(record.id);
        const auto summary = m_context.library->resultOf<RunSummary>(id);
        if (!summary) {
            continue;
        }
        const auto mine
            = std::find_if(summary->layers.begin(), summary->layers.end(),
                           [&layer](const RunLayer &each) { return each.name == layer.name; });
        if (mine != summary->layers.end()) {
            const auto full = m_context.library->record(id);
            found.push_back({id, QString::fromStdString(record.name),
                             full ? quantizerOf(*full) : QString(), mine->bits, mine->outputMse,
                             mine->weightMse});
        }
    }
    m_noRuns->setText(tr("No run has quantized this layer yet."));
    m_noRuns->setVisible(found.empty());
    m_table->setVisible(!found.empty());
    m_runs->setRuns(std::move(found));
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + m_runs->rowCount() * m_table->verticalHeader()->defaultSectionSize()
                            + 2 * m_table->frameWidth());
}

void InspectorPanel::askWeights()
{
    const LayerInfo *chosen = layer();
    if (chosen == nullptr) {
        return;
    }
    m_reading.ask(
        [model = m_context.project->model(), layer = *chosen, recipe = m_context.recipe->recipe()] {
            const auto resolved = resolvedByName(recipe, *model);
            return readLayerWeights(model->path, layer, resolved.at(layer.name));
        });
}

void InspectorPanel::showWeights(const Answer<LayerWeights> &answer)
{
    m_histogram->setVisible(answer.value.has_value());
    m_problem->setVisible(!answer.value.has_value());
    if (!answer.value) {
        m_problem->setText(answer.problem ? errorText(*answer.problem) : QString());
        return;
    }
    m_histogram->showWeights(*answer.value);
}

} // namespace bitprism
