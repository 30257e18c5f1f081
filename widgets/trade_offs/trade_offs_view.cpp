// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/trade_offs_view.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/format.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/trade_offs/axis_choice.h"
#include "widgets/trade_offs/experiment_chips.h"
#include "widgets/trade_offs/predicted_frontier.h"
#include "widgets/trade_offs/runs_table_model.h"
#include "widgets/trade_offs/trade_offs_charts.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedLayout>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr int filterMilliseconds = 120; // a pause in typing
constexpr std::size_t mostRecipes = 60; // of runs drawn, to tell their quantizers
constexpr std::size_t mostRowsAtOnce = 1000; // that the table and the plot take in one slot

} // namespace

TradeOffsView::TradeOffsView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_frontier(new PredictedFrontier(context, this))
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_banner(new RunsBanner(m_context, this))
    , m_filter(new QLineEdit(this))
    , m_chips(new ExperimentChips(this))
    , m_axes(new AxisChoice(this))
    , m_plot(new ScatterPlot(this))
    , m_chosenText(new QLabel(this))
    , m_compare(new QPushButton(tr("Compare these runs"), this))
    , m_table(new DataTable(tr("Runs and what they cost"), this))
    , m_tableModel(new RunsTableModel(this))
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(makePage());
    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(filterMilliseconds);
    connect(&m_filterTimer, &QTimer::timeout, this, &TradeOffsView::applyFilter);
    connect(m_context.project, &Project::changed, this, &TradeOffsView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &TradeOffsView::refresh);
    connect(m_context.selection, &Selection::runChanged, this, [this](const QString &id) {
        m_chosen = id.isEmpty() ? QStringList() : QStringList{id};
        showChosen();
    });
    connect(m_frontier, &PredictedFrontier::changed, this, &TradeOffsView::showPlot);
    connect(m_context.library, &RunLibrary::resultChanged, this,
            [this](const QString &, const QString &kind) {
                if (isPutAside()) {
                    return;
                }
                m_frontier->refresh();
                if (kind.toStdString() == RunLibrary::recordKind && m_rows.size() <= mostRecipes) {
                    m_filterTimer.start(); // once for all that come together
                }
            });
    connect(m_state, &StatePanel::actionTriggered, this,
            [this] { Q_EMIT showViewRequested("overview"); });
    connect(m_state, &StatePanel::retryTriggered, this, [this] {
        m_context.project->open(m_context.project->target(), m_context.project->storePath());
    });
    refresh();
}

void TradeOffsView::refresh()
{
    if (isPutAside()) {
        return;
    }
    m_runs = m_context.project->runs();
    const bool hasFailed = !m_context.project->storeProblem().isEmpty();
    const bool hasPoints
        = m_runs && std::any_of(m_runs->begin(), m_runs->end(), [](const store::RunRecord &run) {
              return run.bytes.has_value() || !run.metrics.empty();
          });
    if (hasFailed) {
        m_state->showFailure(m_context.project->storeProblem(), StatePanel::Retry::Yes);
    } else if (!m_runs && m_context.project->state() == Project::State::Loading) {
        m_state->showLoading(tr("Reading the runs of the store"));
    } else if (!hasPoints) {
        m_state->showEmpty(
            tr("Every run as a point: what it costs against what it loses, and which "
               "runs no other beats. No run is finished yet."),
            tr("Go to the overview to start one"));
    }
    m_layout->setCurrentIndex(hasPoints && !hasFailed ? 1 : 0);
    if (hasPoints) {
        m_axes->setRuns(*m_runs, m_context.project->modelHash());
        fillChips();
        applyFilter();
        m_frontier->refresh();
    }
}

void TradeOffsView::fillChips()
{
    QStringList experiments;
    for (const store::RunRecord &run : *m_runs) { // newest first
        const QString name = QString::fromStdString(run.experiment);
        if (!name.isEmpty() && !experiments.contains(name)) {
            experiments.append(name);
        }
        if (experiments.size() == static_cast<qsizetype>(mostRunGroups)) {
            break;
        }
    }
    m_chips->setExperiments(experiments);
    m_table->setColumnShown(RunsTableModel::experimentColumn, experiments.size() > 1);
}

