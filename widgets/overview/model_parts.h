// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace bitprism {

enum class Part
{
    Embedding,
    Attention,
    FeedForward,
    Head,
    OtherLayers, ///< projections, convolutions, kinds that are not known
    Rest ///< what is no layer: norms, biases, positions
};

struct ModelPart
{
    Part part = Part::Rest;
    int layers = 0;
    std::int64_t weights = 0;
    std::int64_t bytes = 0;
    double share = 0; ///< of the model's bytes
};

/// The model's tensors by part; parts that it does not have are left out. In the order of Part.
/// What several layers share (ALBERT's blocks) is counted once.
std::vector<ModelPart> modelParts(const ModelInfo &info);

QString partText(Part part);

} // namespace bitprism
