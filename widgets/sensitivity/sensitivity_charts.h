// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"
#include "widgets/plot/plot_data.h"
#include "widgets/sensitivity/sensitivity_metric.h"

#include <map>
#include <memory>
#include <string>

namespace bitprism {

/// Width of each layer in the current recipe, by name; layers that it leaves alone are absent.
using RecipeWidths = std::map<std::string, int>;

/// Layers down in model order, grouped by block, widths across.
HeatMapData sensitivityMap(const SensitivityTable &table, const ModelInfo *model,
                           SensitivityMetric metric, const RecipeWidths &marked);

/// Layer kinds that one plot shows: an encoder-decoder model has more than can be told apart.
enum class DepthKinds
{
    All,
    WithoutCross, ///< all but cross-attention
    CrossAlone
};
/// More kinds stand in its blocks than one plot shows.
bool hasManyKinds(const ModelInfo *model);

/// One line for each layer kind over the blocks of each part of the model (encoder, decoder), at
/// one width; lines of a kind look alike. Without a model: nothing.
std::vector<PlotSeries> sensitivityByDepth(const SensitivityTable &table, const ModelInfo *model,
                                           SensitivityMetric metric, int bits,
                                           DepthKinds kinds = DepthKinds::All);

/// What a measurement of the model will fill: all layers of blocks at the usual widths.
SensitivityTable unmeasuredTable(const ModelInfo &model);

/// Predicted against measured change in loss, one series for each width.
std::vector<PlotSeries> predictionAgainstMeasurement(const SensitivityTable &table);

/// How well the prediction ranks the cells, in words with the figure; empty: not known.
QString correlationSentence(const SensitivityTable &table);

/// How many layers have all their cells measured, and how many there are.
struct MeasuredLayers
{
    int measured = 0;
    int total = 0;
};
MeasuredLayers measuredLayers(const SensitivityTable &table);

/// "tiny-llama, gptq, 42 layers, 8,192 tokens of wiki.txt".
QString sensitivityContext(const SensitivityTable &table, const QString &run);

} // namespace bitprism
