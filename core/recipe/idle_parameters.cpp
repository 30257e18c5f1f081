// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/idle_parameters.h"

#include "core/recipe/recipe_json.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

std::string wordOf(const Json &value)
{
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// `own`: the parameters to look at, all by default.
void addIdle(Kind kind, const std::string &path, const ComponentChoice &choice,
             std::vector<std::string> &lines, const Json *own = nullptr)
{
    const ComponentEntry *entry = Registry::instance().find(kind, choice.id);
    if (entry == nullptr) {
        return;
    }
    const Json values = choice.parameters();
    const ComponentInfo info = entry->info();
    for (const ParamInfo &parameter : info.parameters) {
        if (!values.contains(parameter.key) || !values.contains(parameter.enabledKey)
            || (own != nullptr && !own->contains(parameter.key))) {
            continue;
        }
        const std::string value = values[parameter.key].dump();
        const std::string ruler = wordOf(values[parameter.enabledKey]);
        if (ruler != parameter.enabledValue && value != parameter.defaultValue) {
            lines.push_back(path + "." + parameter.key + " = " + value + " has no effect: " + path
                            + "." + parameter.enabledKey + " is " + ruler);
        }
    }
}

} // namespace

std::vector<std::string> idleParameters(const Recipe &recipe)
{
    std::vector<std::string> lines;
    addIdle(Kind::sampler, "calibration", recipe.calibration.sampler, lines);
    for (std::size_t i = 0; i < recipe.transforms.size(); ++i) {
        addIdle(Kind::transform, "transforms." + std::to_string(i), recipe.transforms[i], lines);
    }
    if (recipe.allocation) {
        addIdle(Kind::allocator, "allocation", *recipe.allocation, lines);
    }
    addIdle(Kind::weights, "weights", recipe.weights, lines);
    addIdle(Kind::activations, "activations", recipe.activations, lines);
    addIdle(Kind::kv_cache, "kv_cache", recipe.kvCache, lines);
    for (std::size_t i = 0; i < recipe.overrides.size(); ++i) {
        const Json own = Json::parse(recipe.overrides[i].weights);
        addIdle(Kind::weights, "overrides." + std::to_string(i) + ".weights",
                recipe_json::overridden(recipe.weights, recipe.overrides[i]), lines, &own);
    }
    for (std::size_t i = 0; i < recipe.evaluation.size(); ++i) {
        addIdle(Kind::metric, "evaluation." + std::to_string(i), recipe.evaluation[i].task, lines);
    }
    return lines;
}

} // namespace bitprism
