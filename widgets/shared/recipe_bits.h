// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/recipe/resolve.h"
#include "core/results/model_info.h"

#include <map>
#include <string>

namespace bitprism {

/// What a recipe decides for each layer of a model, by name, as far as it is known before a run: an
/// allocation counts where its choices stand in the recipe (`manual`). For worker threads: it
/// parses each layer's parameters.
std::map<std::string, ResolvedLayer> resolvedByName(const Recipe &recipe, const ModelInfo &model);

} // namespace bitprism
