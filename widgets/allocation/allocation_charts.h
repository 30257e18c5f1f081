// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_study.h"
#include "core/results/allocation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"
#include "widgets/plot/plot_data.h"

#include <QString>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// "3 bits", or "10 % at 4 bits, the rest at 2".
QString choiceText(const SensitivityTable &table, const LayerChoice &choice);
/// Mean width of a layer's codes.
double codeBits(const SensitivityTable &table, const LayerChoice &choice);

/// One bar a layer, in model order: height the width of its codes on average, filled by the share
/// of high-impact weights, coloured by the kind of the layer. Null: hatched, not solved yet.
std::vector<BarSeries> allocationBars(const SensitivityTable &table, const ModelInfo *model,
                                      const Allocation *allocation);

/// Colours of those bars, and the kinds of layers that have them, in the order of the model.
std::vector<std::pair<int, QString>> allocationKinds(const SensitivityTable &table,
                                                     const ModelInfo *model);

/// M with layers and candidates down and across; what was not probed is hatched, pairs inside the
/// noise are muted. Reduced to what a map can show.
HeatMapData interactionMap(const InteractionMatrix &matrix);
/// The Fisher projection of the same candidates.
HeatMapData fisherMap(const InteractionMatrix &matrix);

/// What the plot of the frontier shows.
struct FrontierCurve
{
    std::vector<PlotSeries> series;
    bool hasErrors = false; ///< of the damages
    bool isLog = false; ///< the damages span two decades
    /// On a logarithmic axis the frontier ends where a damage is no larger than its standard error:
    /// the largest damage that was left out; 0: none.
    double noise = 0;
};
/// The solver's frontier, the allocations of one form everywhere, and the one that is chosen.
FrontierCurve frontierCurve(const std::vector<FrontierPoint> &points,
                            const std::vector<Allocation> &uniform, const Allocation *chosen);
/// What of a frontier can be told from nothing: damages above their standard errors.
std::vector<FrontierPoint> aboveNoise(const std::vector<FrontierPoint> &points);

/// A measured run and what the study predicted for its choices.
struct CalibrationPoint
{
    std::string run;
    std::string name;
    LossChange predicted;
    LossChange measured;
};
/// Predicted against measured change of the loss, one point a run.
std::vector<PlotSeries> calibrationSeries(const std::vector<CalibrationPoint> &points);
/// "The prediction ranks runs as measured (rank correlation 0.93, 7 runs)"; empty below two.
QString calibrationSentence(const std::vector<CalibrationPoint> &points);

} // namespace bitprism
