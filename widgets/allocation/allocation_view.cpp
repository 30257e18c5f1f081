// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/allocation/allocation_view.h"

#include "widgets/allocation/allocation_model.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/jobs/analysis_panel.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/run_status.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/format.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/stored_text.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QTabWidget>

#include <algorithm>

namespace bitprism {

BITPRISM_EXPORT_VIEW(allocation, AllocationView, BITPRISM_TR("View", "Allocation"));

namespace {

bool hasDamages(const SensitivityTable &table)
{
    return !table.cells.empty()
        && std::all_of(table.cells.begin(), table.cells.end(), [](const SensitivityCell &cell) {
               return cell.klDivergence || cell.deltaNll || cell.predictedDeltaNll;
           });
}

} // namespace

AllocationView::AllocationView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_follower(new RunFollower(m_context, SensitivityTable::kind,
                                 RunFollower::Otherwise::KeptComplete, this))
    , m_layout(new QStackedLayout(this))
    , m_start(new MeasureButton(
          m_context, "allocation view", tr("Sensitivity"),
          [this] { return sensitivityRequest(*m_context.project, m_context.recipe->recipe()); },
          this))
    , m_state(new AnalysisPanel(m_context, *m_start, this))
    , m_banner(new StateBanner(this))
    , m_runs(new ShownRunBox(m_context, SensitivityTable::kind, this))
    , m_allocator(new QComboBox(this))
    , m_target(new QComboBox(this))
    , m_reference(new QComboBox(this))
    , m_budget(new QDoubleSpinBox(this))
    , m_keep(new QPushButton(tr("Put this one &aside"), this))
    , m_send(new QPushButton(tr("Send to the rec&ipe"), this))
    , m_measure(new QPushButton(tr("&Measure this"), this))
    , m_damage(new QLabel(this))
    , m_noise(new QLabel(this))
    , m_size(new QLabel(this))
    , m_solver(new QLabel(this))
    , m_bars(new BarPlot(this))
    , m_frontier(new FrontierPlot(this))
    , m_matrix(new HeatMapPlot(this))
    , m_fisher(new HeatMapPlot(this))
    , m_calibration(new ScatterPlot(this))
    , m_table(new DataTable(tr("Layers of two allocations"), this))
    , m_model(new AllocationModel(this))
    , m_layerText(new QLabel(this))
    , m_form(new QComboBox(this))
    , m_pin(new QCheckBox(tr("&Pin"), this))
    , m_unpin(new QPushButton(tr("Undo pins and edits"), this))
    , m_ratios(new QPushButton(this))
    , m_solving(context.project->interactiveThread(), this,
                [this](const Answer<Solved> &answer) { takeStudy(answer); })
    , m_asking(context.project->interactiveThread(), this,
               [this](const Answer<Compared> &answer) { takeAllocation(answer); })
    , m_mapping(context.project->interactiveThread(), this,
                [this](const Answer<Maps> &answer) {
                    const Maps maps = answer.value.value_or(Maps());
                    const auto empty = std::make_shared<const HeatMapData>();
                    m_matrix->setData(maps.first ? maps.first : empty);
                    m_fisher->setData(maps.second ? maps.second : empty);
                })
    , m_calibrating(context.project->storeThread(), this,
                    [this](const Answer<std::vector<CalibrationPoint>> &answer) {
                        const auto points = answer.value.value_or(std::vector<CalibrationPoint>());
                        m_calibration->setContext(calibrationSentence(points));
                        m_calibration->setSeries(calibrationSeries(points));
                    })
{
    m_start->hide(); // its words stand on the panel's button
    m_layout->addWidget(m_state);
    m_layout->addWidget(makePage());
    connectAll();
    showFigures(); // so that nobody presses what has nothing to act on yet
    showRatiosButton();
    refresh();
}

AllocationView::~AllocationView() = default;

const QString &AllocationView::run() const { return m_follower->run(); }

void AllocationView::connectAll()
{
    connect(m_follower, &RunFollower::changed, this, &AllocationView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, &AllocationView::showEdit);
    connect(m_context.hub, &JobHub::jobChanged, this, &AllocationView::showBanner);
    connect(m_context.hub, &JobHub::readyChanged, this, &AllocationView::showFigures);
    connect(m_context.hub, &JobHub::estimateChanged, this, &AllocationView::showRatiosButton);
    connect(m_tabs, &QTabWidget::currentChanged, this, &AllocationView::showRatiosButton);
    for (QComboBox *box : {m_allocator, m_target}) {
        connect(box, &QComboBox::currentIndexChanged, this, &AllocationView::solve);
    }
    connect(m_reference, &QComboBox::currentIndexChanged, this, &AllocationView::askBudget);
    connect(m_budget, &QDoubleSpinBox::valueChanged, this, [this] {
        m_frontier->setBudget(m_budget->value());
        m_edits.clear();
        askBudget();
    });
    connect(m_frontier, &FrontierPlot::budgetDragged, this, &AllocationView::setBudget);
    connect(m_state, &AnalysisPanel::openModelRequested, this, &View::openModelRequested);
    connect(m_state, &AnalysisPanel::started, this,
            [this] { Q_EMIT showViewRequested("sensitivity"); });
    connect(m_start, &MeasureButton::noteChanged, this, [this] {
        if (run().isEmpty()) {
            refresh();
        }
    });
    connect(m_banner, &StateBanner::actionTriggered, this, &AllocationView::actOnBanner);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_bars, m_matrix, m_fisher}) {
        connect(plot, &PlotFrame::clicked, m_context.selection, &Selection::setLayer);
    }
    connect(m_calibration, &PlotFrame::clicked, m_context.selection, &Selection::setRun);
    connect(m_table, &DataTable::rowChosen, this,
            [this](int row) { m_context.selection->setLayer(m_model->layer(row)); });
    connect(m_form, &QComboBox::activated, this, &AllocationView::applyEdit);
    connect(m_pin, &QCheckBox::clicked, this, &AllocationView::togglePin);
    connect(m_unpin, &QPushButton::clicked, this, [this] {
        m_pins.clear();
        m_edits.clear();
        solve();
    });
    connect(m_send, &QPushButton::clicked, this, &AllocationView::sendToRecipe);
    connect(m_measure, &QPushButton::clicked, this, &AllocationView::measure);
}

