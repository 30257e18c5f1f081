// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/allocation/allocation_view.h"

#include "core/alloc/interaction_terms.h"
#include "core/alloc/target.h"
#include "core/recipe/resolve.h"
#include "widgets/allocation/allocation_model.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/data_choice.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/recipe_bits.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTabWidget>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism {

BITPRISM_EXPORT_VIEW(allocation, AllocationView, BITPRISM_TR("View", "Allocation"));

namespace {

enum Reference
{
    UniformReference, ///< the best form for all layers within the budget
    KeptReference,
    NoReference
};

/// The allocators that answer at once; all of them solve from the same probes.
constexpr const char *allocators[]
    = {"high-impact-ratio", "sensitivity-ilp", "sensitivity-greedy", "uniform"};

constexpr std::size_t mostCalibrated = 200; // newest runs that predictions are held against

/// Where the budget stands at first, on the way from the smallest to the largest allocation.
constexpr double firstBudget = 0.3;

double valueOf(const LayerChoice &choice) { return choice.ratio.value_or(choice.bits); }

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
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_banner(new StateBanner(this))
    , m_allocator(new QComboBox(this))
    , m_target(new QComboBox(this))
    , m_reference(new QComboBox(this))
    , m_budget(new QDoubleSpinBox(this))
    , m_send(new QPushButton(tr("Send to the rec&ipe"), this))
    , m_measure(new QPushButton(tr("&Measure this"), this))
    , m_damage(new QLabel(this))
    , m_size(new QLabel(this))
    , m_solver(new QLabel(this))
    , m_bars(new BarPlot(this))
    , m_frontier(new FrontierPlot(this))
    , m_matrix(new HeatMapPlot(this))
    , m_fisher(new HeatMapPlot(this))
    , m_calibration(new ScatterPlot(this))
    , m_table(new DataTable(tr("Layers of two allocations"), this))
    , m_model(new AllocationModel(this))
    , m_tabs(nullptr)
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
    m_layout->addWidget(m_state);
    m_layout->addWidget(makePage());
    connectAll();
    refresh();
}

AllocationView::~AllocationView() = default;

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
    m_budget->setDecimals(3);
    m_budget->setSingleStep(0.01);
    m_budget->setRange(0, 16);
    m_budget->setKeyboardTracking(false);
    auto *box = new QWidget(this);
    auto *controls = new FlowLayout(space(this, 4), box);
    const auto add = [&](const QString &text, QWidget *field) {
        auto *pair = new QWidget(box);
        auto *line = new QHBoxLayout(pair);
        line->setContentsMargins({});
        line->setSpacing(space(this, 2));
        auto *label = new QLabel(text, pair);
        label->setBuddy(field);
        line->addWidget(label);
        line->addWidget(field);
        controls->addWidget(pair);
    };
    add(tr("&Budget, average bits"), m_budget);
    add(tr("&Solver"), m_allocator);
    add(tr("Tar&get"), m_target);
    return box;
}

