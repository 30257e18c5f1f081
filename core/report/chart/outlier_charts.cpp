// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace bitprism::chart {

namespace {

using report::say;

constexpr Plot::Area area{76, 78, 840, 260};
constexpr double height = 280;

/// One column for each layer: markers of its values.
struct LayerPoint
{
    std::size_t layer = 0;
    int series = 0;
    double value = 0;
    std::string tooltip;
};

void addBase(Plot &plot)
{
    plot.add(Line{{{plot.area().left, plot.area().bottom}, {plot.area().right, plot.area().bottom}},
                  {Role::Border, 0},
                  1,
                  false});
}

std::optional<Drawing> layerPoints(const std::string &title, const std::string &context,
                                   const std::string &axis, std::size_t layers,
                                   const std::vector<std::string> &series,
                                   const std::vector<LayerPoint> &points, bool mayBeLogarithmic)
{
    std::vector<double> values;
    for (const LayerPoint &point : points) {
        values.push_back(point.value);
    }
    if (values.empty()) {
        return std::nullopt;
    }
    Plot plot(title, say(BITPRISM_TR("Report", "%1, layers in model order"), {context}), area,
              height);
    plot.valueAxis(Axis::fitting(values, mayBeLogarithmic, true), axis);
    std::vector<std::pair<Marker, std::string>> legend;
    for (std::size_t i = 0; i < series.size(); ++i) {
        legend.emplace_back(seriesMarker(static_cast<int>(i)), series[i]);
    }
    plot.legend(legend);
    for (const LayerPoint &point : points) {
        Marker marker = seriesMarker(point.series);
        marker.at = {columnCentre(plot.area(), point.layer, layers), plot.y(point.value)};
        marker.tooltip = point.tooltip;
        plot.add(marker);
    }
    addBase(plot);
    return plot.take();
}

} // namespace

std::optional<Drawing> kurtosisByDepth(const OutlierTable &table, const std::string &context)
{
    std::vector<LayerPoint> points;
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
        const LayerOutliers &layer = table.layers[i];
        if (layer.weightKurtosis > 0 && std::isfinite(layer.weightKurtosis)) {
            points.push_back({i, 1, layer.weightKurtosis,
                              say(BITPRISM_TR("Report", "%1: kurtosis of the weights %2"),
                                  {layer.layer, numbers::plain(layer.weightKurtosis)})});
        }
        if (layer.kurtosis > 0 && std::isfinite(layer.kurtosis) && !table.isOfWeights) {
            points.push_back({i, 0, layer.kurtosis,
                              say(BITPRISM_TR("Report", "%1: kurtosis of the input %2"),
                                  {layer.layer, numbers::plain(layer.kurtosis)})});
        }
    }
    return layerPoints(
        say(BITPRISM_TR("Report", "Kurtosis of each layer's input and weights (3: a bell curve)")),
        context, say(BITPRISM_TR("Report", "kurtosis")), table.layers.size(),
        {say(BITPRISM_TR("Report", "input")), say(BITPRISM_TR("Report", "weights"))}, points, true);
}

std::optional<Drawing> errorShareByDepth(const OutlierTable &table, const std::string &context)
{
    std::vector<LayerPoint> points;
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
        const LayerOutliers &layer = table.layers[i];
        if (layer.errorShares.empty()) {
            continue;
        }
        const ErrorShare &share = layer.errorShares.front();
        if (!std::isfinite(share.perTensor) || !std::isfinite(share.perToken)) {
            continue;
        }
        const std::string channels = std::to_string(share.channels);
        const std::string bits = std::to_string(share.bits);
        points.push_back(
            {i, 0, std::max(0.0, share.perTensor),
             say(BITPRISM_TR("Report",
                             "%1: %2 of the error per tensor that its %3 largest channels cause at "
                             "%4 bits"),
                 {layer.layer, numbers::percent(share.perTensor), channels, bits})});
        points.push_back(
            {i, 1, std::max(0.0, share.perToken),
             say(BITPRISM_TR("Report",
                             "%1: %2 of the error per token that its %3 largest channels cause at "
                             "%4 bits"),
                 {layer.layer, numbers::percent(share.perToken), channels, bits})});
    }
    return layerPoints(
        say(BITPRISM_TR("Report",
                        "Share of each layer's quantization error that its largest 1 % of channels "
                        "cause at 8 bits")),
        context, say(BITPRISM_TR("Report", "share")), table.layers.size(),
        {say(BITPRISM_TR("Report", "per tensor")), say(BITPRISM_TR("Report", "per token"))}, points,
        false);
}