bool TradeOffsView::isShown(const store::RunRecord &run, const QStringList &words) const
{
    if (!m_chips->chosen().isEmpty() && m_chips->chosen().toStdString() != run.experiment) {
        return false;
    }
    if (words.isEmpty()) {
        return true;
    }
    const QString text = QString::fromStdString(run.name + ' ' + run.model + ' ' + run.experiment);
    return std::all_of(words.begin(), words.end(), [&](const QString &word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

void TradeOffsView::applyFilter()
{
    const QStringList words = m_filter->text().split(u' ', Qt::SkipEmptyParts);
    m_rows.clear();
    QStringList unfinished;
    for (std::size_t i = 0; m_runs && i < m_runs->size(); ++i) {
        const store::RunRecord &run = (*m_runs)[i];
        if (run.status != store::RunStatus::Finished && run.kind == "run" && isShown(run, words)) {
            unfinished.append(QString::fromStdString(run.id));
        }
        const bool hasFigures = run.bytes || !run.metrics.empty();
        // Lines across show what unquantized models reach; their sizes would dwarf all others'.
        constexpr double plainBits = 16;
        const bool isPlain
            = store::isEvaluation(run.kind) && run.averageBits.value_or(plainBits) >= plainBits;
        if (hasFigures && !isPlain && isShown(run, words)) {
            m_rows.push_back(i);
        }
    }
    m_banner->setRuns(unfinished);
    showPlot();
}

void TradeOffsView::showPlot()
{
    if (!m_runs || m_axes->quantities().empty()) {
        return;
    }
    const Quantity &x = m_axes->x();
    const Quantity &y = m_axes->y();
    DrawnRuns drawn = drawnRuns(*m_runs, m_rows, x, y);
    std::vector<PlotSeries> series = paretoFronts(*m_runs, drawn, m_front);
    const bool isOfSeveral = drawn.models.size() > 1;
    const RunGroups quantizers = isOfSeveral ? RunGroups() : quantizersOf(drawn);
    std::vector<PlotSeries> points = isOfSeveral
        ? runSeries(drawn, modelsOf(*m_runs, drawn), tr("Other models"))
        : quantizers.empty()
        ? runSeries(drawn, experimentsOf(*m_runs, drawn), tr("Without experiment"))
        : runSeries(drawn, quantizers, tr("as it is, or others"));
    for (std::size_t i = 0; i < points.size(); ++i) {
        // A model's points have the colour of its front.
        points[i].style = isOfSeveral ? static_cast<int>(i) : points[i].style;
        series.push_back(std::move(points[i]));
    }
    if (drawn.hasModel(m_frontier->modelHash())) { // beside runs of another it would mislead
        if (auto predicted = m_frontier->series(x, y)) {
            series.push_back(std::move(*predicted));
        }
    }
    const bool isLog = y.isLoss() && spansTwoDecades(drawn.points);
    m_plot->setTitle(tradeOffTitle(x, y));
    m_plot->setContext(tradeOffContext(drawn, m_rows.size()));
    m_plot->setEmptyText(emptyText());
    const auto axisOf
        = [](const Quantity &each) { return each.axis.isEmpty() ? each.title : each.axis; };
    m_plot->setAxes({axisOf(x), false, false, false, {}}, {axisOf(y), isLog, false, false, {}});
    m_plot->setReferenceLines(unquantizedLines(*m_runs, drawn, y, isLog));
    m_plot->setSeries(std::move(series));
    const auto showTable = [this] {
        m_tableModel->setRuns(m_runs, m_rows, m_axes->quantities(), m_front);
        showColumns();
        showChosen();
    };
    if (m_rows.size() > mostRowsAtOnce) { // in a turn of its own
        QMetaObject::invokeMethod(this, showTable, Qt::QueuedConnection);
    } else {
        showTable();
    }
}

QString TradeOffsView::emptyText() const
{
    const bool isFiltered = !m_filter->text().trimmed().isEmpty();
    const bool isOneExperiment = !m_chips->chosen().isEmpty();
    if (m_rows.empty()) {
        return isFiltered ? tr("No run fits the filter. Clear it to see the runs.")
            : isOneExperiment
            ? tr("No run of this experiment is measured yet. Choose all experiments.")
            : tr("No run of a quantized model is measured yet. Start one in the overview.");
    }
    return isOneExperiment ? tr("No run of this experiment has both measures. Choose other axes, "
                                "or all experiments.")
        : isFiltered ? tr("No run here has both measures. Choose other axes, or clear the filter.")
                     : tr("No run has both measures. Choose other axes.");
}

/// What running costs stays out of the table, which has no room for it, unless it is on an axis.
/// What only runs of other models measured stays out of the table, where it would be empty for the
/// open one, unless it is on an axis. What the person chose stays until other things are measured.
void TradeOffsView::showColumns()
{
    const std::vector<Quantity> &quantities = m_axes->quantities();
    if (quantities != m_listed) {
        m_listed = quantities;
        m_listedShown.clear();
    }
    m_listedShown.resize(quantities.size(), -1);
    for (std::size_t i = 0; i < quantities.size(); ++i) {
        const int isShown = (m_axes->isOfModel(i) && !quantities[i].isOfMachine())
            || quantities[i] == m_axes->x() || quantities[i] == m_axes->y();
        if (isShown != std::exchange(m_listedShown[i], isShown)) {
            m_table->setColumnShown(RunsTableModel::firstQuantityColumn + static_cast<int>(i),
                                    isShown != 0);
        }
    }
}

/// The quantizer of each run, where they are few enough to read their recipes; empty: not (yet)
/// known.
RunGroups TradeOffsView::quantizersOf(const DrawnRuns &drawn)
{
    RunGroups quantizers;
    bool isKnown = drawn.places.size() <= mostRecipes;
    for (std::size_t i = 0; isKnown && i < drawn.places.size(); ++i) {
        const store::RunRecord &run = (*m_runs)[drawn.places[i]];
        const auto record = m_context.library->record(QString::fromStdString(run.id));
        const bool hasNone = store::isEvaluation(run.kind);
        isKnown = hasNone || (record && !record->recipe.empty());
        const nlohmann::json recipe = isKnown && !hasNone
            ? nlohmann::json::parse(record->recipe, nullptr, false)
            : nlohmann::json();
        const nlohmann::json weights
            = recipe.is_object() ? recipe.value("weights", nlohmann::json()) : nlohmann::json();
        quantizers.push_back(weights.is_object()
                                 ? QString::fromStdString(weights.value("id", std::string()))
                                 : QString());
    }
    if (!isKnown && drawn.places.size() <= mostRecipes) {
        for (const std::size_t place : drawn.places) {
            m_context.library->record(QString::fromStdString((*m_runs)[place].id));
        }
    }
    const bool hasAny = std::any_of(quantizers.begin(), quantizers.end(),
                                    [](const QString &name) { return !name.isEmpty(); });
    return isKnown && hasAny ? quantizers : RunGroups();
}

BITPRISM_EXPORT_VIEW(trade_offs, TradeOffsView, BITPRISM_TR("View", "Trade-offs"));

} // namespace bitprism
