// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/recipe_size.h"

#include "core/recipe/resolve.h"
#include "widgets/jobs/worker.h"

#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace bitprism {

namespace {

double bitsOf(const LayerInfo &layer)
{
    return static_cast<double>(layer.rows) * static_cast<double>(layer.cols) * layer.bits;
}

/// In layers' tensors, those that are shared once.
std::int64_t parametersOf(const ModelInfo &model)
{
    std::set<std::pair<std::string_view, double>> counted;
    std::int64_t weights = 0;
    for (const LayerInfo &layer : model.layers) {
        if (counted.emplace(layer.stored(), layer.bits).second) {
            weights += layer.rows * layer.cols;
        }
    }
    return weights;
}

} // namespace

ModelInfo modelAfter(const ModelInfo &model, const Recipe &recipe)
{
    ModelInfo after = model;
    errorOf([&] {
        std::vector<LayerChoice> chosen;
        if (recipe.allocation && recipe.allocation->id == "manual") {
            chosen = manualChoices(*recipe.allocation, "recipe");
        }
        const std::vector<ResolvedLayer> resolved = resolveLayers(recipe, model, chosen);
        std::map<std::string_view, double> given; // what is stored no longer, each tensor once
        std::set<std::string_view> kept; // tensors that a layer still reads as they are
        double taken = 0; // by the codes
        for (std::size_t i = 0; i < resolved.size(); ++i) {
            const LayerInfo &stored = model.layers[i];
            if (resolved[i].skip || resolved[i].bits == 0) {
                kept.insert(stored.stored());
                continue;
            }
            LayerInfo &layer = after.layers[i];
            layer.bits = resolved[i].bits;
            layer.source.clear(); // codes are each layer's own
            given[stored.stored()] = bitsOf(stored);
            taken += bitsOf(layer);
        }
        for (const auto &[tensor, bits] : given) {
            taken -= kept.contains(tensor) ? 0 : bits;
        }
        after.bytes += static_cast<std::int64_t>(std::llround(taken / 8));
        after.parameters += parametersOf(after) - parametersOf(model);
    });
    return after;
}

} // namespace bitprism
