// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/outlier_charts.h"

#include "widgets/plot/depth_axis.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace bitprism {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr int shareBits = 8;

/// The context of this file's texts.
struct OutlierChartTexts
{
    Q_DECLARE_TR_FUNCTIONS(Outliers)
};

using Rows = std::unordered_map<std::string_view, const LayerOutliers *>;

Rows rowsOf(const OutlierTable &table)
{
    Rows rows;
    for (const LayerOutliers &row : table.layers) {
        rows.emplace(row.layer, &row);
    }
    return rows;
}

const LayerOutliers *find(const Rows &rows, const std::string &layer)
{
    const auto row = rows.find(layer);
    return row == rows.end() ? nullptr : row->second;
}

/// "3", with its stack where there are several.
QString groupOf(const ModelInfo &model, const LayerInfo &layer)
{
    if (layer.block < 0) {
        return QStringLiteral("–");
    }
    const QString block = QString::number(layer.block);
    return model.stacks.size() < 2
        ? block
        : QStringLiteral("%1 %2").arg(
            QString::fromStdString(model.stacks[static_cast<std::size_t>(layer.stack)].name),
            block);
}

} // namespace

QString measureName(DepthMeasure measure)
{
    switch (measure) {
    case DepthMeasure::Largest:
        return OutlierChartTexts::tr("Largest magnitude");
    case DepthMeasure::PeakOverMedian:
        return OutlierChartTexts::tr("Largest over median magnitude");
    case DepthMeasure::ErrorShare:
        return OutlierChartTexts::tr("Error due to outlier channels, %");
    default:
        return OutlierChartTexts::tr("Kurtosis");
    }
}

QString measureDefinition(DepthMeasure measure)
{
    switch (measure) {
    case DepthMeasure::Largest:
        return OutlierChartTexts::tr(
            "The largest magnitude in the layer's input on the calibration set.");
    case DepthMeasure::PeakOverMedian:
        return OutlierChartTexts::tr(
            "How many times larger the largest magnitude is than the median one: what "
            "one grid for all has to span.");
    case DepthMeasure::ErrorShare:
        return OutlierChartTexts::tr(
            "How much of the squared error of the layer's output goes away at 8 bits "
            "with one grid, where the largest hundredth of the channels is kept as it is.");
    default:
        return OutlierChartTexts::tr(
            "The fourth standardised moment of the layer's input: 3 for a normal "
            "distribution, more where a few values are far larger than the rest.");
    }
}

double measureOf(const LayerOutliers &layer, DepthMeasure measure)
{
    switch (measure) {
    case DepthMeasure::Largest:
        return layer.maxAbs;
    case DepthMeasure::PeakOverMedian:
        return layer.magnitudeMedian > 0 ? layer.maxAbs / layer.magnitudeMedian : none;
    case DepthMeasure::ErrorShare: {
        const auto share
            = std::find_if(layer.errorShares.begin(), layer.errorShares.end(),
                           [](const ErrorShare &each) { return each.bits == shareBits; });
        return share == layer.errorShares.end() ? none : 100 * share->perTensor;
    }
    default:
        return layer.kurtosis;
    }
}

std::vector<std::string> atlasLayers(const OutlierTable &table, const ModelInfo *model,
                                     const std::string &kind)
{
    std::vector<std::string> names;
    const Rows rows = rowsOf(table);
    std::unordered_set<std::string_view> taken;
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &layer = model->layers[i];
        const bool isKnown = rows.contains(layer.name);
        const bool follows = !table.complete && layer.block >= 0;
        if ((isKnown || follows) && (kind.empty() || layer.kind == kind)) {
            names.push_back(layer.name);
        }
        taken.insert(layer.name);
    }
    for (const LayerOutliers &row : table.layers) { // of a model that is not open
        if (!taken.contains(row.layer) && kind.empty()) {
            names.push_back(row.layer);
        }
    }
    return names;
}

std::vector<std::string> atlasKinds(const OutlierTable &table, const ModelInfo *model)
{
    std::vector<std::string> kinds;
    const Rows rows = rowsOf(table);
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &layer = model->layers[i];
        if (rows.contains(layer.name)
            && std::find(kinds.begin(), kinds.end(), layer.kind) == kinds.end()) {
            kinds.push_back(layer.kind);
        }
    }
    return kinds;
}

