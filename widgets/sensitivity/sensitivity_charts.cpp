// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/sensitivity_charts.h"

#include "widgets/plot/depth_axis.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Sensitivity)
};

using LayerIndex = std::unordered_map<std::string_view, const LayerInfo *>;

LayerIndex indexOf(const ModelInfo *model)
{
    LayerIndex index;
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        index.emplace(model->layers[i].name, &model->layers[i]);
    }
    return index;
}

const LayerInfo *find(const LayerIndex &index, const std::string &name)
{
    const auto layer = index.find(name);
    return layer == index.end() ? nullptr : layer->second;
}

bool isOf(DepthKinds kinds, const std::string &kind)
{
    return kinds == DepthKinds::All
        || kind.starts_with("cross_") == (kinds == DepthKinds::CrossAlone);
}

/// What names a layer's block; layers of one block are neighbours.
QString groupOf(const LayerInfo *layer, const ModelInfo *model, const QString &shortName)
{
    return layer != nullptr && layer->block >= 0
        ? blockName(model, *layer)
        : shortName.section(QLatin1Char('.'), 0, 1).section(QChar(0x2026), 0, 0);
}

} // namespace

HeatMapData sensitivityMap(const SensitivityTable &table, const ModelInfo *model,
                           SensitivityMetric metric, const RecipeWidths &marked)
{
    HeatMapData map;
    map.valueName = metricName(metric);
    map.unit = metricUnit(metric);
    map.markText = Texts::tr("bits in the recipe");
    for (const double ratio : table.ratios) {
        const QString share = formatShare(ratio);
        map.columns.push_back({QString::number(table.widths.front()), share,
                               Texts::tr("%1 at %2 bits").arg(share).arg(table.highBits)});
    }
    for (std::size_t i = 0; table.ratios.empty() && i < table.widths.size(); ++i) {
        const QString number = QString::number(table.widths[i]);
        map.columns.push_back({number, number, bitsText(table.widths[i])});
    }
    const LayerIndex index = indexOf(model);
    const std::size_t width = map.columns.size();
    const std::string *last = nullptr;
    for (const SensitivityCell &cell : table.cells) {
        if (last == nullptr || *last != cell.layer) {
            const QString name = QString::fromStdString(cell.layer);
            const QString label = shortLayerName(name);
            const LayerInfo *layer = find(index, cell.layer);
            map.rows.push_back({name, label, groupOf(layer, model, label)});
            map.values.resize(map.rows.size() * width, std::numeric_limits<double>::quiet_NaN());
            map.errors.resize(map.values.size(), std::numeric_limits<double>::quiet_NaN());
            map.muted.resize(map.values.size(), 0);
            map.marked.resize(map.values.size(), 0);
            last = &cell.layer;
        }
        const auto placeIn = [](const auto &list, const auto &value) {
            return static_cast<std::size_t>(std::find(list.begin(), list.end(), value)
                                            - list.begin());
        };
        const std::size_t column
            = cell.ratio ? placeIn(table.ratios, *cell.ratio) : placeIn(table.widths, cell.bits);
        if (column >= width) {
            continue;
        }
        const std::size_t place = (map.rows.size() - 1) * width + column;
        map.values[place] = metricValue(cell, metric);
        map.errors[place] = metricError(cell, metric);
        map.muted[place] = isInsideNoise(cell, metric) ? 1 : 0;
        const auto chosen = marked.find(cell.layer);
        map.marked[place] = chosen != marked.end() && chosen->second == cell.bits ? 1 : 0;
    }
    return map;
}

bool hasManyKinds(const ModelInfo *model)
{
    constexpr std::size_t most = 7; // colours
    std::set<std::string_view> kinds;
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        if (model->layers[i].block >= 0) {
            kinds.insert(model->layers[i].kind);
        }
    }
    return kinds.size() > most;
}

std::vector<PlotSeries> sensitivityByDepth(const SensitivityTable &table, const ModelInfo *model,
                                           SensitivityMetric metric, int bits, DepthKinds kinds)
{
    std::vector<PlotSeries> series;
    std::map<std::pair<std::string, int>, std::size_t> placeOf;
    std::map<std::string, int> styleOf;
    const LayerIndex index = indexOf(model);
    for (const SensitivityCell &cell : table.cells) {
        const LayerInfo *layer = find(index, cell.layer);
        if (cell.bits != bits || layer == nullptr || layer->block < 0
            || !isOf(kinds, layer->kind)) {
            continue;
        }
        const auto [place, isNew] = placeOf.try_emplace({layer->kind, layer->stack}, series.size());
        if (isNew) {
            const auto style
                = styleOf.try_emplace(layer->kind, static_cast<int>(styleOf.size())).first;
            series.push_back(
                {layerKindText(layer->kind), {}, SeriesLine::Straight, true, style->second});
        }
        const QString name = QString::fromStdString(cell.layer);
        series[place->second].points.push_back(
            {placeOnDepthAxis(*model, *layer), metricValue(cell, metric),
             std::numeric_limits<double>::quiet_NaN(), metricError(cell, metric), name,
             shortLayerName(name), isInsideNoise(cell, metric)});
    }
    for (PlotSeries &each : series) { // several of a kind in one block: a line would zigzag
        const auto twice
            = std::adjacent_find(each.points.begin(), each.points.end(),
                                 [](const PlotPoint &a, const PlotPoint &b) { return a.x == b.x; });
        each.line = twice == each.points.end() ? each.line : SeriesLine::None;
    }
    return series;
}

