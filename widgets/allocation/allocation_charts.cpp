// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/allocation/allocation_charts.h"

#include "core/kernels/rank_statistics.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism {

namespace {

/// lupdate files the texts of a free function under its namespace.
QString tr(const char *text, const char *comment = nullptr, int n = -1)
{
    return QCoreApplication::translate("bitprism", text, comment, n);
}

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double twoDecades = 100;

QString candidateText(const ProbedCandidate &candidate)
{
    return candidate.ratio ? formatShare(*candidate.ratio) : tr("%1 bits").arg(candidate.bits);
}

HeatMapData emptyMap(const InteractionMatrix &matrix)
{
    HeatMapData map;
    for (std::size_t i = 0; i < matrix.candidates.size(); ++i) {
        const ProbedCandidate &candidate = matrix.candidates[i];
        const QString name = QString::fromStdString(candidate.layer);
        const bool isFirst = i == 0 || matrix.candidates[i - 1].layer != candidate.layer;
        const QString width = candidateText(candidate);
        const QString whole = tr("%1 at %2").arg(name, width);
        const QString block = tr("block %1").arg(candidate.block);
        map.rows.push_back({name, isFirst ? shortLayerName(name) : QString(), block, whole});
        map.columns.push_back({QString::number(i), QString(),
                               tr("%1 at %2").arg(shortLayerName(name), width), whole, block});
    }
    const std::size_t cells = map.rows.size() * map.columns.size();
    map.values.assign(cells, nothing);
    map.unit = tr("nats per token");
    return map;
}

/// What a map can show: of cells that fall together, the largest.
HeatMapData shown(HeatMapData map)
{
    return static_cast<int>(map.rows.size()) > maxPlotCells ? reducedHeatMap(map) : std::move(map);
}

/// Order of the kinds as series colours; the rest shares the last.
int styleOf(const std::string &kind)
{
    static const std::map<std::string, int> styles{
        {"attention_query", 0}, {"attention_key", 1}, {"attention_value", 2}, {"attention_out", 3},
        {"mlp_gate", 4},        {"mlp_up", 5},        {"mlp_down", 6}};
    const auto found = styles.find(kind);
    return found == styles.end() ? 0 : found->second;
}

} // namespace

QString choiceText(const SensitivityTable &table, const LayerChoice &choice)
{
    if (!choice.ratio) {
        return tr("%1 bits").arg(choice.bits);
    }
    return tr("%1 at %2 bits, the rest at %3")
        .arg(formatShare(*choice.ratio))
        .arg(table.highBits)
        .arg(choice.bits);
}

double codeBits(const SensitivityTable &table, const LayerChoice &choice)
{
    return choice.bits + choice.ratio.value_or(0) * (table.highBits - choice.bits);
}

std::vector<BarSeries> allocationBars(const SensitivityTable &table, const ModelInfo *model,
                                      const Allocation *allocation)
{
    std::map<std::string_view, const LayerChoice *> chosen;
    for (std::size_t i = 0; allocation != nullptr && i < allocation->layers.size(); ++i) {
        chosen[allocation->layers[i].layer] = &allocation->layers[i];
    }
    BarSeries series;
    const std::string *last = nullptr;
    for (const SensitivityCell &cell : table.cells) {
        if (last != nullptr && *last == cell.layer) {
            continue;
        }
        last = &cell.layer;
        const LayerInfo *layer = model == nullptr ? nullptr : model->findLayer(cell.layer);
        PlotBar &bar = series.bars.emplace_back();
        bar.id = QString::fromStdString(cell.layer);
        bar.label = shortLayerName(bar.id);
        bar.group
            = layer == nullptr || layer->block < 0 ? bar.label : tr("block %1").arg(layer->block);
        bar.value = nothing;
        bar.style = layer == nullptr ? 0 : styleOf(layer->kind);
        const auto found = chosen.find(cell.layer);
        if (found != chosen.end()) {
            bar.value = codeBits(table, *found->second);
            bar.fill = found->second->ratio.value_or(1);
        }
    }
    series.name = table.ratios.empty() ? tr("bits") : tr("bits on average, filled by the ratio");
    return {std::move(series)};
}

std::vector<std::pair<int, QString>> allocationKinds(const SensitivityTable &table,
                                                     const ModelInfo *model)
{
    std::vector<std::pair<int, QString>> kinds;
    const std::string *last = nullptr;
    for (const SensitivityCell &cell : table.cells) {
        if (last != nullptr && *last == cell.layer) { // asked at each step of a drag
            continue;
        }
        last = &cell.layer;
        const LayerInfo *layer = model == nullptr ? nullptr : model->findLayer(cell.layer);
        const std::pair kind{layer == nullptr ? 0 : styleOf(layer->kind),
                             layer == nullptr ? QString() : layerKindText(layer->kind)};
        if (layer != nullptr && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
            kinds.push_back(kind);
        }
    }
    return kinds;
}

