// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/allocation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"
#include "widgets/plot/plot_data.h"

#include <QString>

#include <optional>
#include <string>
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

/// M with layers and candidates down and across; what was not probed is hatched, pairs inside the
/// noise are muted. Reduced to what a map can show.
HeatMapData interactionMap(const InteractionMatrix &matrix);
/// The Fisher projection of the same candidates.
HeatMapData fisherMap(const InteractionMatrix &matrix);

/// The solver's frontier, the allocations of one form everywhere, and the one that is chosen.
std::vector<PlotSeries> frontierSeries(const std::vector<FrontierPoint> &points,
                                       const std::vector<Allocation> &uniform,
                                       const Allocation *chosen);

/// A measured run and what the study predicted for its choices.
struct CalibrationPoint
{
    std::string run;
    std::string name;
    double predicted = 0;
    double measured = 0;
    std::optional<double> standardError;
};
/// Predicted against measured change of the loss, one point a run.
std::vector<PlotSeries> calibrationSeries(const std::vector<CalibrationPoint> &points);
/// "The prediction ranks runs as measured (rank correlation 0.93, 7 runs)"; empty below two.
QString calibrationSentence(const std::vector<CalibrationPoint> &points);

} // namespace bitprism
