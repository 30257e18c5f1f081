// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/outliers_view.h"

#include "widgets/jobs/analysis_panel.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/outliers/all_layers_panel.h"
#include "widgets/outliers/calibration_panel.h"
#include "widgets/outliers/channel_panel.h"
#include "widgets/outliers/depth_panel.h"
#include "widgets/outliers/distribution_panel.h"
#include "widgets/outliers/outlier_charts.h"
#include "widgets/outliers/token_panel.h"
#include "widgets/outliers/what_if_panel.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QShortcut>
#include <QSlider>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>

namespace bitprism {

BITPRISM_EXPORT_VIEW(outliers, OutliersView, BITPRISM_TR("View", "Outliers"));

OutliersView::OutliersView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_follower(
          new RunFollower(m_context, OutlierTable::kind, RunFollower::Otherwise::Newest, this))
    , m_layout(new QStackedLayout(this))
    , m_start(new MeasureButton(
          m_context, "outliers view", tr("Outliers"), [this] { return request(); }, this))
    , m_state(new AnalysisPanel(m_context, *m_start, this))
    , m_runs(new ShownRunBox(m_context, OutlierTable::kind, this))
    , m_kind(new QComboBox(this))
    , m_log(new QCheckBox(tr("&Logarithmic"), this))
    , m_scrub(new QSlider(Qt::Horizontal, this))
    , m_scrubText(new QLabel(this))
    , m_banner(new RunsBanner(m_context, this))
    , m_atlas(new ImageMapPlot(ImageMapPlot::Chosen::Columns, this))
    , m_map(new ImageMapPlot(ImageMapPlot::Chosen::Rows, this))
    , m_mapState(new StatePanel(this))
    , m_mapPlace(new QStackedWidget(this))
    , m_whatIf(new WhatIfPanel(m_context, this))
    , m_distributions(new DistributionPanel(this))
    , m_channels(new ChannelPanel(this))
    , m_tokens(new TokenPanel(this))
    , m_depth(new DepthPanel(this))
    , m_allLayers(new AllLayersPanel(m_context, this))
    , m_calibrations(new CalibrationPanel(m_context, this))
    , m_tabs(new QTabWidget(this))
    , m_page(makePage())
    , m_atlasMaking(
          context.project->interactiveThread(), this,
          [this](const Answer<std::shared_ptr<const ImageMap>> &answer) { takeAtlas(answer); })
    , m_mapReading(context.project->storeThread(), this,
                   [this](const Answer<KeptMap> &answer) { takeMap(answer); })
    , m_weightsReading(
          context.project->storeThread(), this, [this](const Answer<LayerWeights> &answer) {
              m_distributions->showWeights(answer.value,
                                           answer.problem ? errorText(*answer.problem) : QString());
          })
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connectAll();
    connectPanels();
    refresh();
}

OutliersView::~OutliersView() = default;

const QString &OutliersView::run() const { return m_follower->run(); }

void OutliersView::connectAll()
{
    connect(m_follower, &RunFollower::changed, this, &OutliersView::refresh);
    connect(m_context.selection, &Selection::layerChanged, this, [this] {
        if (m_result && !isPutAside()) {
            showLayer();
        }
    });
    connect(m_context.recipe, &RecipeDocument::changed, this, [this] {
        if (m_result && !isPutAside()) {
            showTab();
        }
    });
    connect(m_start, &MeasureButton::noteChanged, this, [this] {
        if (run().isEmpty()) {
            refresh();
        }
    });
    connect(m_start, &MeasureButton::started, m_follower, &RunFollower::followRepeat);
    connect(m_state, &AnalysisPanel::openModelRequested, this, &View::openModelRequested);
    connect(m_mapState, &StatePanel::actionTriggered, m_start, &MeasureButton::start);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &OutliersView::askAtlas);
    connect(m_log, &QCheckBox::toggled, this, [this] {
        m_kept.clear();
        m_asked.clear();
        askAtlas();
        showLayer();
    });
    connect(m_scrub, &QSlider::valueChanged, this, [this](int place) {
        if (place < static_cast<int>(m_scrubbed.size())) {
            m_context.selection->setLayer(m_scrubbed[static_cast<std::size_t>(place)]);
        }
    });
    for (const auto &[keys, blocks] : {std::pair("Ctrl+[", -1), std::pair("Ctrl+]", 1)}) {
        auto *shortcut = new QShortcut(QKeySequence(keys), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, m_scrub,
                [this, by = blocks] { m_scrub->setValue(m_scrub->value() + by); });
    }
}