SensitivityTable unmeasuredTable(const ModelInfo &model)
{
    SensitivityTable table;
    table.widths = {2, 3, 4, 8};
    for (const LayerInfo &layer : model.layers) {
        for (const int bits : table.widths) {
            if (layer.block >= 0) {
                SensitivityCell &cell = table.cells.emplace_back();
                cell.layer = layer.name;
                cell.bits = bits;
            }
        }
    }
    return table;
}

std::vector<PlotSeries> predictionAgainstMeasurement(const SensitivityTable &table)
{
    std::vector<PlotSeries> series;
    for (const int bits : table.widths) {
        PlotSeries points;
        points.name = bitsText(bits);
        for (const SensitivityCell &cell : table.cells) {
            if (cell.bits != bits || !cell.deltaNll || !cell.predictedDeltaNll) {
                continue;
            }
            const QString name = QString::fromStdString(cell.layer);
            points.points.push_back(
                {*cell.predictedDeltaNll, *cell.deltaNll, std::numeric_limits<double>::quiet_NaN(),
                 metricError(cell, SensitivityMetric::DeltaNll), name, shortLayerName(name),
                 isInsideNoise(cell, SensitivityMetric::DeltaNll)});
        }
        series.push_back(std::move(points));
    }
    return series;
}

QString correlationSentence(const SensitivityTable &table)
{
    if (!table.rankCorrelation) {
        return {};
    }
    std::set<std::string_view> layers;
    int counted = 0;
    for (const SensitivityCell &cell : table.cells) {
        if (cell.deltaNll && cell.predictedDeltaNll) {
            layers.insert(cell.layer);
            ++counted;
        }
    }
    // Widths rank a layer's marks by themselves: layers, not marks, are what was predicted.
    constexpr std::size_t leastLayers = 8;
    if (layers.size() < leastLayers) {
        return Texts::tr("One mark for each layer and width; above the line: it costs more than "
                         "predicted. Layers so far: %1, too few to say how well they are ranked; "
                         "%2 are needed. Outlined: inside the noise.")
            .arg(layers.size())
            .arg(leastLayers);
    }
    const double correlation = *table.rankCorrelation;
    const char *const words = correlation >= 0.9
        ? QT_TRANSLATE_NOOP("Sensitivity", "Ranked almost as measured")
        : correlation >= 0.7 ? QT_TRANSLATE_NOOP("Sensitivity", "Most are ranked as measured")
        : correlation >= 0.4 ? QT_TRANSLATE_NOOP("Sensitivity", "Ranked only roughly as measured")
                             : QT_TRANSLATE_NOOP("Sensitivity", "Not ranked as measured");
    //: %1 how well, %2 the correlation, %n marks that it is of
    return Texts::tr("One mark for each layer and width; above the line: it costs more than "
                     "predicted. %1: rank correlation %2 over all %n marks. Outlined: inside the "
                     "noise.",
                     nullptr, counted)
        .arg(Texts::tr(words), decimalNumber(correlation, 2));
}

MeasuredLayers measuredLayers(const SensitivityTable &table)
{
    MeasuredLayers layers;
    bool isWhole = true;
    const std::string *last = nullptr;
    for (const SensitivityCell &cell : table.cells) { // those of a layer stand together
        if (last == nullptr || *last != cell.layer) {
            layers.measured += last != nullptr && isWhole ? 1 : 0;
            layers.total += 1;
            isWhole = true;
            last = &cell.layer;
        }
        isWhole = isWhole && (cell.klDivergence || cell.deltaNll);
    }
    layers.measured += last != nullptr && isWhole ? 1 : 0;
    return layers;
}

QString sensitivityContext(const SensitivityTable &table, const QString &run)
{
    const QString model = QFileInfo(QString::fromStdString(table.model)).fileName();
    const QString data = QFileInfo(QString::fromStdString(table.data)).fileName();
    const QString layers = formatCount(measuredLayers(table).total);
    const QString quantizer = QString::fromStdString(table.quantizer);
    return table.tokens == 0
        //: %1 a model, %2 a quantizer, %3 a number of layers, %4 a run's name
        ? Texts::tr("%1, %2, %3 layers, weights alone, run %4").arg(model, quantizer, layers, run)
        : Texts::tr("%1, %2, %3 layers, %4 tokens of %5, run %6")
              .arg(model, quantizer, layers, formatCount(table.tokens), data, run);
}

} // namespace bitprism
