// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/resolve.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"

#include <string>
#include <vector>

namespace bitprism {

/// What the window shows of a layer's weights.
struct LayerWeights
{
    std::string layer;
    Histogram histogram;
    /// Values that the grid of a typical group can hold, rising; empty where the recipe leaves the
    /// layer alone, or its method's grid does not follow from the weights alone.
    std::vector<double> levels;
    int bits = 0; ///< of the recipe; 0: not quantized
    std::int64_t groupSize = 0;
    std::int64_t rowsRead = 0; ///< of `rows`; fewer for a large layer
    std::int64_t rows = 0;
};

/// Reads the layer's weights (at most about a million, rows evenly spread) from the checkpoint and
/// fits the grid that the recipe's quantizer starts from. The typical group is the one with the
/// median scale. For a worker thread; throws what Checkpoint does.
LayerWeights readLayerWeights(const std::string &checkpoint, const LayerInfo &layer,
                              const ResolvedLayer &resolved);

} // namespace bitprism
