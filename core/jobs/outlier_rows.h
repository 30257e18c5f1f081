// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/outlier_collector.h"
#include "core/models/model.h"
#include "core/results/outlier_atlas.h"
#include "core/results/outlier_samples.h"
#include "core/results/outlier_table.h"

#include <vector>

namespace bitprism {

/// What is said of a weight [rows, cols] itself, looked at a few rows at a time: the histogram,
/// maximum and kurtosis in `row`, and what the atlas keeps. Throws BadInput for values that are not
/// finite.
WeightRows weightRowsOf(const LayerInfo &layer, const at::Tensor &weight, LayerOutliers &row);

/// The norm that feeds the layer, with its tensors, into `samples`; nothing where none does.
void addNorm(InputSamples &samples, const LayerInfo &layer, const Model &model, const Block &block);

/// What the statistics of a layer's input say about outliers; `row` has what weightRowsOf() put
/// there. `samples` is of the same input and holds the layer; `tokens` are those that entered.
void describeInput(LayerOutliers &row, const OutlierCollector::Input &input,
                   const InputSamples &samples, const AtlasTokens &tokens);

/// The row of a layer whose model does not run: the same of the weight itself, its columns as
/// channels and its rows as tokens.
LayerOutliers weightOutliersOf(const LayerInfo &layer, const at::Tensor &weight);

/// What leaves a block, and where its attention rests. `sinks` is finished.
BlockOutliers blockOutliersOf(BlockId block, const std::vector<StreamState> &states,
                              const AttentionSinks &sinks, const AtlasTokens &tokens);

} // namespace bitprism
