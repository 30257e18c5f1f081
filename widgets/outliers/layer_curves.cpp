// SPDX-License-Identifier: GPL-3.0-or-later
// What one layer's plots show: channels and gains, tokens, histograms with their grids.
#include "widgets/outliers/outlier_charts.h"
#include "widgets/plot/plot_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
/// More lines than this would fill a histogram.
constexpr int mostLines = 64;
constexpr std::size_t mostNamed = 2000; // points of a curve with an id each
/// Finer ones would show how the weights' type rounds.
constexpr std::size_t mostBins = 128;
/// From here on, and up to here, the gain is said to go with the outliers.
constexpr double strongCorrelation = 0.7;
constexpr double someCorrelation = 0.3;
/// As many times the median gain, a gain is an outlier of its own.
constexpr double farLarger = 4;

/// The context of this file's texts.
struct LayerCurveTexts
{
    Q_DECLARE_TR_FUNCTIONS(Outliers)
};

/// Magnitudes that are known as codes, over the share of tokens: one point for each that occurs.
PlotSeries codedCurve(const QString &name, const std::vector<std::uint8_t> &codes,
                      const MagnitudeScale &scale)
{
    std::array<std::size_t, 256> counts{};
    for (const std::uint8_t code : codes) {
        ++counts[code];
    }
    PlotSeries curve{name, {}, SeriesLine::Straight, false};
    std::size_t before = 0;
    for (std::size_t code = counts.size(); code-- > 0;) {
        before += counts[code];
        if (counts[code] > 0) {
            curve.points.push_back(
                {100.0 * static_cast<double>(before) / static_cast<double>(codes.size()),
                 scale.magnitude(static_cast<std::uint8_t>(code))});
        }
    }
    return curve;
}

/// Of the channel with the largest magnitude; 0 where it is not known.
double largestOverMedianGain(const LayerOutliers &layer, const std::vector<float> &gain)
{
    if (gain.empty() || layer.outlierChannels.empty() || !layer.outlierChannels.front().gain) {
        return 0;
    }
    std::vector<float> sizes(gain.size());
    std::transform(gain.begin(), gain.end(), sizes.begin(),
                   [](float each) { return std::abs(each); });
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle > 0 ? std::abs(*layer.outlierChannels.front().gain) / *middle : 0;
}

} // namespace

std::vector<PlotSeries> channelsAndGain(const LayerOutliers &layer, const std::vector<float> &gain)
{
    std::vector<std::size_t> order(layer.channelMaxAbs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&layer](std::size_t a, std::size_t b) {
        return layer.channelMaxAbs[a] > layer.channelMaxAbs[b];
    });
    const bool hasGain = gain.size() == order.size();
    PlotSeries largest{LayerCurveTexts::tr("largest magnitude"), {}, SeriesLine::Straight, false};
    PlotSeries gains{LayerCurveTexts::tr("|gain| of the norm"), {}, SeriesLine::None, true};
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::size_t channel = order[place];
        const auto x = static_cast<double>(place + 1);
        largest.points.push_back({x, layer.channelMaxAbs[channel]});
        if (hasGain) {
            gains.points.push_back({x, std::abs(gain[channel])});
        }
    }
    std::vector<PlotSeries> series{largest};
    if (hasGain) {
        series.push_back(gains);
    }
    for (PlotSeries &each : series) { // names only for the points that are drawn
        each.points = reducedPoints(each.points, mostNamed);
        for (PlotPoint &point : each.points) {
            const std::size_t channel = order[static_cast<std::size_t>(point.x) - 1];
            point.id = channelId(static_cast<std::int64_t>(channel));
            point.label = LayerCurveTexts::tr("channel %1").arg(channel);
        }
    }
    return series;
}

QString gainSentence(const LayerOutliers &layer, const std::vector<float> &gain)
{
    if (layer.norm.empty()) {
        return LayerCurveTexts::tr("No norm feeds this layer, so no gain makes its outliers.");
    }
    if (!layer.gainCorrelation) {
        return LayerCurveTexts::tr("The norm's gain is the same for all channels.");
    }
    const QString figure = decimalNumber(*layer.gainCorrelation, 2);
    // A few outliers hardly move a rank correlation: the largest channel is looked at by itself.
    const double share = largestOverMedianGain(layer, gain);
    if (share >= farLarger) {
        return LayerCurveTexts::tr(
                   "The gain makes the largest channel: it is %1 times the median gain. Rank "
                   "correlation over all channels %2.")
            .arg(plotNumber(share), figure);
    }
    if (*layer.gainCorrelation >= strongCorrelation) {
        return LayerCurveTexts::tr(
                   "The channels with a large gain are the large ones: rank correlation %1.")
            .arg(figure);
    }
    return *layer.gainCorrelation >= someCorrelation
        ? LayerCurveTexts::tr(
              "The gain explains a part of the large channels: rank correlation %1.")
              .arg(figure)
        : LayerCurveTexts::tr("The gain does not make the large channels: rank correlation %1.")
              .arg(figure);
}

std::vector<PlotSeries> tokenExtrema(const LayerMap &map, std::int64_t channel)
{
    std::vector<PlotSeries> series = map.extrema;
    for (const OutlierMap::ChannelRow &row : map.source.rows) {
        if (row.channel == channel) {
            series.push_back(codedCurve(LayerCurveTexts::tr("channel %1").arg(channel), row.codes,
                                        map.source.scale));
        }
    }
    return series;
}

PlotSeries histogramSeries(const Histogram &histogram, const QString &name)
{
    PlotSeries series{name, {}, SeriesLine::Straight, false};
    const double total = std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0);
    if (!(total > 0)) {
        return series;
    }
    const std::size_t join
        = (histogram.counts.size() + shownBins(histogram) - 1) / shownBins(histogram);
    const double width
        = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    for (std::size_t i = 0; i < histogram.counts.size(); i += join) {
        const std::size_t end = std::min(i + join, histogram.counts.size());
        const double count
            = std::accumulate(histogram.counts.begin() + static_cast<std::ptrdiff_t>(i),
                              histogram.counts.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
        // Both edges, so that a bin that stands alone is a dash and not nothing.
        const double share = count > 0 ? 100 * count / total : none;
        series.points.push_back({histogram.low + static_cast<double>(i) * width, share});
        series.points.push_back({histogram.low + static_cast<double>(end) * width, share});
    }
    return series;
}

std::size_t shownBins(const Histogram &histogram)
{
    return std::min<std::size_t>(histogram.counts.size(), mostBins);
}

std::vector<ReferenceLine> gridLines(const ActivationGrid &grid)
{
    std::vector<ReferenceLine> lines;
    if ((1 << grid.bits) > mostLines) {
        return {{grid.low, Qt::Vertical, {}}, {grid.high, Qt::Vertical, {}}};
    }
    for (const double value : grid.values()) {
        lines.push_back({value, Qt::Vertical, {}});
    }
    return lines;
}

QString gridSentence(const ActivationGrid &grid)
{
    const int count = 1 << grid.bits;
    QString lines = count > mostLines
        ? LayerCurveTexts::tr("dashed: the ends of a grid of %n values", nullptr, count)
        : LayerCurveTexts::tr("dashed: the %n values of the grid", nullptr, count);
    switch (grid.basis) {
    case ActivationGrid::Basis::TypicalToken:
        return LayerCurveTexts::tr("%1, for a typical token").arg(lines);
    case ActivationGrid::Basis::AtMost:
        return LayerCurveTexts::tr("%1, at most: the run's grids are narrower").arg(lines);
    default:
        return lines;
    }
}

} // namespace bitprism
