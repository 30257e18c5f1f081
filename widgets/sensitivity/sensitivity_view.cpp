// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/sensitivity_view.h"

#include "widgets/jobs/analysis_panel.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/plot/depth_axis.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/series_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/sensitivity/cell_choice.h"
#include "widgets/sensitivity/sensitivity_model.h"
#include "widgets/shared/recipe_bits.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace bitprism {

BITPRISM_EXPORT_VIEW(sensitivity, SensitivityView, BITPRISM_TR("View", "Sensitivity"));

namespace {

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
    , m_follower(
          new RunFollower(m_context, SensitivityTable::kind, RunFollower::Otherwise::Newest, this))
    , m_layout(new QStackedLayout(this))
    , m_start(new MeasureButton(
          m_context, "sensitivity view", tr("Sensitivity"), [this] { return request(); }, this))
    , m_state(new AnalysisPanel(m_context, *m_start, this))
    , m_runs(new ShownRunBox(m_context, SensitivityTable::kind, this))
    , m_metric(new QComboBox(this))
    , m_log(new QCheckBox(tr("&Log"), this))
    , m_depthBits(new QComboBox(this))
    , m_depthKinds(new QComboBox(this))
    , m_showTable(new QCheckBox(tr("Ta&ble"), this))
    , m_banner(new RunsBanner(m_context, this))
    , m_map(new HeatMapPlot(this))
    , m_depth(new LinePlot(this))
    , m_scatter(new ScatterPlot(this))
    , m_choice(new CellChoice(m_context, this))
    , m_model(new SensitivityModel(this))
    , m_table(new DataTable(tr("Sensitivity of every layer at every width"), this))
    , m_page(makePage())
    , m_marking(context.project->interactiveThread(), this,
                [this](const Answer<RecipeWidths> &answer) {
                    m_marks = answer.value.value_or(RecipeWidths());
                    m_choice->setWidths(m_marks);
                    showMap();
                })
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connectAll();
    refresh();
}

SensitivityView::~SensitivityView() = default;

const QString &SensitivityView::run() const { return m_follower->run(); }

SensitivityMetric SensitivityView::chosenMetric() const
{
    return sensitivityMetrics[static_cast<std::size_t>(qMax(0, m_metric->currentIndex()))];
}

void SensitivityView::refresh()
{
    if (isPutAside()) {
        return;
    }
    if (m_context.project->state() == Project::State::Loading) {
        showMissing(nullptr);
        return;
    }
    if (m_follower->choose()) {
        m_result.reset();
    }
    if (!run().isEmpty()) {
        if (const auto result = m_context.library->resultOf<SensitivityTable>(run())) {
            m_result = result;
        }
    }
    const HubJob *work
        = run().isEmpty() ? m_context.hub->newestJob(SensitivityTable::kind) : nullptr;
    if (run().isEmpty() && (work == nullptr || work->isOver())) {
        showMissing(work);
        return;
    }
    m_layout->setCurrentWidget(m_page);
    m_runs->showRun(run());
    m_start->setText(
        m_result ? tr("Measure again") : tr("Measure sensitivity"),
        m_result
            ? tr("Repeats what is shown, with its own quantizer and data: %1.\nThe time beside "
                 "it is of these settings. What the recipe would do is measured by Run > "
                 "Measure sensitivity, which may take another time.")
                  .arg(sensitivityContext(*m_result, m_follower->name()))
            : tr("Measures each layer with the recipe's quantizer; the time beside it is of "
                 "the recipe's settings."));
    m_start->refresh();
    showTable();
    showBanner();
}

std::optional<JobRequest> SensitivityView::request() const
{
    return m_result ? repeatedRequest(*m_context.project, m_context.library->record(run()))
                    : sensitivityRequest(*m_context.project, m_context.recipe->recipe());
}

void SensitivityView::showMissing(const HubJob *over)
{
    m_layout->setCurrentWidget(m_state);
    const QString purpose = tr("This view shows which layers lose most when they are quantized.");
    if (over != nullptr && !over->failure.isEmpty()) {
        m_state->showFailed(purpose, *over, tr("Measure sensitivity"));
        return;
    }
    m_state->showMissing(purpose,
                         tr("Each is quantized alone at 2, 3, 4 and 8 bits, and the model is run."),
                         tr("Measure sensitivity"));
}

/// While nothing is measured yet the frame stands: all layers at all widths, hatched.
std::shared_ptr<const SensitivityTable> SensitivityView::shownTable() const
{
    const ModelInfo *model = m_context.project->model().get();
    return m_result || model == nullptr
        ? m_result
        : std::make_shared<const SensitivityTable>(unmeasuredTable(*model));
}