QWidget *AllocationView::makeFigures()
{
    for (QLabel *figure : {m_damage, m_size}) {
        figure->setFont(scaledFont(this, 1.5, QFont::DemiBold));
        figure->setTextFormat(Qt::PlainText);
        figure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_damage->setAccessibleName(tr("Predicted change of the loss"));
    m_size->setAccessibleName(tr("Size"));
    m_solver->setForegroundRole(QPalette::PlaceholderText);
    m_solver->setTextFormat(Qt::PlainText);
    m_solver->setWordWrap(true);
    auto *box = new QWidget(this);
    auto *head = new QWidget(box);
    auto *line = new FlowLayout(space(this, 4), head);
    line->addWidget(m_damage);
    line->addWidget(m_size);
    line->startRightGroup();
    line->addWidget(m_send);
    line->addWidget(m_measure);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(head);
    layout->addWidget(m_solver);
    return box;
}

QWidget *AllocationView::makeEdit()
{
    m_layerText->setTextFormat(Qt::PlainText);
    m_layerText->setForegroundRole(QPalette::PlaceholderText);
    m_form->setAccessibleName(tr("Form of the chosen layer"));
    m_pin->setToolTip(tr("The solver keeps this layer as it is at every budget."));
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
    auto *keep = new QPushButton(tr("Put this one &aside"), this);
    connect(keep, &QPushButton::clicked, this, [this] {
        m_kept = m_allocation;
        m_reference->setCurrentIndex(KeptReference);
        askBudget();
    });
    m_table->setModel(m_model);
    auto *layers = new QWidget(this);
    auto *layout = new QVBoxLayout(layers);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    auto *line = new QHBoxLayout;
    auto *label = new QLabel(tr("&Compared with"), this);
    label->setBuddy(m_reference);
    line->addWidget(label);
    line->addWidget(m_reference);
    line->addWidget(keep);
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
    m_calibration->setDiagonal(tr("equal"));
    m_calibration->setEmptyText(tr("No run of this model measured a change of the loss yet. "
                                   "\u201cMeasure this\u201d makes one."));
    m_calibration->setClickHint(tr("Click: choose the run."));
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
    m_frontier->setTitle(tr("Predicted damage against size, nats per token"));
    m_frontier->setAxes({tr("average bits")}, {tr("nats per token")});
    m_frontier->setClickHint(tr("Drag the handle to move the budget."));
    m_frontier->setEmptyText(tr("The solver needs a complete sensitivity of the layers."));
    m_bars->setEmptyText(tr("The solver needs a complete sensitivity of the layers."));
    m_tabs = makeTabs();
    auto *below = new QSplitter(Qt::Horizontal, this);
    below->addWidget(m_frontier);
    below->addWidget(m_tabs);
    below->setSizes({em(this, 45), em(this, 55)});
    auto *all = new QSplitter(Qt::Vertical, this);
    all->addWidget(m_bars);
    all->addWidget(below);
    all->setStretchFactor(0, 2);
    all->setStretchFactor(1, 3);
    all->setSizes({em(this, 20), em(this, 45)});
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
    return page;
}

void AllocationView::connectAll()
{
    connect(m_context.project, &Project::changed, this, &AllocationView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &AllocationView::refresh);
    connect(m_context.project, &Project::dataFilesChanged, this, &AllocationView::refresh);
    connect(m_context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &kind) {
                if (run == m_run || kind == QLatin1String(SensitivityTable::kind.data())) {
                    refresh();
                }
            });
    connect(m_context.selection, &Selection::runChanged, this, &AllocationView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, &AllocationView::showEdit);
    connect(m_context.hub, &JobHub::jobChanged, this, &AllocationView::showBanner);
    connect(m_context.hub, &JobHub::jobFinished, this, &AllocationView::refresh);
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
    connect(m_state, &StatePanel::actionTriggered, this, [this] {
        if (!m_context.project->model()) {
            Q_EMIT openModelRequested();
        } else if (needsCalibrationData(*m_context.project)) {
            chooseCalibrationData(*m_context.project, this);
        } else if (missingForAnalysis(*m_context.project).isEmpty()) {
            m_context.hub->submit(
                sensitivityRequest(*m_context.project, m_context.recipe->recipe()),
                tr("Sensitivity"));
            Q_EMIT showViewRequested("sensitivity");
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
    const auto chosen = m_context.library->record(m_context.selection->run());
    const bool isSensitivity = chosen && chosen->kind == SensitivityTable::kind;
    const QString run = isSensitivity ? m_context.selection->run()
        : m_run.isEmpty() || m_context.project->findRun(m_run) == nullptr
        ? m_context.library->newestRun(SensitivityTable::kind)
        : m_run;
    if (run != m_run) {
        m_run = run;
        m_result.reset();
        m_interactions.reset();
        m_solved = {};
        m_allocation.reset();
        m_comparison.reset();
        m_kept.reset();
        m_pins.clear();
        m_edits.clear();
    }
    if (m_run.isEmpty() || !m_context.project->model()) {
        showMissing();
        return;
    }
    m_context.library->record(m_run);
    const auto table = m_context.library->resultOf<SensitivityTable>(m_run);
    const auto matrix = m_context.library->resultOf<InteractionMatrix>(m_run);
    const bool isNew = (table && table != m_result) || (matrix && matrix != m_interactions);
    m_result = table ? table : m_result;
    m_interactions = matrix ? matrix : m_interactions;
    if (!m_result) {
        showMissing();
        return;
    }
    m_layout->setCurrentIndex(1);
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
    const Project &project = *m_context.project;
    m_layout->setCurrentIndex(0);
    const QString what
        = tr("This view chooses bits and ratios for every layer under a budget, from "
             "stored probes.");
    if (project.state() == Project::State::Loading) {
        m_state->showLoading(tr("Reading %1").arg(project.target()));
    } else if (!project.model()) {
        //: the first sentence says what the view shows
        m_state->showEmpty(tr("%1 Open a model to begin.").arg(what), tr("Open model..."));
    } else if (!m_run.isEmpty()
               && m_context.library->stateOf(m_run, SensitivityTable::kind)
                   == RunLibrary::State::Failed) {
        m_state->showFailure(m_context.library->problem(m_run, SensitivityTable::kind), QString());
    } else if (!m_run.isEmpty()) {
        m_state->showLoading(tr("Reading the sensitivity of %1").arg(runName()));
    } else if (const QString missing = missingForAnalysis(project); !missing.isEmpty()) {
        m_state->showEmpty(tr("%1 %2").arg(what, missing), dataButtonText(project));
    } else {
        m_state->showEmpty(tr("%1 Measure the sensitivity of the layers first.").arg(what),
                           tr("Measure sensitivity"));
    }
}

void AllocationView::showBanner()
{
    if (m_layout->currentIndex() != 1) {
        return;
    }
    const HubJob *work = m_context.hub->jobOfRun(m_run);
    const auto record = m_context.library->record(m_run);
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
        m_banner->showNote(tr("The measurement stopped at %1; the solver needs all of it.")
                               .arg(formatProgress(doneShare(*record, work))),
                           tr("Resume"));
    } else if (!isSolvable()) {
        m_banner->showNote(tr("The sensitivity is not complete; the solver needs all of it."));
    } else if (!m_problem.isEmpty()) {
        m_banner->showFailure(m_problem, tr("Try again"));
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
        m_context.hub->resumeRun(m_run);
    }
}

AllocationQuestion AllocationView::question() const
{
    AllocationQuestion question;
    question.table = m_result;
    question.matrix = m_interactions;
    question.model = m_context.project->model();
    question.allocator = m_allocator->currentData().toString().toStdString();
    const bool isMeasured
        = std::all_of(m_result->cells.begin(), m_result->cells.end(),
                      [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); });
    if (question.allocator == allocators[0] && !isMeasured) {
        question.params = R"({"metric":"automatic","interactions":"none"})";
    }
    question.target = m_target->currentData().toString().toStdString();
    question.pins = m_pins;
    return question;
}

void AllocationView::solve()
{
    if (!isSolvable() || !m_context.project->model()) {
        return;
    }
    m_solving.ask([question = question()] {
        Solved solved;
        solved.study = std::make_shared<const AllocationStudy>(question);
        solved.points = solved.study->points();
        solved.uniform = solved.study->uniform();
        return solved;
    });
}

void AllocationView::takeStudy(const Answer<Solved> &answer)
{
    m_problem = answer.problem ? errorText(*answer.problem) : QString();
    if (answer.value) {
        const bool isFirst = !m_solved.study;
        m_solved = *answer.value;
        const std::vector<FrontierPoint> &points = m_solved.points;
        const double least = points.front().averageBits;
        const double most = points.back().averageBits;
        const QSignalBlocker blocker(m_budget);
        // Rounded up, so that the cheapest allocation is within the spin box's range.
        m_budget->setRange(std::ceil(least * 1000) / 1000, std::ceil(most * 1000) / 1000);
        if (isFirst) {
            m_budget->setValue(least + firstBudget * (most - least));
        }
        m_frontier->setBudget(m_budget->value());
        askBudget();
        askCalibration();
    }
    showBanner();
}

void AllocationView::setBudget(double averageBits) { m_budget->setValue(averageBits); }

void AllocationView::askBudget()
{
    if (!m_solved.study) {
        return;
    }
    const auto reference = m_reference->currentIndex();
    m_asking.ask([study = m_solved.study, uniform = m_solved.uniform, kept = m_kept, reference,
                  edits = m_edits, bits = m_budget->value()] {
        Budget budget;
        budget.averageBits = bits;
        Compared compared;
        Allocation chosen = study->at(budget);
        if (!edits.empty()) {
            const double milliseconds = chosen.milliseconds;
            for (LayerChoice &choice : chosen.layers) {
                const auto edit = edits.find(choice.layer);
                choice = edit == edits.end() ? choice : edit->second;
            }
            chosen = study->evaluate(chosen.layers);
            chosen.milliseconds = milliseconds;
        }
        const AllocationQuestion &question = study->question();
        for (const Error &refusal : targetRefusals(question.target, *question.model, chosen.layers,
                                                   question.table->groupSize())) {
            compared.refusals.append(errorText(refusal));
        }
        if (reference == KeptReference) {
            compared.reference = kept;
        } else if (reference == UniformReference) {
            for (const Allocation &each : uniform) { // by falling damage
                if (each.averageBits <= chosen.averageBits * (1 + 1e-9)) {
                    compared.reference = std::make_shared<const Allocation>(each);
                }
            }
        }
        compared.allocation = std::make_shared<const Allocation>(std::move(chosen));
        return compared;
    });
}

void AllocationView::takeAllocation(const Answer<Compared> &answer)
{
    m_problem = answer.problem ? errorText(*answer.problem) : QString();
    if (answer.value) {
        m_allocation = answer.value->allocation;
        m_comparison = answer.value->reference;
        m_refusals = answer.value->refusals;
    }
    showAllocation();
    showBanner();
}

/// What the button would start, with its time once that is known.
void AllocationView::showRatiosButton()
{
    const bool canStart = missingForAnalysis(*m_context.project).isEmpty();
    QString text = tr("Measure ratios and pairs of layers");
    m_ratios->setEnabled(canStart);
    if (canStart) {
        const JobRequest request = ratiosRequest(*m_context.project, m_context.recipe->recipe());
        const HubEstimate estimate = m_context.hub->estimateOf(request);
        if (estimate.value && estimate.value->seconds > 0) {
            text = tr("%1 (about %2)").arg(text, formatSeconds(estimate.value->seconds));
        } else if (!estimate.isPending && m_ratios->isVisible()) {
            m_context.hub->requestEstimate(QStringLiteral("allocation view"), request);
        }
    }
    m_ratios->setText(text);
}

void AllocationView::measureRatios()
{
    m_context.hub->submit(ratiosRequest(*m_context.project, m_context.recipe->recipe()),
                          tr("Ratios and pairs of layers"));
    Q_EMIT showViewRequested("sensitivity");
}

void AllocationView::askMaps()
{
    if (!m_interactions) {
        m_matrix->setData(std::make_shared<const HeatMapData>());
        m_fisher->setData(std::make_shared<const HeatMapData>());
        return;
    }
    m_mapping.ask([matrix = m_interactions] {
        return Maps{std::make_shared<const HeatMapData>(interactionMap(*matrix)),
                    std::make_shared<const HeatMapData>(fisherMap(*matrix))};
    });
}

/// The newest runs of this model with a measured change of the loss. Their recipes are read with
/// the predictions: of ten thousand runs, each one's answer would be a turn of its own.
void AllocationView::askCalibration()
{
    const RunListPtr runs = m_context.project->runs();
    const store::RunRecord *own = m_context.project->findRun(m_run);
    if (!m_solved.study || !runs || own == nullptr
        || (runs == m_calibratedRuns && m_solved.study == m_calibratedStudy)) {
        return;
    }
    m_calibratedRuns = runs;
    m_calibratedStudy = m_solved.study;
    struct Measured
    {
        std::string id;
        double change = 0; ///< of the loss
        std::optional<double> standardError;
    };
    std::vector<Measured> measured;
    for (const store::RunRecord &run : *runs) {
        if (run.kind != "run" || run.modelHash != own->modelHash
            || measured.size() == mostCalibrated) {
            continue;
        }
        const auto metric
            = std::find_if(run.metrics.begin(), run.metrics.end(),
                           [](const store::HeadlineMetric &each) { return each.deltaNll; });
        if (metric != run.metrics.end()) {
            measured.push_back({run.id, *metric->deltaNll, metric->deltaNllStandardError});
        }
    }
    m_calibrating.ask([connection = m_context.project->connection(),
                       path = m_context.project->storePath().toStdString(), study = m_solved.study,
                       measured = std::move(measured)] {
        std::vector<CalibrationPoint> points;
        for (const Measured &run : measured) {
            const store::RunRecord record = connection->open(path).run(run.id);
            if (record.recipe.empty()) {
                continue;
            }
            const Recipe recipe = Recipe::fromJson(Json::parse(record.recipe), "stored recipe");
            if (const auto prediction = study->predict(recipe)) {
                points.push_back(
                    {record.id, record.name, *prediction, run.change, run.standardError});
            }
        }
        return points;
    });
}

void AllocationView::showAllocation()
{
    const ModelInfo *model = m_context.project->model().get();
    m_bars->setContext(m_result->ratios.empty()
                           ? tr("%1, coloured by the kind of layer").arg(runName())
                           : tr("%1, coloured by the kind of layer, filled by the share of "
                                "high-impact channels")
                                 .arg(runName()));
    m_bars->setSeries(allocationBars(*m_result, model, m_allocation.get()));
    m_frontier->setContext(tr("every budget solved at once, from stored probes"));
    m_frontier->setSeries(frontierSeries(m_solved.points, m_solved.uniform, m_allocation.get()));
    m_model->setAllocations(m_result, m_context.project->model(), m_allocation, m_comparison);
    showFigures();
    showEdit();
}

void AllocationView::showFigures()
{
    const bool isThere = m_allocation != nullptr;
    m_send->setEnabled(isThere);
    m_measure->setEnabled(isThere && missingForAnalysis(*m_context.project).isEmpty());
    if (!isThere) {
        m_damage->setText(notMeasured());
        m_size->setText(notMeasured());
        m_solver->setText(QString());
        return;
    }
    m_damage->setText(
        tr("%1 nats per token").arg(signedPlotNumber(m_allocation->predictedDeltaNll)));
    m_size->setText(tr("%1 at %2 average bits")
                        .arg(formatBytes(m_allocation->bytes),
                             QLocale().toString(m_allocation->averageBits, 'f', 3)));
    QString text = m_allocation->status == "optimal" ? tr("No allocation of this size is better.")
        : m_edits.empty()                            ? tr("The best that was found.")
                                                     : tr("Edited by hand.");
    if (m_allocation->gap && *m_allocation->gap > 0) {
        text = tr("%1 At most %2 above the optimum.").arg(text, plotNumber(*m_allocation->gap));
    }
    if (m_comparison) {
        const bool isUniform = m_reference->currentIndex() == UniformReference;
        const QString other = isUniform && !m_comparison->layers.empty()
            //: a form for all layers, as "3 bits"
            ? tr("%1 in all layers").arg(choiceText(*m_result, m_comparison->layers.front()))
            : tr("the one put aside");
        text = tr("%1 Against %2: %3 nats, %4 bits on average, %n layers differ.", nullptr,
                  m_model->changedCount())
                   .arg(text, other,
                        signedPlotNumber(m_allocation->predictedDeltaNll
                                         - m_comparison->predictedDeltaNll),
                        signedPlotNumber(m_allocation->averageBits - m_comparison->averageBits));
    }
    m_solver->setText(text);
}

void AllocationView::showEdit()
{
    const QString layer = m_context.selection->layer();
    const QStringList ids = layer.isEmpty() ? QStringList() : QStringList(layer);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_bars, m_matrix, m_fisher}) {
        plot->setSelected(ids);
    }
    m_table->setCurrentRow(m_model->rowOf(layer));
    m_unpin->setVisible(!m_pins.empty() || !m_edits.empty());
    const QSignalBlocker blocker(m_form);
    m_form->clear();
    const std::string name = layer.toStdString();
    const LayerChoice *now = nullptr;
    for (std::size_t i = 0; m_allocation && i < m_allocation->layers.size(); ++i) {
        now = m_allocation->layers[i].layer == name ? &m_allocation->layers[i] : now;
    }
    m_form->setVisible(now != nullptr);
    m_pin->setVisible(now != nullptr);
    if (now == nullptr) {
        m_layerText->setText(tr("Click a bar to change or pin a layer."));
        return;
    }
    m_layerText->setText(layer);
    for (const SensitivityCell &cell : m_result->cells) {
        if (cell.layer == name) {
            const LayerChoice choice{cell.layer, cell.bits, cell.ratio};
            m_form->addItem(choiceText(*m_result, choice), valueOf(choice));
            if (cell.bits == now->bits && cell.ratio == now->ratio) {
                m_form->setCurrentIndex(m_form->count() - 1);
            }
        }
    }
    m_pin->setChecked(m_pins.contains(name));
}

