// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"
#include "widgets/plot/plot_data.h"

namespace bitprism {

/// Several parts of the model (encoder and decoder, image and text) have blocks of their own.
bool hasSeveralStacks(const ModelInfo *model);
/// "block 3"; where several parts have some, "encoder 3". Of a layer that is in a block.
QString blockName(const ModelInfo *model, const LayerInfo &layer);
/// The blocks as an axis; where several parts have some, those of one after those of the other.
PlotAxis depthAxis(const ModelInfo *model);
/// Where a layer's block stands on that axis.
double placeOnDepthAxis(const ModelInfo &model, const LayerInfo &layer);

} // namespace bitprism
