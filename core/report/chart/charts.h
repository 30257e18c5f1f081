// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/calibration_sets.h"
#include "core/analysis/outlier_what_if.h"
#include "core/report/chart/drawing.h"
#include "core/report/comparison.h"
#include "core/report/outlier_inputs.h"
#include "core/report/outlier_map.h"
#include "core/results/allocation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"

#include <optional>
#include <string>
#include <vector>

/// The charts of reports. Each has a title that is a sentence with its unit, a muted line of
/// context below, tooltips with exact values, and fits a page 860 units wide. A chart without data
/// is nothing.
namespace bitprism::chart {

constexpr double pageWidth = 860;

/// The measure a sensitivity table is shown by: the most telling one that was measured.
struct SensitivityMeasure
{
    std::string title; ///< "KL divergence when only this layer is quantized, nats per token"
    std::string name; ///< "KL divergence"
    std::optional<double> (*value)(const SensitivityCell &);
    std::optional<double> (*standardError)(const SensitivityCell &);
};
SensitivityMeasure measureOf(const SensitivityTable &table);

/// Layers down, widths across; darker is worse (on light). Above 240 layers neighbours share a row
/// that shows the worst of them.
std::optional<Drawing> sensitivityMap(const SensitivityTable &table, const ModelInfo &model);

/// Predicted against measured change of the loss, one marker per layer and width.
std::optional<Drawing> predictionScatter(const SensitivityTable &table);

/// Layers down and across, coloured by the strongest interaction that was probed of the two.
/// Nothing for more layers than a page holds.
std::optional<Drawing> interactionMap(const InteractionMatrix &matrix);

/// Bits of each layer as bars, coloured by layer kind.
std::optional<Drawing> bitsBars(const std::vector<RunLayer> &layers, const ModelInfo &model,
                                const std::string &context);

/// Output error (weight error where that is missing) of each layer in up to five runs.
std::optional<Drawing> layerErrors(const std::vector<ComparedLayer> &layers,
                                   const std::vector<std::string> &runNames);

/// Size against the first metric, with error bars, the Pareto front, and the unquantized model.
std::optional<Drawing> tradeOff(const Comparison &comparison);

/// Predicted damage against average bits, with the chosen point.
std::optional<Drawing> frontierCurve(const Allocation &allocation);

/// The largest input magnitude of each layer.
std::optional<Drawing> outlierPeaks(const OutlierTable &table);

/// Channels down, inputs across: the largest magnitude of each channel, one drawing for each of the
/// three most frequent widths of inputs. Above 64 channels and 120 inputs neighbours share a cell,
/// which shows the largest of them.
std::vector<Drawing> channelAtlases(const OutlierTable &table, const ModelInfo &model,
                                    const std::string &context);

/// Channels down, tokens across.
std::optional<Drawing> magnitudeMap(const OutlierMapPicture &map, const std::string &context);

/// Values of an input (not of a table of weights) and of the weights that its first layer has, with
/// a 4-bit grid drawn over them, and how many of its values 99 % of the entries use.
std::optional<Drawing> valueHistograms(const report::OutlierInput &input, bool isOfWeights,
                                       const std::string &context);

/// Kurtosis of each layer's input and weights, in model order.
std::optional<Drawing> kurtosisByDepth(const OutlierTable &table, const std::string &context);

/// Share of each layer's quantization error that its largest channels cause, at 8 bits, per tensor
/// and per token.
std::optional<Drawing> errorShareByDepth(const OutlierTable &table, const std::string &context);

/// Predicted output error of each layer under each transform that applies to it.
std::optional<Drawing> whatIfErrors(const KeptWhatIf &kept, const std::string &context);

/// Kendall's tau of each pair of calibration sets, as bars with standard errors.
std::optional<Drawing> calibrationAgreement(const CalibrationSets &sets);

} // namespace bitprism::chart
