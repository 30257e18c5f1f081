// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/settings.h"

#include "core/recipe/recipe_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::string_view sections = "seed, calibration, transforms, allocation, weights, "
                                      "activations, kv_cache, overrides, evaluation";

Json valueOf(const Setting &setting) { return Json::parse(setting.value); }

[[noreturn]] void failUnknown(const Setting &setting)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "--set: there is no \"%1\" in a recipe; it has: %2."),
                setting.section.empty() ? setting.key : setting.section, sections);
}

/// `transforms.smoothquant.alpha=0.6`: the key names the transform first.
void applyToTransforms(Recipe &recipe, const Setting &setting)
{
    const std::size_t dot = setting.key.find('.');
    if (dot == std::string::npos) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "--set transforms.%1: write transforms.ID.KEY=VALUE."),
                    setting.key);
    }
    const std::string id = setting.key.substr(0, dot);
    auto found = std::find_if(recipe.transforms.begin(), recipe.transforms.end(),
                              [&](const ComponentChoice &choice) { return choice.id == id; });
    if (found == recipe.transforms.end()) {
        found = recipe.transforms.insert(found, {id, "{}"});
    }
    applyParameter(*found, Kind::transform,
                   {"transforms", setting.key.substr(dot + 1), setting.value});
}

void applyToCalibration(Recipe &recipe, const Setting &setting)
{
    const bool changesSampler = setting.key == "sampler" || setting.key == "id";
    if (changesSampler) {
        applyParameter(recipe.calibration.sampler, Kind::sampler, {"", "id", setting.value});
        return;
    }
    Json json = recipe.toJson();
    json["calibration"][setting.key] = valueOf(setting);
    recipe = Recipe::fromJson(json, "--set");
}

/// `weights={...}`, `weights=gptq`, `seed=3`: a whole section at once.
void applyWhole(Recipe &recipe, const Setting &setting)
{
    const std::string known = ", " + std::string(sections) + ",";
    if (known.find(", " + setting.key + ",") == std::string::npos) {
        failUnknown(setting);
    }
    const Json value = valueOf(setting);
    const bool isComponent = setting.key == "weights" || setting.key == "activations"
        || setting.key == "allocation" || setting.key == "calibration" || setting.key == "kv_cache";
    if (isComponent && value.is_string()) {
        applySetting(recipe, setting.key + ".id=" + value.get<std::string>());
        return;
    }
    Json json = recipe.toJson();
    json[setting.key] = value;
    recipe = Recipe::fromJson(json, "--set");
}

void apply(Recipe &recipe, const Setting &setting)
{
    if (setting.section.empty()) {
        applyWhole(recipe, setting);
    } else if (setting.section == "weights") {
        applyParameter(recipe.weights, Kind::weights, setting);
    } else if (setting.section == "activations") {
        applyParameter(recipe.activations, Kind::activations, setting);
    } else if (setting.section == "kv_cache") {
        applyParameter(recipe.kvCache, Kind::kv_cache, setting);
    } else if (setting.section == "calibration") {
        applyToCalibration(recipe, setting);
    } else if (setting.section == "transforms") {
        applyToTransforms(recipe, setting);
    } else if (setting.section == "allocation") {
        const bool removes = setting.key == "id" && setting.value == "\"none\"";
        if (removes) {
            recipe.allocation.reset();
            return;
        }
        if (!recipe.allocation && setting.key != "id") {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "--set allocation.%1: the recipe has no allocation; set "
                                    "allocation.id too."),
                        setting.key);
        }
        ComponentChoice choice = recipe.allocation.value_or(ComponentChoice{});
        applyParameter(choice, Kind::allocator, setting);
        recipe.allocation = choice;
    } else {
        failUnknown(setting);
    }
}

bool changesId(const Setting &setting)
{
    return setting.key == "id" || setting.key == "sampler" || setting.section.empty();
}

/// Whether a component takes this one parameter; another one of the same name may mean something
/// else by it.
bool accepts(Kind kind, const std::string &id, const std::string &key, const Json &value)
{
    if (!recipe_json::hasParameter(kind, id, key)) {
        return false;
    }
    try {
        normalized({id, Json{{key, value}}.dump()}, kind, "");
        return true;
    } catch (const Error &) {
        return false;
    }
}

} // namespace

Setting Setting::parse(std::string_view text)
{
    const std::size_t equals = text.find('=');
    const std::string_view path = text.substr(0, std::min(equals, text.size()));
    const std::size_t dot = path.find('.');
    Setting setting;
    setting.section = dot == std::string_view::npos ? "" : path.substr(0, dot);
    setting.key = dot == std::string_view::npos ? path : path.substr(dot + 1);
    if (equals == std::string_view::npos || setting.key.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "--set %1: write SECTION.KEY=VALUE, as in "
                                "weights.group_size=32."),
                    text);
    }
    const std::string value(text.substr(equals + 1));
    Json parsed = Json::parse(value, nullptr, false);
    if (parsed.is_discarded()) {
        parsed = value;
    }
    setting.value = parsed.dump(-1, ' ', false, Json::error_handler_t::replace);
    return setting;
}

ComponentChoice normalized(const ComponentChoice &choice, Kind kind, std::string_view where)
{
    if (!recipe_json::isRegistered(kind)) {
        return choice;
    }
    Json result = Json::object();
    Registry::instance()
        .require(kind, choice.id, where)
        .normalize(choice.parameters(), where, result);
    return {choice.id, result.dump()};
}

void applyParameter(ComponentChoice &choice, Kind kind, const Setting &setting)
{
    const std::string where = "--set " + std::string(kindName(kind));
    Json params = choice.parameters();
    const Json value = valueOf(setting);
    if (setting.key == "id") {
        if (!value.is_string()) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"id\" must be a name."),
                        where);
        }
        const std::string id = value.get<std::string>();
        if (recipe_json::isRegistered(kind)) {
            Registry::instance().require(kind, id, where);
        }
        Json kept = Json::object();
        for (const auto &[key, parameter] : params.items()) {
            const bool known = recipe_json::isRegistered(kind) ? accepts(kind, id, key, parameter)
                                                               : key == "bits" || id == choice.id;
            if (known) {
                kept[key] = parameter;
            }
        }
        choice = {id, kept.dump()};
    } else {
        params[setting.key] = value;
        choice.params = params.dump();
    }
    normalized(choice, kind, where);
}

void applySettings(Recipe &recipe, std::span<const std::string> settings)
{
    std::vector<Setting> parsed;
    for (const std::string &text : settings) {
        parsed.push_back(Setting::parse(text));
    }
    std::stable_partition(parsed.begin(), parsed.end(), changesId);
    for (const Setting &setting : parsed) {
        apply(recipe, setting);
    }
    recipe_json::checkComponents(recipe, "recipe", false);
}

void applySetting(Recipe &recipe, std::string_view setting)
{
    const std::string text(setting);
    applySettings(recipe, {&text, 1});
}

} // namespace bitprism
