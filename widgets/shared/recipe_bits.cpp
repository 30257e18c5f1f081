// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/recipe_bits.h"

namespace bitprism {

std::map<std::string, ResolvedLayer> resolvedByName(const Recipe &recipe, const ModelInfo &model)
{
    std::vector<LayerChoice> choices;
    if (recipe.allocation && recipe.allocation->id == "manual") {
        choices = manualChoices(*recipe.allocation, "recipe");
    }
    const std::vector<ResolvedLayer> layers = resolveLayers(recipe, model, choices);
    std::map<std::string, ResolvedLayer> byName;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        byName.emplace(model.layers[i].name, layers[i]);
    }
    return byName;
}

} // namespace bitprism