void SensitivityView::showTable()
{
    m_model->setTable(m_result, m_context.project->model());
    fillDepthBits();
    askMarks();
    showCharts();
}

void SensitivityView::fillDepthBits()
{
    const auto table = shownTable();
    const std::vector<int> widths = table ? table->widths : std::vector<int>();
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
    if (m_result && m_result->complete) { // while a job runs, what is wanted may still come
        const QSignalBlocker quiet(m_metric);
        m_metric->setCurrentIndex(static_cast<int>(measuredMetric(*m_result, chosenMetric())));
    }
    showMap();
    showDepth();
    showScatter();
    showSelection(m_context.selection->layer());
}

QString SensitivityView::contextLine() const
{
    return m_follower->sourceText(sensitivityContext(*m_result, m_follower->name()));
}

void SensitivityView::showMap()
{
    m_map->setLogScale(m_log->isChecked());
    m_map->setDiverging(isSigned(chosenMetric()) && !m_log->isChecked());
    m_map->setTitle(metricSentence(chosenMetric()));
    m_map->setContext(m_result ? contextLine() : QString());
    const ModelInfo *model = m_context.project->model().get();
    const auto table = shownTable();
    m_map->setData(table ? std::make_shared<HeatMapData>(
                       sensitivityMap(*table, model, chosenMetric(), m_marks))
                         : std::make_shared<HeatMapData>());
}

void SensitivityView::showDepth()
{
    const int bits = m_depthBits->currentData().toInt();
    const ModelInfo *model = m_context.project->model().get();
    const bool isInParts = hasManyKinds(model);
    m_depthKinds->setVisible(isInParts);
    const DepthKinds kinds
        = !isInParts ? DepthKinds::All : m_depthKinds->currentData().value<DepthKinds>();
    m_depth->setTitle(m_result
                          ? tr("%1 by depth at %2").arg(metricAxis(chosenMetric()), bitsText(bits))
                          : tr("%1 by depth").arg(metricAxis(chosenMetric())));
    m_depth->setContext(m_result ? contextLine() : QString());
    m_depth->setEmptyText(m_result
                              ? tr("No layer has this measure at this width. Choose another above.")
                              : tr("No layer is measured yet."));
    m_depth->setAxes(depthAxis(model), {metricAxis(chosenMetric()), m_log->isChecked()});
    m_depth->setSeries(m_result ? sensitivityByDepth(*m_result, model, chosenMetric(), bits, kinds)
                                : std::vector<PlotSeries>());
}

void SensitivityView::showScatter()
{
    const bool isLog = m_log->isChecked();
    const QString sentence = m_result ? correlationSentence(*m_result) : QString();
    m_scatter->setContext(!sentence.isEmpty() ? sentence : m_result ? contextLine() : QString());
    m_scatter->setAxes({tr("predicted, nats per token"), isLog},
                       {tr("measured, nats per token"), isLog});
    m_scatter->setSeries(m_result ? predictionAgainstMeasurement(*m_result)
                                  : std::vector<PlotSeries>());
}

/// Of what is at work first: it may be another run than the one that is shown until it has figures.
void SensitivityView::showBanner()
{
    const QStringList told = toldRuns(m_context, SensitivityTable::kind, run());
    const RunLibrary::State state = m_context.library->stateOf(run(), SensitivityTable::kind);
    m_banner->setProgressText(progressOf(told.isEmpty() ? QString() : told.front()));
    m_banner->setReading(state == RunLibrary::State::Loading && !m_result
                             ? tr("Reading what was measured")
                             : QString());
    m_banner->setProblem(m_context.library->problem(run(), SensitivityTable::kind));
    m_banner->setRuns(told, QLatin1String(SensitivityTable::kind.data()));
}

/// Of the run that the line above tells of. One that waits or only begins has none yet, and then it
/// is not the shown run's that counts.
QString SensitivityView::progressOf(const QString &told) const
{
    const auto table = told != run()    ? m_context.library->resultOf<SensitivityTable>(told)
        : m_follower->isNewerUnderWay() ? nullptr
                                        : m_result;
    const MeasuredLayers layers = table ? measuredLayers(*table) : MeasuredLayers();
    const QString measured = layers.total > 0 && (layers.measured > 0 || !m_follower->isEarlier())
        ? tr("%1 of %2 layers measured").arg(layers.measured).arg(layers.total)
        : QString();
    return m_follower->progressText(measured);
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
    if (layer != m_choice->layer()) {
        m_choice->setCell(layer, 0);
    }
    m_table->setCurrentRow(m_model->rowOf(layer, m_choice->bits()));
}

void SensitivityView::choose(const QString &layer, int bits)
{
    m_choice->setCell(layer, bits);
    m_context.selection->setLayer(layer);
    showSelection(layer);
}

} // namespace bitprism
