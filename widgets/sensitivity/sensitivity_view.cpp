// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/sensitivity_view.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/series_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/sensitivity/sensitivity_model.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/recipe_bits.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace bitprism {

BITPRISM_EXPORT_VIEW(sensitivity, SensitivityView, BITPRISM_TR("View", "Sensitivity"));

namespace {

const QString estimateAsker = QStringLiteral("sensitivity view");

/// "about 40 s", "about 2 min 10 s".
QString durationText(double seconds)
{
    const int whole = qMax(1, qRound(seconds));
    return whole < 90 ? SensitivityView::tr("%1 s").arg(whole)
                      : SensitivityView::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
}

RecipeWidths widthsOf(const Recipe &recipe, const ModelInfo &model)
{
    RecipeWidths widths;
    for (const auto &[name, layer] : resolvedByName(recipe, model)) {
        if (!layer.skip && layer.bits > 0) {
            widths.emplace(name, layer.bits);
        }
    }
    return widths;
}

} // namespace

SensitivityView::SensitivityView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_metric(new QComboBox(this))
    , m_log(new QCheckBox(tr("&Logarithmic"), this))
    , m_depthBits(new QComboBox(this))
    , m_showTable(new QCheckBox(tr("&Table of the same numbers"), this))
    , m_start(new QPushButton(this))
    , m_banner(new QWidget(this))
    , m_progress(new QProgressBar(this))
    , m_bannerText(new QLabel(this))
    , m_bannerAction(new QPushButton(this))
    , m_copy(new QPushButton(tr("Copy"), this))
    , m_map(new HeatMapPlot(this))
    , m_depth(new LinePlot(this))
    , m_scatter(new ScatterPlot(this))
    , m_choiceText(new QLabel(this))
    , m_choiceButton(new QPushButton(this))
    , m_model(new SensitivityModel(this))
    , m_table(new DataTable(tr("Sensitivity of every layer at every width"), this))
    , m_page(makePage())
    , m_marking(context.project->interactiveThread(), this,
                [this](const Answer<RecipeWidths> &answer) {
                    m_marks = answer.value.value_or(RecipeWidths());
                    showCharts();
                })
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connectAll();
    refresh();
}

SensitivityView::~SensitivityView() = default;

QHBoxLayout *SensitivityView::makeControls()
{
    for (const SensitivityMetric each : sensitivityMetrics) {
        m_metric->addItem(metricName(each));
        m_metric->setItemData(m_metric->count() - 1, metricDefinition(each), Qt::ToolTipRole);
    }
    m_metric->setAccessibleName(tr("What the map shows"));
    m_log->setChecked(true);
    m_depthBits->setAccessibleName(tr("Width of the lines by depth"));
    auto *controls = new QHBoxLayout;
    controls->setSpacing(space(this, 2));
    auto *metricLabel = new QLabel(tr("&Metric"), this);
    metricLabel->setBuddy(m_metric);
    auto *depthLabel = new QLabel(tr("By &depth at"), this);
    depthLabel->setBuddy(m_depthBits);
    controls->addWidget(metricLabel);
    controls->addWidget(m_metric);
    controls->addSpacing(space(this, 2));
    controls->addWidget(m_log);
    controls->addSpacing(space(this, 2));
    controls->addWidget(depthLabel);
    controls->addWidget(m_depthBits);
    controls->addSpacing(space(this, 2));
    controls->addWidget(m_showTable);
    controls->addStretch(1);
    controls->addWidget(m_start);
    return controls;
}

QWidget *SensitivityView::makeBanner()
{
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(space(this, 1));
    m_progress->setRange(0, 1000);
    m_progress->setAccessibleName(tr("Progress of the measurement"));
    m_bannerText->setTextFormat(Qt::PlainText);
    m_bannerText->setWordWrap(true);
    m_bannerText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *line = new QHBoxLayout;
    line->addWidget(m_bannerText, 1);
    line->addWidget(m_copy);
    line->addWidget(m_bannerAction);
    auto *layout = new QVBoxLayout(m_banner);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(m_progress);
    layout->addLayout(line);
    return m_banner;
}

QWidget *SensitivityView::makeChoice()
{
    m_choiceText->setTextFormat(Qt::PlainText);
    m_choiceText->setForegroundRole(QPalette::PlaceholderText);
    auto *line = new QWidget(this);
    auto *layout = new QHBoxLayout(line);
    layout->setContentsMargins({});
    layout->addWidget(m_choiceText, 1);
    layout->addWidget(m_choiceButton);
    return line;
}

