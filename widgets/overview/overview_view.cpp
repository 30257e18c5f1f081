// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/overview_view.h"

#include "core/results/model_info.h"
#include "core/results/run_summary.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/overview/figure_card.h"
#include "widgets/overview/latest_runs.h"
#include "widgets/overview/model_facts.h"
#include "widgets/overview/parts_bar.h"
#include "widgets/overview/parts_model.h"
#include "widgets/overview/recipe_size.h"
#include "widgets/overview/start_buttons.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"

#include <QDateTime>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QStackedLayout>
#include <QTableView>

#include <algorithm>

namespace bitprism {

BITPRISM_EXPORT_VIEW(overview, OverviewView, BITPRISM_TR("View", "Overview"));

namespace {

/// The difference from the unquantized model with its standard error, or else the perplexity.
QString lossNote(const RunMetric &metric)
{
    const QLocale locale;
    if (metric.baseline) {
        if (const auto paired = pairedNllDifference(metric.measured, *metric.baseline)) {
            const int decimals = 4;
            const QString sign = paired->mean < 0 ? QString() : QStringLiteral("+");
            return OverviewView::tr("%1 \u00b1 %2 against the unquantized model")
                .arg(sign + locale.toString(paired->mean, 'f', decimals),
                     locale.toString(paired->standardError, 'f', decimals));
        }
    }
    return OverviewView::tr("perplexity %1").arg(locale.toString(metric.measured.value, 'f', 2));
}

bool isOfOneType(const ModelInfo &info)
{
    return std::all_of(info.layers.begin(), info.layers.end(),
                       [&](const LayerInfo &layer) { return layer.dtype == info.dtype; });
}

} // namespace

OverviewView::OverviewView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_banner(new RunsBanner(m_context, this))
    , m_title(new QLabel(this))
    , m_subtitle(new QLabel(this))
    , m_size(new FigureCard(tr("Size now"), this))
    , m_sizeAfter(new FigureCard(tr("Size with the recipe"), this))
    , m_loss(new FigureCard(tr("Loss with the recipe"), this))
    , m_memory(new FigureCard(tr("Memory of a run"), this))
    , m_start(new StartButtons(context, this))
    , m_latest(new LatestRuns(context, this))
    , m_bar(new PartsBar(this))
    , m_barAfter(new PartsBar(this))
    , m_parts(new PartsModel(this))
    , m_table(new QTableView(this))
    , m_facts(new ModelFacts(this))
    , m_page(makePage())
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connect(m_state, &StatePanel::actionTriggered, this, &View::openModelRequested);
    connect(m_state, &StatePanel::retryTriggered, this, [this] {
        m_context.project->open(m_context.project->target()); // it may be there by now
    });
    connect(m_start, &StartButtons::showViewRequested, this, &View::showViewRequested);
    connect(m_latest, &LatestRuns::showViewRequested, this, &View::showViewRequested);
    connect(context.project, &Project::changed, this, &OverviewView::showProject);
    connect(context.project, &Project::runsChanged, this, &OverviewView::showLoss);
    connect(context.project, &Project::runsChanged, this, &OverviewView::showUnfinished);
    connect(context.project, &Project::dataFilesChanged, this, &OverviewView::showRecipe);
    connect(context.recipe, &RecipeDocument::changed, this, &OverviewView::showRecipe);
    connect(context.hub, &JobHub::estimateChanged, this, &OverviewView::showRecipe);
    connect(context.library, &RunLibrary::resultChanged, this, &OverviewView::showLoss);
    connect(context.selection, &Selection::runChanged, this, &OverviewView::showLoss);
    connect(context.recipe, &RecipeDocument::changed, this, &OverviewView::showLoss);
    // Only then the defaults of the recipe's components are known. In an event of its own: forms
    // answer the same, and the window must not stand still.
    connect(
        context.hub, &JobHub::readyChanged, this,
        [this] {
            m_recipeRuns.forget();
            showLoss();
        },
        Qt::QueuedConnection);
    showProject();
}

void OverviewView::showProject()
{
    const Project &project = *m_context.project;
    switch (project.state()) {
    case Project::State::Empty:
        m_state->showEmpty(tr("Open a checkpoint to see what it is made of: a folder with "
                              "config.json and safetensors files."),
                           tr("Open model..."));
        break;
    case Project::State::Loading:
        m_state->showLoading(tr("Reading %1").arg(project.target()));
        break;
    case Project::State::Failed:
        m_state->showFailure(project.modelProblem(), StatePanel::Retry::Yes,
                             tr("Open another model..."));
        break;
    case Project::State::Ready:
        showModel(*project.model());
        m_layout->setCurrentWidget(m_page);
        return;
    }
    m_layout->setCurrentWidget(m_state);
}

void OverviewView::showModel(const ModelInfo &info)
{
    m_title->setText(QString::fromStdString(info.name));
    m_subtitle->setText(QString::fromStdString(info.path));
    const double bits = info.parameters == 0
        ? 0
        : static_cast<double>(info.bytes) * 8 / static_cast<double>(info.parameters);
    m_size->setFigure(formatBytes(info.bytes),
                      (isOfOneType(info) ? tr("%1 weights of %2 bits, %3")
                                         : tr("%1 weights of %2 bits, mostly %3"))
                          .arg(formatCompactCount(info.parameters), formatBits(bits),
                               QString::fromStdString(info.dtype)));

    std::vector<ModelPart> parts = modelParts(info);
    m_parts->setParts(std::move(parts));
    fitTable();
    m_facts->showModel(info);
    showRecipe();
    showLoss();
    showUnfinished();
}

