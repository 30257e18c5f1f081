// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism::chart {

namespace {

using report::say;

using NamedPlaces = std::vector<std::pair<double, std::string>>;

/// "block 3" below the first layer of each block.
template <typename BlockOf>
NamedPlaces blockNames(const Plot::Area &area, std::size_t count, const BlockOf &blockOf)
{
    NamedPlaces names;
    for (std::size_t i = 0; i < count; ++i) {
        const int block = blockOf(i);
        if (block >= 0 && (i == 0 || blockOf(i - 1) != block)) {
            std::size_t end = i;
            while (end < count && blockOf(end) == block) {
                ++end;
            }
            const double middle
                = (columnCentre(area, i, count) + columnCentre(area, end - 1, count)) / 2;
            names.emplace_back(middle,
                               say(BITPRISM_TR("Report", "block %1"), {std::to_string(block)}));
        }
    }
    return names;
}

} // namespace

std::optional<Drawing> bitsBars(const std::vector<RunLayer> &layers, const ModelInfo &model,
                                const std::string &context)
{
    if (layers.empty()) {
        return std::nullopt;
    }
    Plot plot(say(BITPRISM_TR("Report", "Width of each layer's codes, bits")), context,
              {56, 78, 840, 230}, 262);
    std::vector<double> bits{0};
    for (const RunLayer &layer : layers) {
        bits.push_back(layer.bits);
    }
    plot.valueAxis(Axis::fitting(bits, false, true), say(BITPRISM_TR("Report", "bits")));
    std::map<std::string, int> series;
    std::vector<std::pair<Marker, std::string>> legend;
    const double width
        = (plot.area().right - plot.area().left) / static_cast<double>(layers.size());
    const double bar = std::clamp(width - (width > 4 ? 2 : 0), 0.5, 28.0);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const RunLayer &layer = layers[i];
        const LayerInfo *info = model.findLayer(layer.name);
        const std::string kind = info == nullptr ? say(BITPRISM_TR("Report", "other"))
                                                 : report::layerKindText(info->kind);
        const auto [entry, isNew] = series.emplace(kind, static_cast<int>(series.size()));
        if (isNew && legend.size() < seriesCount) {
            Marker marker = seriesMarker(entry->second);
            marker.shape = MarkerShape::Square;
            legend.emplace_back(marker, kind);
        }
        const double y = plot.y(layer.bits);
        std::string tooltip
            = say(BITPRISM_TR("Report", "%1: %2 bits"), {layer.name, numbers::bits(layer.bits)});
        if (layer.ratio) {
            tooltip = say(BITPRISM_TR("Report", "%1, %2 high-impact"),
                          {tooltip, numbers::percent(*layer.ratio)});
        }
        plot.add(Rectangle{columnCentre(plot.area(), i, layers.size()) - bar / 2,
                           y,
                           bar,
                           plot.area().bottom - y,
                           {Role::Series, entry->second},
                           tooltip});
    }
    plot.legend(legend);
    plot.baseNames(
        blockNames(plot.area(), layers.size(), [&](std::size_t i) { return layers[i].block; }));
    return plot.take();
}

namespace {

/// The error of a layer in a run that is drawn: of outputs, or of weights where nobody has those.
std::optional<double> drawnError(const std::optional<RunLayer> &run, bool ofOutput)
{
    if (!run) {
        return std::nullopt;
    }
    const std::optional<double> value = ofOutput ? run->outputMse : run->weightMse;
    return value && std::isfinite(*value) ? value : std::nullopt;
}

/// What layerErrors() draws: runs and layers without any error would only take room.
struct DrawnErrors
{
    std::vector<std::size_t> runs; ///< at most as many as there are series
    std::size_t withErrors = 0; ///< runs, drawn or not
    std::vector<const ComparedLayer *> layers;
    std::vector<double> values;
};

DrawnErrors drawnErrors(const std::vector<ComparedLayer> &layers, std::size_t runs, bool ofOutput)
{
    DrawnErrors drawn;
    for (std::size_t run = 0; run < runs; ++run) {
        const bool hasError = std::any_of(layers.begin(), layers.end(), [&](const auto &layer) {
            return drawnError(layer.runs[run], ofOutput).has_value();
        });
        drawn.withErrors += hasError ? 1 : 0;
        if (hasError && drawn.runs.size() < std::size_t{seriesCount}) {
            drawn.runs.push_back(run);
        }
    }
    for (const ComparedLayer &layer : layers) {
        const std::size_t before = drawn.values.size();
        for (const std::size_t run : drawn.runs) {
            if (const auto error = drawnError(layer.runs[run], ofOutput)) {
                drawn.values.push_back(*error);
            }
        }
        if (drawn.values.size() > before) {
            drawn.layers.push_back(&layer);
        }
    }
    return drawn;
}

int blockOf(const ComparedLayer &layer)
{
    const auto run = std::find_if(layer.runs.begin(), layer.runs.end(),
                                  [](const auto &each) { return each.has_value(); });
    return run == layer.runs.end() ? -1 : (*run)->block;
}

} // namespace