ImageMapData atlasImage(const OutlierTable &table, const ModelInfo *model,
                        const std::vector<std::string> &layers)
{
    ImageMapData image;
    image.valueName = table.isOfWeights ? OutlierChartTexts::tr("largest weight")
                                        : OutlierChartTexts::tr("largest magnitude");
    image.rows.title = OutlierChartTexts::tr("channel");
    image.rows.phrase = OutlierChartTexts::tr("channel %1");
    image.rows.idPattern = channelId(0).chopped(1) + QStringLiteral("%1");
    image.columns.title = OutlierChartTexts::tr("layer, by block");
    image.columns.count = static_cast<int>(layers.size());
    const Rows rows = rowsOf(table);
    std::vector<std::size_t> channels;
    for (const std::string &name : layers) {
        const LayerInfo *layer = model != nullptr ? model->findLayer(name) : nullptr;
        const LayerOutliers *row = find(rows, name);
        channels.push_back(row != nullptr         ? row->channelMaxAbs.size()
                               : layer != nullptr ? static_cast<std::size_t>(layer->cols)
                                                  : 0);
        image.rows.count = std::max(image.rows.count, static_cast<int>(channels.back()));
        const QString text = QString::fromStdString(name);
        image.columns.ids.append(text);
        image.columns.names.append(text);
        image.columns.labels.append(shortLayerName(text));
        image.columns.groups.append(layer != nullptr ? groupOf(*model, *layer) : QString());
    }
    image.values.assign(static_cast<std::size_t>(image.rows.count) * layers.size(), -1);
    for (std::size_t column = 0; column < layers.size(); ++column) {
        const LayerOutliers *row = find(rows, layers[column]);
        for (std::size_t channel = 0; channel < channels[column]; ++channel) {
            image.values[channel * layers.size() + column] = row != nullptr
                ? static_cast<float>(row->channelMaxAbs[channel])
                : std::numeric_limits<float>::quiet_NaN();
        }
    }
    return image;
}

std::vector<PlotSeries> outliersByDepth(const OutlierTable &table, const ModelInfo *model,
                                        DepthMeasure measure)
{
    std::vector<PlotSeries> series;
    std::map<std::pair<std::string, int>, std::size_t> placeOf;
    std::map<std::string, int> styleOf;
    const Rows rows = rowsOf(table);
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &layer = model->layers[i];
        const LayerOutliers *row = find(rows, layer.name);
        if (row == nullptr || layer.block < 0) {
            continue;
        }
        const auto [place, isNew] = placeOf.try_emplace({layer.kind, layer.stack}, series.size());
        if (isNew) {
            PlotSeries &line = series.emplace_back();
            line.style = styleOf.try_emplace(layer.kind, static_cast<int>(styleOf.size()))
                             .first->second; // of a kind in encoder and decoder alike
            line.name = layerKindText(layer.kind);
            line.line = SeriesLine::Straight;
        }
        const QString name = QString::fromStdString(layer.name);
        series[place->second].points.push_back({placeOnDepthAxis(*model, layer),
                                                measureOf(*row, measure), none, none, name,
                                                shortLayerName(name)});
    }
    return series;
}

QString atlasReading(const OutlierTable &table, const ModelInfo *model)
{
    QString sentence;
    const auto channels = [](const LayerOutliers &row) { return row.channelMaxAbs.size(); };
    const auto fewest = std::minmax_element(
        table.layers.begin(), table.layers.end(),
        [&](const auto &a, const auto &b) { return channels(a) < channels(b); });
    if (!table.layers.empty() && channels(*fewest.first) < channels(*fewest.second)) {
        sentence = OutlierChartTexts::tr("empty: the layer has fewer channels; ");
    }
    constexpr std::size_t mostNames = 8; // a block of more would fill the picture with names
    QStringList names;
    int block = -1;
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &layer = model->layers[i];
        block = block < 0 ? layer.block : block;
        if (layer.block >= 0 && layer.block == block) {
            names.append(QString::fromStdString(layer.name).section(QLatin1Char('.'), -1));
        }
    }
    if (!names.isEmpty() && static_cast<std::size_t>(names.size()) <= mostNames
        && model->stacks.size() < 2) {
        //: names of layers
        sentence += OutlierChartTexts::tr("in each block from the left: %1; ").arg(listText(names));
    }
    return sentence;
}

QString outlierContext(const OutlierTable &table, const QString &run)
{
    const QString model = QFileInfo(QString::fromStdString(table.model)).fileName();
    if (table.isOfWeights) {
        return OutlierChartTexts::tr("%1, weights alone: columns as channels, run %2")
            .arg(model, run);
    }
    return OutlierChartTexts::tr("%1, %2 tokens of %3, run %4")
        .arg(model, formatCount(table.tokens),
             QFileInfo(QString::fromStdString(table.data)).fileName(), run);
}

} // namespace bitprism