void AllocationView::refresh()
{
    if (isPutAside()) {
        return;
    }
    if (m_follower->choose()) {
        m_result.reset();
        m_interactions.reset();
        m_solved = {};
        m_allocation.reset();
        m_comparison.reset();
        m_kept.reset();
        m_pins.clear();
        m_edits.clear();
        showFigures();
    }
    if (run().isEmpty() || !m_context.project->model()) {
        showMissing();
        return;
    }
    const auto table = m_context.library->resultOf<SensitivityTable>(run());
    const auto matrix = m_context.library->resultOf<InteractionMatrix>(run());
    const bool isNew = (table && table != m_result) || (matrix && matrix != m_interactions);
    m_result = table ? table : m_result;
    m_interactions = matrix ? matrix : m_interactions;
    if (!m_result) {
        showMissing();
        return;
    }
    m_layout->setCurrentIndex(1);
    m_runs->showRun(run());
    showRatiosButton();
    if (isNew) {
        if (isSolvable()) {
            solve();
        } else {
            showAllocation();
        }
        askMaps();
    }
    askCalibration();
    showBanner();
}

bool AllocationView::isSolvable() const
{
    const bool isWaiting = m_interactions && !m_interactions->complete;
    return m_result && hasDamages(*m_result) && !isWaiting;
}

void AllocationView::showMissing()
{
    m_layout->setCurrentIndex(0);
    const bool hasModel = m_context.project->model() != nullptr;
    // A run that ended before it measured anything has nothing that could still be read.
    const store::RunRecord *record = m_context.project->findRun(run());
    const bool isEmptyRun = record != nullptr && record->status != store::RunStatus::Running
        && record->status != store::RunStatus::Queued
        && m_context.library->stateOf(run(), SensitivityTable::kind) == RunLibrary::State::Absent;
    if (!run().isEmpty() && hasModel
        && m_context.library->stateOf(run(), SensitivityTable::kind) == RunLibrary::State::Failed) {
        m_state->showFailure(m_context.library->problem(run(), SensitivityTable::kind),
                             StatePanel::Retry::No);
    } else if (!run().isEmpty() && hasModel && !isEmptyRun) {
        m_state->showLoading(tr("Reading the sensitivity of %1").arg(m_follower->name()));
    } else {
        const QString purpose = tr("This view chooses bits and ratios for every layer under a "
                                   "budget, from stored probes.");
        if (isEmptyRun && !record->failure.empty()) {
            m_state->showFailed(purpose, storedErrorText(record->failure),
                                [hub = m_context.hub, id = run()] { hub->resumeRun(id); });
            return;
        }
        m_state->showMissing(purpose, tr("Measure the sensitivity of the layers first."),
                             tr("Measure sensitivity"));
    }
}

void AllocationView::showBanner()
{
    if (m_layout->currentIndex() != 1) {
        return;
    }
    const HubJob *work = m_context.hub->jobOfRun(run());
    const auto record = m_context.library->record(run());
    if (isPutAside()) {
        return;
    }
    const bool isStopped = record
        && (record->status == store::RunStatus::Cancelled
            || record->status == store::RunStatus::Interrupted
            || record->status == store::RunStatus::Failed);
    if (work != nullptr && !work->isOver()) {
        m_banner->showWork(
            tr("The sensitivity is being measured; the solver begins when it is complete."),
            work->progress.fraction);
    } else if (!isSolvable() && isStopped) {
        //: a sentence that a run was stopped
        m_banner->showNote(
            tr("%1 The solver needs all of it.")
                .arg(stoppedSentence(m_follower->name(), doneShare(*record, *m_context.hub))),
            tr("Resume"));
    } else if (!isSolvable()) {
        m_banner->showNote(tr("The sensitivity is not complete; the solver needs all of it."));
    } else if (!m_problem.isEmpty()) {
        m_banner->showFailure(m_problem, tr("Retry"));
    } else if (!m_refusals.isEmpty()) {
        m_banner->showFailure(m_refusals.front());
    } else {
        m_banner->clear();
    }
}

void AllocationView::actOnBanner()
{
    if (isSolvable()) {
        solve();
    } else {
        m_context.hub->resumeRun(run());
    }
}

} // namespace bitprism
