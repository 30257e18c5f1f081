// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/settings.h"

#include "core/recipe/recipe_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

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

/// What messages call a component of this kind: by the section that it is set in.
std::string whereOf(Kind kind)
{
    return kind == Kind::transform ? "--set transforms"
        : kind == Kind::allocator  ? "--set allocation"
        : kind == Kind::sampler    ? "--set calibration"
                                   : "--set " + std::string(kindName(kind));
}

/// Whether a component takes this one parameter; another one of the same name may mean something
/// else by it, or not go with the component's other defaults.
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

/// Whether the component reads this parameter, by its name of today or an older one.
bool reads(const ComponentEntry &entry, const std::string &key, const Json &value)
{
    const std::vector<ParamInfo> known = entry.info().parameters;
    if (std::any_of(known.begin(), known.end(),
                    [&](const ParamInfo &parameter) { return parameter.key == key; })) {
        return true; // its value may want others beside it
    }
    try {
        Json ignored = Json::object();
        entry.normalize(Json{{key, value}}, "", ignored);
        return true;
    } catch (const Error &) {
        return false;
    }
}

/// "weights high-impact-mixed", of a recipe's components; empty for a key that many take.
std::string ownersOf(const std::string &key, const Json &value)
{
    constexpr int most = 3;
    std::string owners;
    int count = 0;
    for (const ComponentInfo &component : Registry::instance().components()) {
        const ComponentEntry *entry = Registry::instance().find(component.kind, component.id);
        if (component.kind <= Kind::kv_cache && reads(*entry, key, value)) {
            owners += (count++ == 0 ? "" : ", ") + std::string(kindName(component.kind)) + " "
                + component.id;
        }
    }
    return count <= most ? owners : std::string();
}

/// A key that this component does not know and another one does: it is not misspelt, but stands in
/// the wrong place.
void refuseKeysOfOthers(const ComponentEntry &entry, const Json &parameters, std::string_view where)
{
    for (const auto &[key, value] : parameters.items()) {
        const std::string owners = reads(entry, key, value) ? std::string() : ownersOf(key, value);
        if (owners.empty()) {
            continue;
        }
        std::string keys;
        for (const ParamInfo &parameter : entry.info().parameters) {
            keys += (keys.empty() ? "" : ", ") + parameter.key;
        }
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: unknown key \"%2\"; it takes: %3. \"%2\" is a parameter of "
                                "%4."),
                    where, key, keys.empty() ? std::string("no parameters") : keys, owners);
    }
}

void changeId(ComponentChoice &choice, Kind kind, const Json &value, std::string_view where)
{
    if (!value.is_string()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"id\" must be a name."), where);
    }
    const std::string id = value.get<std::string>();
    const bool isKnown = recipe_json::isRegistered(kind);
    if (isKnown) {
        Registry::instance().require(kind, id, where);
    }
    const Json params = choice.parameters();
    Json kept = Json::object();
    for (const auto &[key, parameter] : params.items()) {
        if (isKnown ? accepts(kind, id, key, parameter) : key == "bits" || id == choice.id) {
            kept[key] = parameter;
        }
    }
    choice = {id, kept.dump()};
}

/// Without a look at whether the parameters go together: settings that follow may mend that.
void setParameter(ComponentChoice &choice, Kind kind, const Setting &setting)
{
    if (setting.key == "id") {
        changeId(choice, kind, valueOf(setting), whereOf(kind));
        return;
    }
    Json params = choice.parameters();
    params[setting.key] = valueOf(setting);
    choice.params = params.dump();
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
    setParameter(*found, Kind::transform,
                 {"transforms", setting.key.substr(dot + 1), setting.value});
}

void applyToCalibration(Recipe &recipe, const Setting &setting)
{
    const bool changesSampler = setting.key == "sampler" || setting.key == "id";
    if (changesSampler) {
        setParameter(recipe.calibration.sampler, Kind::sampler, {"", "id", setting.value});
        return;
    }
    // This section alone: settings of others that follow may mend what does not go together yet.
    Json json
        = {{"version", Recipe::currentVersion}, {"calibration", recipe.toJson()["calibration"]}};
    json["calibration"][setting.key] = valueOf(setting);
    recipe.calibration = Recipe::fromJson(json, "--set").calibration;
}

/// `gamma-migration,hadamard-rotation` is the list of transforms with these names, and `none` the
/// empty one; anything else is as it is.
Json listOfTransforms(const Json &value)
{
    if (!value.is_string()) {
        return value;
    }
    Json list = Json::array();
    std::istringstream names(value.get<std::string>());
    for (std::string name; std::getline(names, name, ',');) {
        const std::size_t first = name.find_first_not_of(' ');
        const std::size_t last = name.find_last_not_of(' ');
        const std::string id
            = first == std::string::npos ? "" : name.substr(first, last + 1 - first);
        if (id.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "--set transforms: \"%1\" names an empty transform; write "
                                    "names with commas between them, or none."),
                        value.get<std::string>());
        }
        list.push_back({{"id", id}});
    }
    const bool isNone = list.size() == 1 && list[0]["id"] == "none";
    return isNone || list.empty() ? Json::array() : list;
}

void apply(Recipe &recipe, const Setting &setting);

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
        apply(recipe, {setting.key, "id", setting.value});
        return;
    }
    Json json = recipe.toJson();
    json[setting.key] = setting.key == "transforms" ? listOfTransforms(value) : value;
    recipe = Recipe::fromJson(json, "--set");
}

void apply(Recipe &recipe, const Setting &setting)
{
    if (setting.section.empty()) {
        applyWhole(recipe, setting);
    } else if (setting.section == "weights") {
        setParameter(recipe.weights, Kind::weights, setting);
    } else if (setting.section == "activations") {
        setParameter(recipe.activations, Kind::activations, setting);
    } else if (setting.section == "kv_cache") {
        setParameter(recipe.kvCache, Kind::kv_cache, setting);
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
        setParameter(choice, Kind::allocator, setting);
        recipe.allocation = choice;
    } else {
        failUnknown(setting);
    }
}

bool changesId(const Setting &setting)
{
    return setting.key == "id" || setting.key == "sampler" || setting.section.empty();
}

/// Once all are set: two that only go together may come in any order.
void checkParameters(const Recipe &recipe)
{
    for (const ComponentChoice &transform : recipe.transforms) {
        normalized(transform, Kind::transform, whereOf(Kind::transform));
    }
    if (recipe.allocation) {
        normalized(*recipe.allocation, Kind::allocator, whereOf(Kind::allocator));
    }
    normalized(recipe.weights, Kind::weights, whereOf(Kind::weights));
    normalized(recipe.activations, Kind::activations, whereOf(Kind::activations));
    normalized(recipe.kvCache, Kind::kv_cache, whereOf(Kind::kv_cache));
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
    const ComponentEntry &entry = Registry::instance().require(kind, choice.id, where);
    refuseKeysOfOthers(entry, choice.parameters(), where);
    entry.normalize(choice.parameters(), where, result);
    return {choice.id, result.dump()};
}

void applyParameters(ComponentChoice &choice, Kind kind, std::span<const Setting> settings)
{
    for (const Setting &setting : settings) {
        setParameter(choice, kind, setting);
    }
    normalized(choice, kind, "--set " + std::string(kindName(kind))); // no recipe's section
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
    checkParameters(recipe);
    recipe_json::checkComponents(recipe, "recipe", false);
}

} // namespace bitprism
