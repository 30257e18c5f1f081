// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/idle_parameters.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

std::string wordOf(const Json &value)
{
    return value.is_string() ? value.get<std::string>() : value.dump();
}

void addIdle(Kind kind, const std::string &path, const ComponentChoice &choice,
             std::vector<std::string> &lines)
{
    const ComponentEntry *entry = Registry::instance().find(kind, choice.id);
    if (entry == nullptr) {
        return;
    }
    const Json values = choice.parameters();
    const ComponentInfo info = entry->info();
    for (const ParamInfo &parameter : info.parameters) {
        if (!values.contains(parameter.key) || !values.contains(parameter.enabledKey)) {
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
    return lines;
}

} // namespace bitprism