std::optional<Drawing> whatIfErrors(const KeptWhatIf &kept, const std::string &context)
{
    std::vector<std::string> names(std::begin(whatIfIds), std::end(whatIfIds));
    std::vector<LayerPoint> points;
    for (std::size_t i = 0; i < kept.layers.size(); ++i) {
        for (const WhatIfOutcome &outcome : kept.layers[i].outcomes) {
            const auto series = std::find(names.begin(), names.end(), outcome.id);
            if (outcome.applies && outcome.outputError > 0 && std::isfinite(outcome.outputError)
                && series != names.end()) {
                points.push_back(
                    {i, static_cast<int>(series - names.begin()), outcome.outputError,
                     say(BITPRISM_TR("Report", "%1, %2: %3"),
                         {kept.layers[i].layer, outcome.id,
                          numbers::withError(outcome.outputError, outcome.outputErrorStderr)})});
            }
        }
    }
    return layerPoints(say(BITPRISM_TR("Report",
                                       "Predicted output error of each layer, share of the "
                                       "output's square, at %1-bit weights "
                                       "and %2-bit inputs"),
                           {std::to_string(kept.question.weightBits),
                            std::to_string(kept.question.activationBits)}),
                       context, say(BITPRISM_TR("Report", "error")), kept.layers.size(), names,
                       points, true);
}

std::optional<Drawing> calibrationAgreement(const CalibrationSets &sets)
{
    std::vector<double> values{0, 1};
    for (const SetAgreement &pair : sets.pairs) {
        if (pair.tau) {
            values.push_back(*pair.tau + pair.standardError.value_or(0));
            values.push_back(*pair.tau - pair.standardError.value_or(0));
        }
    }
    if (values.size() == 2) {
        return std::nullopt;
    }
    std::string data;
    for (std::size_t i = 0; i < sets.sets.size(); ++i) {
        data += (i == 0 ? "" : "; ") + std::to_string(i + 1) + ": "
            + (sets.sets[i].name.empty()
                   ? std::filesystem::path(sets.sets[i].data).filename().string()
                   : sets.sets[i].name);
    }
    Plot plot(say(BITPRISM_TR("Report",
                              "Kendall tau of the layers' ranking by %1 between calibration sets, "
                              "with standard errors"),
                  {sets.metric}),
              data, area, 292);
    plot.valueAxis(Axis::fitting(values, false, true), "tau");
    std::vector<std::pair<double, std::string>> names;
    const auto count = sets.pairs.size();
    const double bar = std::min(40.0, (area.right - area.left) / (2 * static_cast<double>(count)));
    for (std::size_t i = 0; i < count; ++i) {
        const SetAgreement &pair = sets.pairs[i];
        const double x = columnCentre(plot.area(), i, count);
        names.emplace_back(x,
                           say(BITPRISM_TR("Report", "%1 and %2"),
                               {std::to_string(pair.first + 1), std::to_string(pair.second + 1)}));
        if (!pair.tau) {
            continue;
        }
        const double zero = plot.y(0);
        const double top = plot.y(*pair.tau);
        const double error = pair.standardError.value_or(0);
        plot.add(Rectangle{x - bar / 2,
                           std::min(zero, top),
                           bar,
                           std::fabs(zero - top),
                           {Role::Series, 0},
                           names.back().second + ": " + numbers::withError(*pair.tau, error)});
        plot.add(Line{{{x, plot.y(*pair.tau - error)}, {x, plot.y(*pair.tau + error)}},
                      {Role::Text, 0},
                      1.5,
                      false});
    }
    plot.baseNames(names);
    addBase(plot);
    return plot.take();
}

} // namespace bitprism::chart
