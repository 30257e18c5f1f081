// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"
#include "core/results/run_summary.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// Whether recipes quantize a layer unless they say otherwise: embeddings, heads and projections
/// behind a tower stay. Averages of bits count the weights of these layers, of runs and of
/// checkpoints measured as they are alike.
bool isQuantizedByDefault(const LayerInfo &layer);

/// Bits of one code of a tensor's type: 4 of INT4, Q4_K and IQ4_NL, 16 of BF16, 8 of F8_E4M3;
/// nothing for a name without a width.
std::optional<int> codeBits(std::string_view type);

/// Stored bits of a checkpoint's layers that recipes quantize by default, scales and zero points
/// included, divided by their weights: RunSummary::averageBits of a checkpoint as it is. Nothing
/// where no such layer is known.
std::optional<double> averageStoredBits(const ModelInfo &model);

/// The type that most weights of these layers are stored in: "INT4", "Q4_K", "BF16"; the model's
/// own where no such layer is known.
std::string commonStoredType(const ModelInfo &model);

/// The same layers as rows of a run that changed nothing: widths and stored bits; errors and
/// seconds are NaN, as nothing was quantized.
std::vector<RunLayer> storedLayers(const ModelInfo &model);

} // namespace bitprism