std::optional<Drawing> layerErrors(const std::vector<ComparedLayer> &layers,
                                   const std::vector<std::string> &runNames)
{
    const bool hasOutput = std::any_of(layers.begin(), layers.end(), [](const auto &layer) {
        return std::any_of(layer.runs.begin(), layer.runs.end(),
                           [](const auto &run) { return run && run->outputMse; });
    });
    const DrawnErrors drawn = drawnErrors(layers, runNames.size(), hasOutput);
    if (drawn.values.empty()) {
        return std::nullopt;
    }
    const std::string title = say(
        hasOutput
            ? BITPRISM_TR("Report",
                          "Output error of each quantized layer, as a share of the output's square")
            : BITPRISM_TR("Report", "Weight error of each quantized layer, squared weight units"));
    const std::string order = say(BITPRISM_TR("Report", "Layers in model order"));
    const std::string context = drawn.runs.size() == drawn.withErrors
        ? order
        : say(BITPRISM_TR("Report", "%1, the first %2 of %3 runs"),
              {order, std::to_string(drawn.runs.size()), std::to_string(drawn.withErrors)});
    Plot plot(title, context, {76, 78, 840, 260}, 292);
    plot.valueAxis(Axis::fitting(drawn.values, true, true),
                   say(hasOutput ? BITPRISM_TR("Report", "output error, relative")
                                 : BITPRISM_TR("Report", "weight error, units squared")));
    std::vector<std::pair<Marker, std::string>> legend;
    for (std::size_t series = 0; series < drawn.runs.size(); ++series) {
        legend.emplace_back(seriesMarker(static_cast<int>(series)), runNames[drawn.runs[series]]);
    }
    plot.legend(legend);
    for (std::size_t i = 0; i < drawn.layers.size(); ++i) {
        const ComparedLayer &layer = *drawn.layers[i];
        for (std::size_t series = 0; series < drawn.runs.size(); ++series) {
            const std::size_t run = drawn.runs[series];
            const auto error = drawnError(layer.runs[run], hasOutput);
            if (!error) {
                continue;
            }
            Marker marker = seriesMarker(static_cast<int>(series));
            marker.at = {columnCentre(plot.area(), i, drawn.layers.size()), plot.y(*error)};
            marker.tooltip = say(BITPRISM_TR("Report", "%1, %2: %3"),
                                 {layer.name, runNames[run], numbers::plain(*error)});
            plot.add(marker);
        }
    }
    plot.baseNames(blockNames(plot.area(), drawn.layers.size(),
                              [&](std::size_t i) { return blockOf(*drawn.layers[i]); }));
    return plot.take();
}

std::optional<Drawing> outlierPeaks(const OutlierTable &table)
{
    if (table.layers.empty()) {
        return std::nullopt;
    }
    std::vector<double> values;
    for (const LayerOutliers &layer : table.layers) {
        values.push_back(layer.maxAbs);
        values.push_back(layer.tokenMaxMedian);
    }
    Plot plot(say(BITPRISM_TR("Report",
                              "Largest input magnitude of each layer, and of its median token")),
              say(BITPRISM_TR("Report", "%1 tokens, layers in model order"),
                  {std::to_string(table.tokens)}),
              {76, 78, 840, 260}, 280);
    plot.valueAxis(Axis::fitting(values, true, true), say(BITPRISM_TR("Report", "magnitude")));
    plot.legend({{seriesMarker(0), say(BITPRISM_TR("Report", "largest"))},
                 {seriesMarker(1), say(BITPRISM_TR("Report", "median token's largest"))}});
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
        const LayerOutliers &layer = table.layers[i];
        if (!std::isfinite(layer.maxAbs) || !std::isfinite(layer.tokenMaxMedian)) {
            continue;
        }
        const double x = columnCentre(plot.area(), i, table.layers.size());
        plot.add(Line{{{x, plot.y(layer.tokenMaxMedian)}, {x, plot.y(layer.maxAbs)}},
                      {Role::Border, 0},
                      1.5,
                      false});
        Marker peak = seriesMarker(0);
        peak.at = {x, plot.y(layer.maxAbs)};
        peak.tooltip
            = say(BITPRISM_TR("Report", "%1: largest %2, kurtosis %3"),
                  {layer.layer, numbers::plain(layer.maxAbs), numbers::plain(layer.kurtosis)});
        if (!layer.outlierChannels.empty()) {
            peak.tooltip
                = say(BITPRISM_TR("Report", "%1, channel %2"),
                      {peak.tooltip, std::to_string(layer.outlierChannels.front().channel)});
        }
        Marker median = seriesMarker(1);
        median.at = {x, plot.y(layer.tokenMaxMedian)};
        median.tooltip = say(BITPRISM_TR("Report", "%1: median token's largest %2"),
                             {layer.layer, numbers::plain(layer.tokenMaxMedian)});
        plot.add(median);
        plot.add(peak);
    }
    plot.add(Line{{{plot.area().left, plot.area().bottom}, {plot.area().right, plot.area().bottom}},
                  {Role::Border, 0},
                  1,
                  false});
    return plot.take();
}

} // namespace bitprism::chart
