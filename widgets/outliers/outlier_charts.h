// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/activation_grid.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "widgets/outliers/layer_map.h"
#include "widgets/plot/plot_data.h"

#include <array>

namespace bitprism {

/// What of each layer is drawn over the blocks.
enum class DepthMeasure
{
    Kurtosis,
    Largest,
    PeakOverMedian, ///< largest magnitude over the median one
    ErrorShare ///< of the outlier channels, at eight bits with one grid
};

inline constexpr std::array depthMeasures{DepthMeasure::Kurtosis, DepthMeasure::Largest,
                                          DepthMeasure::PeakOverMedian, DepthMeasure::ErrorShare};

QString measureName(DepthMeasure measure);
QString measureDefinition(DepthMeasure measure);
/// NaN where the table does not know it.
double measureOf(const LayerOutliers &layer, DepthMeasure measure);

/// Names of the layers that the atlas shows: those of the table, and while it is not complete the
/// ones that will follow; in the model's order. An empty `kind` stands for all.
std::vector<std::string> atlasLayers(const OutlierTable &table, const ModelInfo *model,
                                     const std::string &kind);
/// Layers across, channels down, the largest magnitude of each; layers without a row yet are not
/// measured. Of a layer with fewer channels than others the rest does not exist.
ImageMapData atlasImage(const OutlierTable &table, const ModelInfo *model,
                        const std::vector<std::string> &layers);
/// The kinds that occur among the table's layers, in the model's order.
std::vector<std::string> atlasKinds(const OutlierTable &table, const ModelInfo *model);

/// One line for each layer kind over the blocks. Without a model: nothing.
std::vector<PlotSeries> outliersByDepth(const OutlierTable &table, const ModelInfo *model,
                                        DepthMeasure measure);

/// Channels from the largest on: their magnitudes, and the norm's gain at each where `gain` is not
/// empty.
std::vector<PlotSeries> channelsAndGain(const LayerOutliers &layer, const std::vector<float> &gain);
/// Whether the gain of the norm makes the large channels, in words with the figures. `gain` by
/// channel; empty: not known.
QString gainSentence(const LayerOutliers &layer, const std::vector<float> &gain);

/// The map's extrema of tokens, and the magnitudes of `channel` where the map knows all of it.
std::vector<PlotSeries> tokenExtrema(const LayerMap &map, std::int64_t channel);

/// A histogram as a curve of stairs, in per cent of all; empty bins leave gaps.
PlotSeries histogramSeries(const Histogram &histogram, const QString &name);
/// The number of bins that the curve has: neighbours are joined where there are many.
std::size_t shownBins(const Histogram &histogram);
/// The values of a grid as lines; only its ends where there are too many to tell apart.
std::vector<ReferenceLine> gridLines(const ActivationGrid &grid);
QString gridSentence(const ActivationGrid &grid);

/// How to read the atlas: what its empty parts are, and which layers stand in a block, each with a
/// semicolon behind it; empty where nothing needs to be said.
QString atlasReading(const OutlierTable &table, const ModelInfo *model);
/// "tiny-llama, 2,304 tokens of calibration.txt".
QString outlierContext(const OutlierTable &table, const QString &run);

} // namespace bitprism