QWidget *SensitivityView::makePage()
{
    m_map->setAxisTitles(tr("bits"), tr("layer"));
    m_map->setClickHint(tr("Click: choose the layer. Double click: set these bits in the recipe."));
    m_depth->setClickHint(tr("Click: choose the layer."));
    m_scatter->setClickHint(tr("Click: choose the layer."));
    m_scatter->setTitle(tr("Does the prediction agree with the measurement? Change in loss, nats "
                           "per token"));
    m_scatter->setDiagonal(tr("equal"));
    m_table->setModel(m_model);
    m_table->sortBy(SensitivityModel::KlColumn, Qt::DescendingOrder);

    auto *side = new QSplitter(Qt::Vertical, this);
    side->addWidget(m_depth);
    side->addWidget(m_scatter);
    auto *plots = new QSplitter(Qt::Horizontal, this);
    plots->addWidget(m_map);
    plots->addWidget(side);
    plots->setStretchFactor(0, 1);
    plots->setStretchFactor(1, 1);
    // The map is what the eye meets first.
    plots->setSizes({em(this, 60), em(this, 45)});
    side->setSizes({em(this, 30), em(this, 30)});
    m_table->hide();
    auto *all = new QSplitter(Qt::Vertical, this);
    all->addWidget(plots);
    all->addWidget(m_table);
    all->setStretchFactor(0, 3);
    all->setStretchFactor(1, 2);
    all->setCollapsible(0, false);

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addLayout(makeControls());
    layout->addWidget(makeBanner());
    layout->addWidget(all, 1);
    layout->addWidget(makeChoice());
    return page;
}

void SensitivityView::connectAll()
{
    connect(m_context.project, &Project::changed, this, &SensitivityView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &SensitivityView::refresh);
    connect(m_context.project, &Project::dataFilesChanged, this, &SensitivityView::refresh);
    connect(m_context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &kind) {
                if (run == m_run || kind == QLatin1String(SensitivityTable::kind.data())) {
                    refresh();
                }
            });
    connect(m_context.selection, &Selection::runChanged, this, &SensitivityView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, &SensitivityView::showSelection);
    connect(m_context.recipe, &RecipeDocument::changed, this, [this] {
        askMarks();
        showEstimate();
        showChoice();
    });
    connect(m_context.hub, &JobHub::jobAdded, this, &SensitivityView::refresh);
    connect(m_context.hub, &JobHub::jobChanged, this, &SensitivityView::showBanner);
    connect(m_context.hub, &JobHub::jobFinished, this, &SensitivityView::refresh);
    connect(m_context.hub, &JobHub::readyChanged, this, &SensitivityView::showEstimate);
    connect(m_context.hub, &JobHub::estimateChanged, this, &SensitivityView::showEstimate);
    connect(m_metric, &QComboBox::currentIndexChanged, this, &SensitivityView::showCharts);
    connect(m_log, &QCheckBox::toggled, this, &SensitivityView::showCharts);
    connect(m_depthBits, &QComboBox::currentIndexChanged, this, &SensitivityView::showCharts);
    connect(m_showTable, &QCheckBox::toggled, m_table, &QWidget::setVisible);
    connect(m_start, &QPushButton::clicked, this, &SensitivityView::start);
    connect(m_bannerAction, &QPushButton::clicked, this, &SensitivityView::actOnRun);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_bannerText->text()); });
    connect(m_state, &StatePanel::actionTriggered, this, [this] {
        if (m_context.project->model()) {
            start();
        } else {
            Q_EMIT openModelRequested();
        }
    });
    connect(m_map, &HeatMapPlot::cellClicked, this,
            [this](const QString &layer, const QString &bits) { choose(layer, bits.toInt()); });
    connect(m_map, &PlotFrame::activated, this, &SensitivityView::applyChoice);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_depth, m_scatter}) {
        connect(plot, &PlotFrame::clicked, m_context.selection, &Selection::setLayer);
    }
    connect(m_table, &DataTable::rowChosen, this, [this](int row) {
        const SensitivityCell &cell = m_model->cell(row);
        choose(QString::fromStdString(cell.layer), cell.bits);
    });
    connect(m_choiceButton, &QPushButton::clicked, this, &SensitivityView::applyChoice);
}

SensitivityMetric SensitivityView::metric() const
{
    return sensitivityMetrics[static_cast<std::size_t>(qMax(0, m_metric->currentIndex()))];
}

const HubJob *SensitivityView::job() const
{
    return m_run.isEmpty() ? m_context.hub->newestJob(SensitivityTable::kind)
                           : m_context.hub->jobOfRun(m_run);
}

