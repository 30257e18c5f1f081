// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/outlier_charts.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace bitprism {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr int shareBits = 8;
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
struct Texts
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

QString measureName(DepthMeasure measure)
{
    switch (measure) {
    case DepthMeasure::Largest:
        return Texts::tr("Largest magnitude");
    case DepthMeasure::PeakOverMedian:
        return Texts::tr("Largest over median magnitude");
    case DepthMeasure::ErrorShare:
        return Texts::tr("Error due to outlier channels, %");
    default:
        return Texts::tr("Kurtosis");
    }
}

QString measureDefinition(DepthMeasure measure)
{
    switch (measure) {
    case DepthMeasure::Largest:
        return Texts::tr("The largest magnitude in the layer's input on the calibration set.");
    case DepthMeasure::PeakOverMedian:
        return Texts::tr("How many times larger the largest magnitude is than the median one: what "
                         "one grid for all has to span.");
    case DepthMeasure::ErrorShare:
        return Texts::tr(
            "How much of the squared error of the layer's output goes away at 8 bits "
            "with one grid, where the largest hundredth of the channels is kept as it is.");
    default:
        return Texts::tr("The fourth standardised moment of the layer's input: 3 for a normal "
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
    image.valueName
        = table.isOfWeights ? Texts::tr("largest weight") : Texts::tr("largest magnitude");
    image.rows.title = Texts::tr("channel");
    image.rows.phrase = Texts::tr("channel %1");
    image.rows.idPattern = channelId(0).chopped(1) + QStringLiteral("%1");
    image.columns.title = Texts::tr("layer, by block");
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
    std::map<std::string, std::size_t> placeOf;
    const Rows rows = rowsOf(table);
    for (std::size_t i = 0; model != nullptr && i < model->layers.size(); ++i) {
        const LayerInfo &layer = model->layers[i];
        const LayerOutliers *row = find(rows, layer.name);
        if (row == nullptr || layer.block < 0) {
            continue;
        }
        const auto [place, isNew] = placeOf.try_emplace(layer.kind, series.size());
        if (isNew) {
            PlotSeries &line = series.emplace_back();
            line.name = layerKindText(layer.kind);
            line.line = SeriesLine::Straight;
        }
        const QString name = QString::fromStdString(layer.name);
        series[place->second].points.push_back({static_cast<double>(layer.block),
                                                measureOf(*row, measure), none, none, name,
                                                shortLayerName(name)});
    }
    return series;
}

std::vector<PlotSeries> channelsAndGain(const LayerOutliers &layer, const std::vector<float> &gain)
{
    std::vector<std::size_t> order(layer.channelMaxAbs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&layer](std::size_t a, std::size_t b) {
        return layer.channelMaxAbs[a] > layer.channelMaxAbs[b];
    });
    const bool hasGain = gain.size() == order.size();
    PlotSeries largest{Texts::tr("largest magnitude"), {}, SeriesLine::Straight, false};
    PlotSeries gains{Texts::tr("|gain| of the norm"), {}, SeriesLine::None, true};
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
            point.label = Texts::tr("channel %1").arg(channel);
        }
    }
    return series;
}

QString gainSentence(const LayerOutliers &layer, const std::vector<float> &gain)
{
    if (layer.norm.empty()) {
        return Texts::tr("No norm feeds this layer, so no gain makes its outliers.");
    }
    if (!layer.gainCorrelation) {
        return Texts::tr("The norm's gain is the same for all channels.");
    }
    const QString figure = QLocale().toString(*layer.gainCorrelation, 'f', 2);
    // A few outliers hardly move a rank correlation: the largest channel is looked at by itself.
    const double share = largestOverMedianGain(layer, gain);
    if (share >= farLarger) {
        return Texts::tr("The gain makes the largest channel: it is %1 times the median gain. Rank "
                         "correlation over all channels %2.")
            .arg(plotNumber(share), figure);
    }
    if (*layer.gainCorrelation >= strongCorrelation) {
        return Texts::tr("The channels with a large gain are the large ones: rank correlation %1.")
            .arg(figure);
    }
    return *layer.gainCorrelation >= someCorrelation
        ? Texts::tr("The gain explains a part of the large channels: rank correlation %1.")
              .arg(figure)
        : Texts::tr("The gain does not make the large channels: rank correlation %1.").arg(figure);
}

std::vector<PlotSeries> tokenExtrema(const LayerMap &map, std::int64_t channel)
{
    std::vector<PlotSeries> series = map.extrema;
    for (const OutlierMap::ChannelRow &row : map.source.rows) {
        if (row.channel == channel) {
            series.push_back(
                codedCurve(Texts::tr("channel %1").arg(channel), row.codes, map.source.scale));
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
    const QString lines = count > mostLines
        ? Texts::tr("dashed: the ends of a grid of %n values", nullptr, count)
        : Texts::tr("dashed: the %n values of the grid", nullptr, count);
    switch (grid.basis) {
    case ActivationGrid::Basis::TypicalToken:
        return Texts::tr("%1, for a typical token").arg(lines);
    case ActivationGrid::Basis::AtMost:
        return Texts::tr("%1, at most: the run searches a narrower one").arg(lines);
    default:
        return lines;
    }
}

QString outlierContext(const OutlierTable &table, const QString &run)
{
    const QString model = QFileInfo(QString::fromStdString(table.model)).fileName();
    if (table.isOfWeights) {
        return Texts::tr("%1, weights alone: columns as channels, run %2").arg(model, run);
    }
    return Texts::tr("%1, %2 tokens of %3, run %4")
        .arg(model, formatCount(table.tokens),
             QFileInfo(QString::fromStdString(table.data)).fileName(), run);
}

} // namespace bitprism
