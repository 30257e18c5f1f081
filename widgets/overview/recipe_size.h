// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/results/model_info.h"

namespace bitprism {

/// The model as a recipe would leave it: each layer's stored bits are those the recipe resolves to,
/// scales and the like left out; the model's bytes are their sum. Layers that share a tensor get
/// codes of their own. A recipe that cannot be resolved leaves the model as it is.
ModelInfo modelAfter(const ModelInfo &model, const Recipe &recipe);

} // namespace bitprism