void SensitivityView::refresh()
{
    const Project &project = *m_context.project;
    if (project.state() == Project::State::Loading) {
        m_state->showLoading(tr("Reading %1").arg(project.target()));
        m_layout->setCurrentWidget(m_state);
        return;
    }
    const auto chosen = m_context.library->record(m_context.selection->run());
    const QString run = chosen && chosen->kind == SensitivityTable::kind
        ? m_context.selection->run()
        : m_context.library->newestRun(SensitivityTable::kind);
    if (run != m_run) {
        m_run = run;
        m_result.reset();
    }
    if (!m_run.isEmpty()) {
        m_context.library->record(m_run);
        if (const auto result = m_context.library->resultOf<SensitivityTable>(m_run)) {
            m_result = result;
        }
    }
    const HubJob *work = job();
    if (m_run.isEmpty() && (work == nullptr || work->isOver())) {
        showMissing(work == nullptr ? QString() : work->failure);
        showEstimate();
        return;
    }
    m_layout->setCurrentWidget(m_page);
    showTable();
    showBanner();
    showEstimate();
}

void SensitivityView::showMissing(const QString &failure)
{
    const Project &project = *m_context.project;
    m_layout->setCurrentWidget(m_state);
    if (!project.model()) {
        m_state->showEmpty(
            tr("This view shows which layers lose most when they are quantized. Open "
               "a model to measure it."),
            tr("Open model..."));
    } else if (!failure.isEmpty()) {
        m_state->showFailure(failure, tr("Try again"));
    } else if (const QString missing = missingForAnalysis(project); !missing.isEmpty()) {
        m_state->showEmpty(
            tr("This view shows which layers lose most when they are quantized. %1").arg(missing),
            QString());
    } else {
        m_state->showEmpty(
            tr("This view shows which layers lose most when they are quantized: each "
               "is quantized alone at 2, 3, 4 and 8 bits, and the model is run."),
            tr("Measure sensitivity"));
    }
}

void SensitivityView::showEstimate()
{
    const Project &project = *m_context.project;
    const bool canStart = missingForAnalysis(project).isEmpty();
    m_start->setEnabled(canStart);
    m_start->setToolTip(missingForAnalysis(project));
    QString text = m_result ? tr("Measure again") : tr("Measure sensitivity");
    if (canStart) {
        const JobRequest request = sensitivityRequest(project, m_context.recipe->recipe());
        const HubEstimate estimate = m_context.hub->estimateOf(request);
        if (estimate.value && estimate.value->seconds > 0) {
            text = tr("%1 (about %2)").arg(text, durationText(estimate.value->seconds));
        } else if (!estimate.isPending && isVisible()) {
            m_context.hub->requestEstimate(estimateAsker, request);
        }
    }
    m_start->setText(text);
}

void SensitivityView::showTable()
{
    m_model->setTable(m_result, m_context.project->model());
    fillDepthBits();
    askMarks();
    showCharts();
    showChoice();
}

void SensitivityView::fillDepthBits()
{
    const std::vector<int> widths = m_result ? m_result->widths : std::vector<int>();
    if (m_depthBits->count() == static_cast<int>(widths.size())
        && (widths.empty() || m_depthBits->itemData(0).toInt() == widths.front())) {
        return;
    }
    const QSignalBlocker blocker(m_depthBits);
    m_depthBits->clear();
    for (const int bits : widths) {
        m_depthBits->addItem(bitsText(bits), bits);
    }
    // The width below which models usually break is the one to look at first.
    m_depthBits->setCurrentIndex(qMin(1, m_depthBits->count() - 1));
}

void SensitivityView::showCharts()
{
    const ModelInfo *model = m_context.project->model().get();
    const bool isLog = m_log->isChecked();
    if (!m_result) {
        m_map->setData(std::make_shared<HeatMapData>());
        m_depth->setSeries({});
        m_scatter->setSeries({});
        return;
    }
    const QString context = sensitivityContext(*m_result, runName());
    m_map->setLogScale(isLog);
    m_map->setTitle(metricSentence(metric()));
    m_map->setContext(context);
    m_map->setData(
        std::make_shared<HeatMapData>(sensitivityMap(*m_result, model, metric(), m_marks)));

    const int bits = m_depthBits->currentData().toInt();
    PlotAxis block{tr("block")};
    block.isInteger = true;
    m_depth->setTitle(tr("%1 by depth at %2").arg(metricAxis(metric()), bitsText(bits)));
    m_depth->setContext(context);
    m_depth->setAxes(block, {metricAxis(metric()), isLog});
    m_depth->setSeries(sensitivityByDepth(*m_result, model, metric(), bits));

    const QString sentence = correlationSentence(*m_result);
    m_scatter->setContext(sentence.isEmpty() ? context : sentence);
    m_scatter->setAxes({tr("predicted change in loss, nats per token"), isLog},
                       {tr("measured change in loss, nats per token"), isLog});
    m_scatter->setSeries(predictionAgainstMeasurement(*m_result));
    showSelection(m_context.selection->layer());
}

QString SensitivityView::runName() const
{
    const auto record = m_context.library->record(m_run);
    return record && !record->name.empty() ? QString::fromStdString(record->name) : m_run;
}