void OutliersView::connectPanels()
{
    connect(m_tabs, &QTabWidget::currentChanged, this, &OutliersView::showTab);
    connect(m_atlas, &ImageMapPlot::cellClicked, this, [this](int channel, int layer) {
        chooseChannel(channel);
        m_context.selection->setLayer(m_atlas->map()->data().columns.id(layer));
    });
    connect(m_map, &PlotFrame::clicked, this, [this](const QString &id) {
        m_context.selection->setLayer(m_layer); // may be the view's own choice until now
        chooseChannel(largestOfCell(channelOf(id)));
        m_tabs->setCurrentWidget(m_tokens);
    });
    connect(m_channels, &ChannelPanel::channelChosen, this, &OutliersView::chooseChannel);
    connect(m_tokens, &TokenPanel::tokenChosen, this, &OutliersView::chooseToken);
    connect(m_tokens, &TokenPanel::allChannelsRequested, this, [this] { chooseChannel(-1); });
    connect(m_depth, &DepthPanel::layerChosen, m_context.selection, &Selection::setLayer);
    connect(m_allLayers, &AllLayersPanel::layerChosen, m_context.selection, &Selection::setLayer);
    connect(m_calibrations, &CalibrationPanel::layerChosen, m_context.selection,
            &Selection::setLayer);
}

void OutliersView::refresh()
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
        m_kept.clear();
        m_tokensOf.clear();
        m_asked.clear();
    }
    if (!run().isEmpty()) {
        if (const auto result = m_context.library->resultOf<OutlierTable>(run())) {
            m_result = result;
        }
    }
    const HubJob *work = run().isEmpty() ? m_context.hub->newestJob(OutlierTable::kind) : nullptr;
    if (run().isEmpty() && (work == nullptr || work->isOver())) {
        showMissing(work);
        return;
    }
    m_layout->setCurrentWidget(m_page);
    m_runs->showRun(run());
    m_start->setText(m_result ? tr("Measure again") : tr("Look for outliers"),
                     m_result ? tr("Repeats what is shown, on the same data: %1.")
                                    .arg(outlierContext(*m_result, m_follower->name()))
                              : tr("Runs the model once over the calibration data."));
    m_start->refresh();
    m_calibrations->refresh();
    showTable();
    showBanner();
}

std::optional<JobRequest> OutliersView::request() const
{
    return m_result ? repeatedRequest(*m_context.project, m_context.library->record(run()))
                    : outliersRequest(*m_context.project);
}

void OutliersView::showMissing(const HubJob *over)
{
    m_layout->setCurrentWidget(m_state);
    const QString purpose
        = tr("This view shows where the inputs of layers have outliers, what makes them and what "
             "would remove them.");
    if (over != nullptr && !over->failure.isEmpty()) {
        m_state->showFailed(purpose, *over, tr("Look for outliers"));
        return;
    }
    m_state->showMissing(purpose, tr("The model runs once over the calibration data."),
                         tr("Look for outliers"));
}

void OutliersView::showTable()
{
    fillKinds();
    askAtlas();
    m_depth->showTable(m_result, m_context.project->model());
    const QString source = m_result ? contextLine() : QString();
    m_map->setProvenance(source);
    for (QWidget *tab : std::initializer_list<QWidget *>{m_whatIf, m_distributions, m_channels,
                                                         m_tokens, m_depth, m_allLayers}) {
        for (PlotFrame *plot : tab->findChildren<PlotFrame *>()) {
            plot->setProvenance(source);
        }
    }
    showLayer();
}