void OverviewView::showUnfinished() { m_banner->setRuns(latestRuns(*m_context.project)); }

void OverviewView::showRecipe()
{
    const ModelInfoPtr &model = m_context.project->model();
    if (!model) {
        return;
    }
    const ModelInfo after = modelAfter(*model, m_context.recipe->recipe());
    const HubEstimate estimate
        = m_context.hub->estimateOf(runRequest(*m_context.project, m_context.recipe->recipe(), {}));
    // The estimate counts scales and zero points too; without it, codes alone.
    const std::int64_t bytes = estimate.value ? estimate.value->bytes : after.bytes;
    const double share
        = static_cast<double>(bytes) / static_cast<double>(std::max<std::int64_t>(model->bytes, 1));
    m_sizeAfter->setFigure(
        formatBytes(bytes),
        estimate.value ? tr("%1 of the size now, %2 bits on average")
                             .arg(formatShare(share), formatBits(estimate.value->averageBits))
                       : tr("%1 of the size now, scales not counted").arg(formatShare(share)));
    const bool unshares = after.parameters > model->parameters;
    m_sizeAfter->setToolTip(
        unshares ? tr("Blocks share weights now; quantized, each has codes of its own.")
                 : QString());
    m_memory->setFigure(estimate.value ? formatBytes(estimate.value->memoryBytes) : notMeasured(),
                        estimate.value && !model->runnable ? tr("to quantize")
                            : estimate.value               ? tr("to quantize and to measure")
                            : estimate.problem.isEmpty()   ? tr("not estimated yet")
                                                           : tr("cannot be estimated"));
    m_memory->setToolTip(estimate.problem);
    const double widest = std::max(1.0, share); // shared blocks can make the model larger
    m_bar->setParts(modelParts(*model), 1 / widest);
    m_barAfter->setParts(modelParts(after), share / widest);
    m_barsMenu->setTexts(tr("Where the bytes are, now and with the recipe"),
                         QString::fromStdString(model->name));
}

/// The run that was chosen, or the newest that did what the recipe says; only where there is
/// neither, another one, which then stays: runs that finish elsewhere change nothing here.
QString OverviewView::lossRun(const QString &ofRecipe)
{
    const auto isOfModel = [this](const QString &id) {
        const store::RunRecord *run = m_context.project->findRun(id);
        return run != nullptr && run->kind == "run"
            && run->modelHash == m_context.project->modelHash();
    };
    if (isOfModel(m_context.selection->run())) {
        return m_context.selection->run();
    }
    if (!ofRecipe.isEmpty()) {
        return ofRecipe;
    }
    return isOfModel(m_lossRun) ? m_lossRun
                                : m_context.library->newestCompleteRun(RunSummary::kind);
}

/// Whose loss it is stands above it, and its size beside it.
void OverviewView::showLoss()
{
    if (isPutAside()) {
        return;
    }
    const QString ofRecipe = m_recipeRuns.newestOf(m_context);
    m_lossRun = lossRun(ofRecipe);
    const QString &run = m_lossRun;
    const auto summary = m_context.library->resultOf<RunSummary>(run);
    const RunMetric *metric = nullptr;
    if (summary) {
        const auto found = std::find_if(
            summary->metrics.begin(), summary->metrics.end(),
            [](const RunMetric &candidate) { return candidate.measured.nll.has_value(); });
        metric = found == summary->metrics.end() ? nullptr : &*found;
    }
    const store::RunRecord *shown = m_context.project->findRun(run);
    if (metric == nullptr || shown == nullptr) {
        const ModelInfoPtr &model = m_context.project->model();
        m_loss->setTitle(tr("Loss with the recipe"));
        m_loss->setToolTip({});
        m_loss->setFigure(notMeasured(),
                          model && !model->runnable ? tr("this model cannot be run")
                                                    : tr("run the recipe to measure it"));
        return;
    }
    const int decimals = 3;
    const QString name = QString::fromStdString(shown->name.empty() ? shown->id : shown->name);
    const QString note = lossNote(*metric);
    const bool isOfRecipe = run == ofRecipe;
    m_loss->setTitle(isOfRecipe ? tr("Loss with the recipe") : tr("Loss of another run"));
    const QString made = formatTime(
        QDateTime::fromString(QString::fromStdString(shown->created), Qt::ISODateWithMs));
    m_loss->setToolTip(isOfRecipe
                           //: a run's name, and when it was made
                           ? tr("Of %1, %2, the newest run of this recipe.").arg(name, made)
                           : tr("Of %1, %2, which is not the newest run of the recipe. Choose "
                                "another run in Project, or run the recipe.")
                                 .arg(name, made));
    // The size of the recipe stands in the card before: this run's own is said here.
    m_loss->setFigure(
        QLocale().toString(*metric->measured.nll, 'f', decimals),
        isOfRecipe || !shown->bytes
            //: a run's name, and what it lost
            ? tr("nats per token; %1: %2").arg(name, note)
            //: a run's name, the size of its model, and what it lost
            : tr("nats per token; %1, %2: %3").arg(name, formatBytes(*shown->bytes), note));
}

void OverviewView::fitTable()
{
    // All rows show: the page scrolls, not the table.
    const int rows = m_parts->rowCount() * m_table->verticalHeader()->defaultSectionSize();
    m_table->setFixedHeight(rows + m_table->horizontalHeader()->sizeHint().height()
                            + space(this, 1));
}

void OverviewView::changeEvent(QEvent *event)
{
    View::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_parts->setColors(PartsBar::colors(palette()));
    } else if (event->type() == QEvent::FontChange) {
        fitTable();
    }
}

} // namespace bitprism