void SensitivityView::showBanner()
{
    const HubJob *work = job();
    const auto record = m_context.library->record(m_run);
    const bool isRunning = work != nullptr && !work->isOver();
    QString text;
    QString action;
    bool isFailure = false;
    if (isRunning) {
        const MeasuredLayers layers = m_result ? measuredLayers(*m_result) : MeasuredLayers();
        text = layers.total > 0
            ? tr("%1 of %2 layers measured").arg(layers.measured).arg(layers.total)
            : tr("The measurement waits or prepares");
        m_progress->setValue(qRound(work->progress.fraction * m_progress->maximum()));
        action = tr("Cancel");
    } else if (work != nullptr && work->state == JobState::Failed) {
        text = work->failure;
        action = tr("Retry");
        isFailure = true;
    } else if (record && record->status == store::RunStatus::Failed) {
        text = QString::fromStdString(record->failure);
        action = tr("Retry");
        isFailure = true;
    } else if (record
               && (record->status == store::RunStatus::Cancelled
                   || record->status == store::RunStatus::Interrupted)) {
        const double share
            = record->blocks > 0 ? static_cast<double>(record->blocksDone) / record->blocks : 0;
        text = tr("Stopped at %1. What was measured is kept.").arg(formatShare(share));
        action = tr("Resume");
    } else if (m_context.library->stateOf(m_run, SensitivityTable::kind)
               == RunLibrary::State::Failed) {
        text = m_context.library->problem(m_run, SensitivityTable::kind);
        isFailure = true;
    }
    m_progress->setVisible(isRunning);
    m_bannerText->setText(text);
    m_bannerAction->setText(action);
    m_bannerAction->setVisible(!action.isEmpty());
    m_copy->setVisible(isFailure);
    m_banner->setVisible(!text.isEmpty());
}

void SensitivityView::actOnRun()
{
    const HubJob *work = job();
    if (work != nullptr && !work->isOver()) {
        m_context.hub->cancel(work->id);
    } else if (work != nullptr && work->state == JobState::Failed) {
        m_context.hub->retry(work->id);
    } else {
        m_context.hub->resumeRun(m_run);
    }
}

void SensitivityView::start()
{
    if (missingForAnalysis(*m_context.project).isEmpty()) {
        m_context.hub->submit(sensitivityRequest(*m_context.project, m_context.recipe->recipe()),
                              tr("Sensitivity"));
    }
}

void SensitivityView::askMarks()
{
    if (const ModelInfoPtr model = m_context.project->model()) {
        m_marking.ask(
            [recipe = m_context.recipe->recipe(), model] { return widthsOf(recipe, *model); });
    }
}

void SensitivityView::showSelection(const QString &layer)
{
    const QStringList ids = layer.isEmpty() ? QStringList() : QStringList(layer);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_map, m_depth, m_scatter}) {
        plot->setSelected(ids);
    }
    if (layer != m_chosenLayer) {
        m_chosenLayer = layer;
        m_chosenBits = 0;
    }
    m_table->setCurrentRow(m_model->rowOf(layer, m_chosenBits));
    showChoice();
}

void SensitivityView::choose(const QString &layer, int bits)
{
    m_chosenLayer = layer;
    m_chosenBits = bits;
    m_context.selection->setLayer(layer);
    showSelection(layer);
}

void SensitivityView::showChoice()
{
    const bool isChosen = !m_chosenLayer.isEmpty() && m_chosenBits > 0;
    m_choiceButton->setVisible(isChosen);
    if (!isChosen) {
        m_choiceText->setText(tr("Click a cell to choose a layer and set its bits in the recipe."));
        return;
    }
    const bool isSet = m_context.recipe->layerBits(m_chosenLayer) == m_chosenBits;
    const auto now = m_marks.find(m_chosenLayer.toStdString());
    m_choiceText->setText(
        isSet ? tr("%1 has %2 in the recipe, set for this layer.")
                    .arg(m_chosenLayer, bitsText(m_chosenBits))
            : now == m_marks.end()
            ? tr("%1 is not quantized by the recipe.").arg(m_chosenLayer)
            : tr("%1 has %2 in the recipe.").arg(m_chosenLayer, bitsText(now->second)));
    m_choiceButton->setText(isSet ? tr("Back to the recipe's own bits")
                                  : tr("Set to %1").arg(bitsText(m_chosenBits)));
}

void SensitivityView::applyChoice()
{
    if (m_chosenLayer.isEmpty() || m_chosenBits <= 0) {
        return;
    }
    if (m_context.recipe->layerBits(m_chosenLayer) == m_chosenBits) {
        m_context.recipe->clearLayerBits(m_chosenLayer);
    } else {
        m_context.recipe->setLayerBits(m_chosenLayer, m_chosenBits);
    }
}

} // namespace bitprism