void OutliersView::fillKinds()
{
    const ModelInfoPtr &model = m_context.project->model();
    const std::vector<std::string> kinds
        = m_result ? atlasKinds(*m_result, model.get()) : std::vector<std::string>();
    QStringList ids{QString()};
    for (const std::string &kind : kinds) {
        ids.append(QString::fromStdString(kind));
    }
    QStringList listed;
    for (int i = 0; i < m_kind->count(); ++i) {
        listed.append(m_kind->itemData(i).toString());
    }
    if (ids == listed) {
        return;
    }
    const QSignalBlocker quiet(m_kind);
    const QString chosen = m_kind->currentData().toString();
    m_kind->clear();
    for (const QString &id : std::as_const(ids)) {
        m_kind->addItem(id.isEmpty() ? tr("All kinds") : layerKindText(id.toStdString()), id);
    }
    m_kind->setCurrentIndex(qMax(0, m_kind->findData(chosen)));
}

QString OutliersView::contextLine() const
{
    return m_follower->sourceText(outlierContext(*m_result, m_follower->name()));
}

void OutliersView::askAtlas()
{
    m_atlas->setTitle(m_result && m_result->isOfWeights
                          ? tr("Largest weight in every layer's columns")
                          : tr("Largest magnitude in the input of every layer, by channel"));
    m_atlas->setContext(m_result ? atlasReading(*m_result, m_context.project->model().get())
                                + contextLine()
                                 : QString());
    const ModelInfoPtr model = m_context.project->model();
    if (!m_result && !model) {
        m_atlasMaking.forget();
        m_atlas->setMap(nullptr);
        return;
    }
    // Before the first block all that will be measured is hatched.
    m_atlasMaking.ask([table = m_result ? m_result : std::make_shared<const OutlierTable>(), model,
                       kind = m_kind->currentData().toString().toStdString(),
                       isLog = m_log->isChecked()] {
        return std::make_shared<const ImageMap>(
            atlasImage(*table, model.get(), atlasLayers(*table, model.get(), kind)), isLog);
    });
}

void OutliersView::takeAtlas(const Answer<std::shared_ptr<const ImageMap>> &answer)
{
    m_atlas->setMap(answer.value.value_or(nullptr));
}

/// Of what is at work first: it may be another run than the one that is shown until it has figures.
void OutliersView::showBanner()
{
    const QStringList told = toldRuns(m_context, OutlierTable::kind, run());
    const RunLibrary::State state = m_context.library->stateOf(run(), OutlierTable::kind);
    m_banner->setProgressText(progressOf(told.isEmpty() ? QString() : told.front()));
    m_banner->setReading(state == RunLibrary::State::Loading && !m_result
                             ? tr("Reading what was measured")
                             : QString());
    m_banner->setProblem(m_context.library->problem(run(), OutlierTable::kind));
    m_banner->setRuns(told, QLatin1String(OutlierTable::kind.data()));
}

/// Of the run that the line above tells of. One that waits or only begins has none yet, and then it
/// is not the shown run's that counts.
QString OutliersView::progressOf(const QString &told) const
{
    const bool isShown = told.isEmpty() || told == run();
    const auto table = !isShown         ? m_context.library->resultOf<OutlierTable>(told)
        : m_follower->isNewerUnderWay() ? nullptr
                                        : m_result;
    const ModelInfo *model = m_context.project->model().get();
    const auto done = table ? table->layers.size() : 0;
    const auto total = table ? atlasLayers(*table, model, std::string()).size() : 0;
    return m_follower->progressText(total > 0 && (done > 0 || !m_follower->isEarlier())
                                        ? tr("%1 of %2 layers measured").arg(done).arg(total)
                                        : QString());
}

} // namespace bitprism