void AllocationView::applyEdit()
{
    const std::string name = m_context.selection->layer().toStdString();
    for (const SensitivityCell &cell : m_result->cells) {
        const LayerChoice choice{cell.layer, cell.bits, cell.ratio};
        if (cell.layer == name && valueOf(choice) == m_form->currentData().toDouble()) {
            m_edits[name] = choice;
        }
    }
    if (m_pins.contains(name)) {
        m_pins[name] = m_form->currentData().toDouble();
        m_edits.erase(name);
        solve();
    } else {
        askBudget();
    }
}

void AllocationView::togglePin(bool isPinned)
{
    const std::string name = m_context.selection->layer().toStdString();
    if (isPinned) {
        m_pins[name] = m_form->currentData().toDouble();
    } else {
        m_pins.erase(name);
    }
    m_edits.erase(name);
    solve();
}

void AllocationView::sendToRecipe()
{
    Recipe recipe = m_context.recipe->recipe();
    const Recipe allocated = allocationRecipe(*m_result, m_allocation->layers);
    recipe.allocation = allocated.allocation;
    recipe.weights = allocated.weights;
    m_context.recipe->edit(tr("Allocation"), std::move(recipe));
}

void AllocationView::measure()
{
    Recipe recipe = m_context.recipe->recipe();
    const Recipe allocated = allocationRecipe(*m_result, m_allocation->layers);
    recipe.allocation = allocated.allocation;
    recipe.weights = allocated.weights;
    const QString name = tr("%1 at %2 bits")
                             .arg(m_allocator->currentText(),
                                  QLocale().toString(m_allocation->averageBits, 'f', 3));
    m_context.hub->submit(runRequest(*m_context.project, recipe, name), name);
}

QString AllocationView::runName() const
{
    const auto record = m_context.library->record(m_run);
    return record && !record->name.empty() ? QString::fromStdString(record->name) : m_run;
}

} // namespace bitprism