HeatMapData interactionMap(const InteractionMatrix &matrix)
{
    HeatMapData map = emptyMap(matrix);
    map.valueName = tr("Interaction");
    map.errors.assign(map.values.size(), nothing);
    map.muted.assign(map.values.size(), 0);
    const std::size_t size = matrix.candidates.size();
    const auto set
        = [&](std::size_t i, std::size_t j, double value, const std::optional<double> &error) {
              const std::size_t cell = i * size + j;
              map.values[cell] = value;
              map.errors[cell] = error.value_or(nothing);
              // As everywhere; the solver draws pairs by their errors instead of leaving them out.
              map.muted[cell] = error && std::fabs(value) < *error ? 1 : 0;
          };
    for (std::size_t i = 0; i < size; ++i) {
        const ProbedCandidate &candidate = matrix.candidates[i];
        if (candidate.omega) {
            set(i, i, 2 * *candidate.omega, candidate.standardError);
        }
    }
    for (const ProbedPair &pair : matrix.pairs) {
        set(pair.first, pair.second, pair.value, pair.standardError);
        set(pair.second, pair.first, pair.value, pair.standardError);
    }
    return shown(std::move(map));
}

HeatMapData fisherMap(const InteractionMatrix &matrix)
{
    HeatMapData map = emptyMap(matrix);
    map.valueName = tr("Fisher projection");
    const std::size_t size = matrix.candidates.size();
    for (std::size_t i = 0; i < size && !matrix.fisher.empty(); ++i) {
        for (std::size_t j = i; j < size; ++j) {
            const double value = matrix.fisherValue(i, j);
            map.values[i * size + j] = value;
            map.values[j * size + i] = value;
        }
    }
    return shown(std::move(map));
}

FrontierCurve frontierCurve(const std::vector<FrontierPoint> &points,
                            const std::vector<Allocation> &uniform, const Allocation *chosen)
{
    FrontierCurve curve;
    curve.hasErrors = !points.empty() && points.front().standardError.has_value();
    const std::vector<FrontierPoint> certain = aboveNoise(points);
    curve.isLog
        = certain.size() > 1 && certain.front().objective >= twoDecades * certain.back().objective;
    if (curve.isLog && certain.size() < points.size()) {
        curve.noise = points[certain.size()].objective;
    }
    PlotSeries front;
    front.name = tr("frontier");
    front.line = SeriesLine::Step;
    front.hasMarkers = false;
    front.hasBand = true;
    front.style = 0;
    for (const FrontierPoint &point : curve.isLog ? certain : points) {
        front.points.push_back(
            {point.averageBits, point.objective, nothing, point.standardError.value_or(nothing)});
    }
    constexpr std::size_t mostSteps = 600; // replotted while the budget is dragged
    front.points = reducedPoints(front.points, mostSteps);
    curve.series.push_back(std::move(front));
    const auto pointOf = [](const Allocation &allocation) {
        PlotPoint point{allocation.averageBits, allocation.objective, nothing,
                        allocation.objectiveStandardError.value_or(nothing)};
        point.isMuted = allocation.objective <= allocation.objectiveStandardError.value_or(-1);
        return point;
    };
    if (!uniform.empty()) {
        PlotSeries same;
        same.name = uniform.front().layers.front().ratio ? tr("one share for all layers")
                                                         : tr("one width for all layers");
        same.style = 1;
        for (const Allocation &allocation : uniform) {
            PlotPoint point = pointOf(allocation);
            const LayerChoice &first = allocation.layers.front();
            point.label = first.ratio ? tr("%1 everywhere").arg(formatShare(*first.ratio))
                                      : tr("%1 bits everywhere").arg(first.bits);
            same.points.push_back(std::move(point));
        }
        std::sort(same.points.begin(), same.points.end(),
                  [](const PlotPoint &a, const PlotPoint &b) { return a.x < b.x; });
        curve.series.push_back(std::move(same));
    }
    if (chosen != nullptr) {
        PlotSeries own;
        own.name = tr("this allocation");
        own.style = 2;
        own.points.push_back(pointOf(*chosen));
        own.points.back().label = own.name;
        own.points.back().isEmphatic = true; // the line of the budget runs through it
        curve.series.push_back(std::move(own));
    }
    return curve;
}

/// Damages fall along a frontier, so what follows the first that drowns is noise, too.
std::vector<FrontierPoint> aboveNoise(const std::vector<FrontierPoint> &points)
{
    const auto end = std::find_if(points.begin(), points.end(), [](const FrontierPoint &point) {
        return point.objective <= std::max(point.standardError.value_or(0), 0.0);
    });
    return {points.begin(), end};
}

std::vector<PlotSeries> calibrationSeries(const std::vector<CalibrationPoint> &points)
{
    PlotSeries series;
    series.name = tr("runs");
    for (const CalibrationPoint &each : points) {
        PlotPoint point{each.predicted.value, each.measured.value,
                        each.predicted.standardError.value_or(nothing),
                        each.measured.standardError.value_or(nothing)};
        point.isMuted = std::fabs(each.measured.value) <= each.measured.standardError.value_or(-1);
        point.id = QString::fromStdString(each.run);
        point.label = QString::fromStdString(each.name);
        series.points.push_back(std::move(point));
    }
    return {std::move(series)};
}

QString calibrationSentence(const std::vector<CalibrationPoint> &points)
{
    std::vector<double> predicted;
    std::vector<double> measured;
    for (const CalibrationPoint &point : points) {
        predicted.push_back(point.predicted.value);
        measured.push_back(point.measured.value);
    }
    const auto correlation = spearmanCorrelation(predicted, measured);
    if (!correlation) {
        return {};
    }
    return tr("Rank correlation of prediction and measurement: %1, over %n runs", nullptr,
              static_cast<int>(points.size()))
        .arg(plotNumber(*correlation));
}

} // namespace bitprism
