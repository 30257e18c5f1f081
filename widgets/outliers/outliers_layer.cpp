// SPDX-License-Identifier: GPL-3.0-or-later
// The part of OutliersView that shows the chosen layer: its map, its channel, and the open tab.
#include "widgets/jobs/project.h"
#include "widgets/outliers/all_layers_panel.h"
#include "widgets/outliers/calibration_panel.h"
#include "widgets/outliers/channel_panel.h"
#include "widgets/outliers/depth_panel.h"
#include "widgets/outliers/distribution_panel.h"
#include "widgets/outliers/outliers_view.h"
#include "widgets/outliers/token_panel.h"
#include "widgets/outliers/what_if_panel.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/format.h"
#include "widgets/shared/recipe_bits.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/text.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>
#include <limits>

namespace bitprism {

namespace {

/// Maps that stay in memory: of a wide layer one takes some 70 MB.
constexpr std::size_t mostKept = 3;

/// The context of this file's texts outside the view.
struct LayerTexts
{
    Q_DECLARE_TR_FUNCTIONS(Outliers)
};

/// The bars of a strip begin and end here.
QString spanText(const std::vector<float> &maxima)
{
    PlotRange range;
    for (const float value : maxima) {
        range.add(value > 0 ? static_cast<double>(value)
                            : std::numeric_limits<double>::quiet_NaN());
    }
    return range.isEmpty()
        ? notMeasured()
        : LayerTexts::tr("%1 to %2").arg(plotNumber(range.low), plotNumber(range.high));
}

} // namespace

const LayerOutliers *OutliersView::row(const QString &layer) const
{
    if (!m_result) {
        return nullptr;
    }
    const auto found = std::find_if(
        m_result->layers.begin(), m_result->layers.end(),
        [name = layer.toStdString()](const LayerOutliers &each) { return each.layer == name; });
    return found == m_result->layers.end() ? nullptr : &*found;
}

bool OutliersView::isInABlock(const QString &layer) const
{
    const ModelInfoPtr &model = m_context.project->model();
    const LayerInfo *found = model ? model->findLayer(layer.toStdString()) : nullptr;
    return found != nullptr && found->block >= 0;
}

QString OutliersView::strongestLayer() const
{
    if (!m_result || m_result->layers.empty()) {
        return {};
    }
    const auto strongest = std::max_element(
        m_result->layers.begin(), m_result->layers.end(),
        [](const LayerOutliers &a, const LayerOutliers &b) { return a.maxAbs < b.maxAbs; });
    return QString::fromStdString(strongest->layer);
}

void OutliersView::showLayer()
{
    const QString selected = m_context.selection->layer();
    // Until the job is done the chosen layer may be yet to come.
    const bool isAwaited
        = m_result && !m_result->complete && !selected.isEmpty() && isInABlock(selected);
    const QString before = m_layer;
    m_layer = row(selected) != nullptr || isAwaited ? selected : strongestLayer();
    if (m_layer != before) { // what the pointer rests on is no longer what was asked about
        m_atlas->leave();
        m_map->leave();
    }
    const LayerOutliers *shown = row(m_layer);
    m_atlas->setSelected(m_layer.isEmpty() ? QStringList() : QStringList(m_layer));
    m_depth->showLayer(m_layer);
    m_allLayers->showLayer(m_layer);
    m_calibrations->showLayer(m_layer);
    showScrub();
    if (shown == nullptr) {
        m_asked.clear();
        showNoMap(m_layer.isEmpty() ? tr("No layer is measured yet.")
                                    : tr("This layer is not measured yet."));
        return;
    }
    if (m_channel >= static_cast<std::int64_t>(shown->channelMaxAbs.size())) {
        m_channel = -1;
    }
    askMap(*shown);
    showChannel();
}

/// One layer of each block: of the same kind, and at the same place among those of its kind.
void OutliersView::showScrub()
{
    const ModelInfoPtr &model = m_context.project->model();
    const LayerInfo *mine = model ? model->findLayer(m_layer.toStdString()) : nullptr;
    std::map<std::pair<int, int>, std::vector<QString>> blocks; // stack and block
    for (std::size_t i = 0; mine != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &each = model->layers[i];
        const QString name = QString::fromStdString(each.name);
        const bool isShown = row(name) != nullptr || !m_result->complete;
        if (each.kind == mine->kind && each.block >= 0 && isShown) {
            blocks[{each.stack, each.block}].push_back(name);
        }
    }
    std::size_t turn = 0;
    for (const auto &[block, names] : blocks) {
        const auto own = std::find(names.begin(), names.end(), m_layer);
        turn = own == names.end() ? turn : static_cast<std::size_t>(own - names.begin());
    }
    m_scrubbed.clear();
    int place = 0;
    for (const auto &[block, names] : blocks) {
        const QString &name = names[std::min(turn, names.size() - 1)];
        place = name == m_layer ? static_cast<int>(m_scrubbed.size()) : place;
        m_scrubbed.push_back(name);
    }
    const QSignalBlocker quiet(m_scrub);
    m_scrub->setEnabled(m_scrubbed.size() > 1);
    m_scrub->setRange(0, qMax(0, static_cast<int>(m_scrubbed.size()) - 1));
    m_scrub->setValue(place);
    m_scrubText->setText(m_scrubbed.empty() ? QString()
                                            : tr("%1 of %2").arg(place + 1).arg(m_scrubbed.size()));
}

QString OutliersView::mapKey(const LayerOutliers &row) const
{
    return run() + QLatin1Char('/') + QString::fromStdString(row.atlasFile);
}

void OutliersView::askMap(const LayerOutliers &row)
{
    const QString key = mapKey(row);
    const auto kept = std::find_if(m_kept.begin(), m_kept.end(),
                                   [&key](const KeptMap &each) { return each.key == key; });
    if (row.atlasFile.empty()) {
        m_mapReading.forget();
        m_asked.clear();
        if (m_result->isOfWeights) {
            showNoMap(tr("The weights alone were analysed, so there are no tokens to show."));
        } else {
            showNoMap(tr("This run keeps no map of its layers: an earlier version made it."),
                      tr("Measure again"));
        }
        return;
    }
    if (kept != m_kept.end()) {
        m_mapReading.forget();
        m_asked = key;
        m_kept.splice(m_kept.begin(), m_kept, kept);
        showMap(m_kept.front().map);
        return;
    }
    if (key == m_asked) {
        return; // it is being read
    }
    m_asked = key;
    if (!m_shown) { // else the last one stands until the next is there
        m_mapState->showLoading(tr("Reading the map of %1").arg(shortLayerName(m_layer)));
        m_mapPlace->setCurrentWidget(m_mapState);
    }
    const auto tokens = m_tokensOf.find(row.tokenStack);
    m_mapReading.ask([connection = m_context.project->connection(), key,
                      path = m_context.project->storePath().toStdString(),
                      run = run().toStdString(), row,
                      known = tokens == m_tokensOf.end() ? nullptr : tokens->second,
                      isLog = m_log->isChecked()] {
        const std::filesystem::path folder = connection->open(path).runFolder(run);
        return KeptMap{key, readLayerMap(folder, row, known, isLog)};
    });
}

void OutliersView::takeMap(const Answer<KeptMap> &answer)
{
    if (!answer.value) {
        const QString failed = m_asked; // is not asked for again with every change of the runs
        showNoMap(answer.problem ? errorText(*answer.problem) : QString(), tr("Measure again"));
        m_asked = failed;
        return;
    }
    const LayerOutliers *shown = row(m_layer);
    if (shown == nullptr || mapKey(*shown) != answer.value->key) {
        return;
    }
    m_tokensOf[shown->tokenStack] = answer.value->map->tokens;
    m_kept.push_front(*answer.value);
    if (m_kept.size() > mostKept) {
        m_kept.pop_back();
    }
    showMap(m_kept.front().map);
}

void OutliersView::showMap(const LayerMapPtr &map)
{
    m_shown = map;
    m_whyNoMap.clear();
    //: %1 is a layer's name
    m_map->setTitle(tr("Magnitudes in the input of %1").arg(shortLayerName(m_layer)));
    const int channels = static_cast<int>(map->source.channelPool);
    const int tokens = static_cast<int>(map->source.tokenPool);
    const QString strips
        = tr("strips: the largest of each token (%1) and of each channel (%2); all within 3 %")
              .arg(spanText(map->image->columnMaxima()), spanText(map->image->rowMaxima()));
    m_map->setContext(
        channels * tokens == 1
            ? strips
            : tr("%1; cells: the largest of %2 × %3").arg(strips).arg(channels).arg(tokens));
    m_map->setMap(map->image);
    m_mapPlace->setCurrentWidget(m_map);
    showChannel();
}

void OutliersView::showNoMap(const QString &sentence, const QString &action)
{
    m_shown = nullptr;
    m_asked.clear();
    m_whyNoMap = sentence;
    m_map->setMap(nullptr);
    m_mapState->showEmpty(sentence, action);
    m_mapPlace->setCurrentWidget(m_mapState);
    showChannel();
}

void OutliersView::askWeights()
{
    m_distributions->showLayer(*row(m_layer), m_context.recipe->recipe().activations);
    const ModelInfoPtr &model = m_context.project->model();
    const LayerInfo *mine = model ? model->findLayer(m_layer.toStdString()) : nullptr;
    if (mine == nullptr) {
        m_weightsReading.forget();
        return;
    }
    m_weightsReading.ask([model, layer = *mine, recipe = m_context.recipe->recipe()] {
        return readLayerWeights(model->path, layer, resolvedByName(recipe, *model).at(layer.name));
    });
}

std::int64_t OutliersView::largestOfCell(std::int64_t channel) const
{
    const LayerOutliers *shown = row(m_layer);
    if (!m_shown || shown == nullptr || channel < 0) {
        return channel;
    }
    const auto begin = shown->channelMaxAbs.begin() + channel;
    const std::int64_t left = static_cast<std::int64_t>(shown->channelMaxAbs.size()) - channel;
    return std::max_element(begin, begin + std::min(m_shown->source.channelPool, left))
        - shown->channelMaxAbs.begin();
}

void OutliersView::chooseChannel(std::int64_t channel)
{
    m_channel = channel;
    showChannel();
}

void OutliersView::showChannel()
{
    const std::int64_t pool = m_shown ? m_shown->source.channelPool : 1;
    m_map->setSelected(m_channel < 0 ? QStringList()
                                     : QStringList(channelId(m_channel / pool * pool)));
    showTab();
}

/// Only what is seen, so that scrubbing stays fluent; what stood there stays until its successor is
/// read.
void OutliersView::showTab()
{
    const LayerOutliers *shown = row(m_layer);
    const QWidget *tab = m_tabs->currentWidget();
    if (tab == m_distributions && shown != nullptr) {
        askWeights();
    }
    const bool isReading = shown != nullptr && m_whyNoMap.isEmpty()
        && (!m_shown || m_kept.empty() || m_kept.front().key != mapKey(*shown));
    if (isReading) {
        return;
    }
    const bool isAwaited = shown == nullptr && !(m_result && m_result->complete);
    const QString reason = m_whyNoMap.isEmpty() // why there is no map stands above
        ? QString()
        : isAwaited ? tr("Predictions stand here once this layer is measured.")
                    : tr("Predictions need tokens that a run kept of this layer; there are none.");
    if (tab == m_whatIf) {
        m_whatIf->setLayer(m_shown ? m_shown->folder : std::filesystem::path(),
                           m_shown && shown != nullptr ? std::optional(*shown) : std::nullopt,
                           reason);
    } else if (tab == m_allLayers) {
        m_allLayers->showTable(m_shown ? m_shown->folder : std::filesystem::path(), m_result,
                               m_whatIf->question(), reason);
    } else if (tab == m_channels && shown != nullptr) {
        m_channels->showLayer(*shown, m_result->isOfWeights,
                              m_shown ? m_shown->source.gain : std::vector<float>());
        m_channels->showChannel(m_channel);
    } else if (tab == m_tokens) {
        m_tokens->showMap(m_shown, m_channel);
    }
}

void OutliersView::chooseToken(std::int64_t token)
{
    if (!m_shown) {
        return;
    }
    const OutlierMap &source = m_shown->source;
    const auto column = static_cast<int>(token / source.tokenPool);
    int best = static_cast<int>(std::max<std::int64_t>(m_channel, 0) / source.channelPool);
    for (int each = 0; m_channel < 0 && each < source.mapChannels(); ++each) {
        best = m_shown->image->value(each, column) > m_shown->image->value(best, column) ? each
                                                                                         : best;
    }
    m_map->setCursor(m_map->itemOf(best, column));
}

} // namespace bitprism
