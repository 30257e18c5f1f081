// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/recipe_size.h"

#include "core/recipe/resolve.h"
#include "widgets/jobs/worker.h"

#include <cmath>

namespace bitprism {

ModelInfo modelAfter(const ModelInfo &model, const Recipe &recipe)
{
    ModelInfo after = model;
    errorOf([&] {
        std::vector<LayerChoice> chosen;
        if (recipe.allocation && recipe.allocation->id == "manual") {
            chosen = manualChoices(*recipe.allocation, "recipe");
        }
        const std::vector<ResolvedLayer> resolved = resolveLayers(recipe, model, chosen);
        for (std::size_t i = 0; i < resolved.size(); ++i) {
            LayerInfo &layer = after.layers[i];
            if (resolved[i].skip || resolved[i].bits == 0) {
                continue;
            }
            const double weights
                = static_cast<double>(layer.rows) * static_cast<double>(layer.cols);
            const double saved = weights * (layer.bits - resolved[i].bits) / 8;
            after.bytes -= static_cast<std::int64_t>(std::llround(saved));
            layer.bits = resolved[i].bits;
        }
    });
    return after;
}

} // namespace bitprism
