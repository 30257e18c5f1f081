// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/resolve.h"

#include "core/recipe/recipe_json.h"
#include "core/results/stored_width.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

namespace {

constexpr const char *bitsKey = "bits";

std::optional<int> bitsIn(const std::string &params)
{
    const Json json = Json::parse(params);
    const auto found = json.find(bitsKey);
    return found != json.end() && found->is_number_integer() ? std::optional<int>(found->get<int>())
                                                             : std::nullopt;
}

/// One layer of a manual allocation.
struct ManualFields
{
    int bits = 1;
    double ratio = 0;

    void visit(ParamVisitor &v)
    {
        v.integer(bitsKey, bits, {1, 16}, {});
        v.real("ratio", ratio, {0, 1}, {});
    }
};

/// What the overrides that match say together, later ones first in rank.
struct Exceptions
{
    std::optional<bool> skip;
    std::optional<int> bits;
    std::optional<double> ratio;
    ComponentChoice weights;
    bool namesTheLayer = false; ///< one without a wildcard that sets something
};

Exceptions exceptionsFor(const Recipe &recipe, const std::string &name)
{
    Exceptions result;
    result.weights = recipe.weights;
    for (const LayerOverride &layerOverride : recipe.overrides) {
        if (!globMatches(layerOverride.match, name)) {
            continue;
        }
        const bool setsWeights = layerOverride.weights != "{}";
        const std::optional<int> bits
            = layerOverride.bits ? layerOverride.bits : bitsIn(layerOverride.weights);
        result.weights = recipe_json::overridden(result.weights, layerOverride);
        result.bits = bits ? bits : result.bits;
        result.skip = layerOverride.skip ? layerOverride.skip : result.skip;
        result.ratio = layerOverride.ratio ? layerOverride.ratio : result.ratio;
        const bool sets = setsWeights || bits || layerOverride.ratio;
        const bool isExact = layerOverride.match.find_first_of("*?") == std::string::npos;
        result.namesTheLayer = result.namesTheLayer || (sets && isExact);
    }
    return result;
}

/// The width a component has by default; 0 where nothing is known of it.
int defaultBits(const std::string &id)
{
    const ComponentEntry *entry = Registry::instance().find(Kind::weights, id);
    for (const ParamInfo &parameter :
         entry == nullptr ? std::vector<ParamInfo>() : entry->info().parameters) {
        if (parameter.key == bitsKey) {
            return Json::parse(parameter.defaultValue).get<int>();
        }
    }
    return 0;
}

void flatten(const Json &json, const std::string &prefix,
             std::map<std::string, std::string> &leaves)
{
    if (!json.is_structured() || json.empty()) {
        leaves[prefix] = json.dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    const std::string start = prefix.empty() ? "" : prefix + ".";
    if (json.is_array()) {
        for (std::size_t i = 0; i < json.size(); ++i) {
            flatten(json[i], start + std::to_string(i), leaves);
        }
        return;
    }
    for (const auto &[key, value] : json.items()) {
        flatten(value, start + key, leaves);
    }
}

bool isEmptyList(const std::string &text) { return text == "[]" || text == "{}"; }

/// The choices a recipe's allocation makes without measuring anything.
std::vector<LayerChoice> allocatedChoices(const Recipe &recipe, const ModelInfo &model,
                                          const std::string &where)
{
    if (!recipe.allocation) {
        return {};
    }
    if (recipe.allocation->id != "manual") {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: \"%2\" decides by a sensitivity run; solve it with `allocate` "
                                "and run the recipe it writes."),
                    where, recipe.allocation->id);
    }
    std::vector<LayerChoice> choices = manualChoices(*recipe.allocation, where);
    for (const LayerChoice &choice : choices) {
        if (model.findLayer(choice.layer) == nullptr) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: %2 has no layer \"%3\"; the allocation was made for "
                                    "another model."),
                        where, model.path, choice.layer);
        }
    }
    return choices;
}

} // namespace

ResolvedLayer resolveLayer(const Recipe &recipe, const LayerInfo &layer,
                           const LayerChoice *allocated)
{
    const Exceptions exceptions = exceptionsFor(recipe, layer.name);
    ResolvedLayer result;
    result.weights = exceptions.weights;
    const bool skippedByDefault = !isQuantizedByDefault(layer) && !exceptions.namesTheLayer;
    result.skip = !layer.quantizable || exceptions.skip.value_or(skippedByDefault);
    const bool knowsBits = recipe_json::hasParameter(Kind::weights, result.weights.id, bitsKey);
    if (exceptions.bits) {
        result.bits = *exceptions.bits;
    } else if (allocated != nullptr && allocated->bits > 0) {
        result.bits = allocated->bits;
    } else if (knowsBits) {
        const std::optional<int> given = bitsIn(recipe.weights.params);
        result.bits = given ? *given : defaultBits(result.weights.id);
    }
    if (exceptions.ratio) {
        result.ratio = exceptions.ratio;
    } else if (allocated != nullptr) {
        result.ratio = allocated->ratio;
    }
    if (knowsBits && result.bits > 0) {
        Json params = result.weights.parameters();
        params[bitsKey] = result.bits;
        result.weights.params = params.dump();
    }
    return result;
}

std::vector<ResolvedLayer> resolveLayers(const Recipe &recipe, const ModelInfo &model,
                                         std::span<const LayerChoice> allocation)
{
    std::map<std::string_view, const LayerChoice *> byName;
    for (const LayerChoice &choice : allocation) {
        byName[choice.layer] = &choice;
    }
    std::vector<ResolvedLayer> resolved;
    for (const LayerInfo &layer : model.layers) {
        const auto found = byName.find(layer.name);
        resolved.push_back(
            resolveLayer(recipe, layer, found == byName.end() ? nullptr : found->second));
    }
    return resolved;
}

std::vector<ResolvedLayer> resolveForRun(const Recipe &recipe, const ModelInfo &model,
                                         std::string_view where)
{
    const std::vector<LayerChoice> choices
        = allocatedChoices(recipe, model, std::string(where) + ": allocation");
    std::vector<ResolvedLayer> resolved = resolveLayers(recipe, model, choices);
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        const ResolvedLayer &layer = resolved[i];
        if (!layer.skip && layer.ratio.value_or(0) > 0
            && !recipe_json::hasParameter(Kind::weights, layer.weights.id, "ratio")) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: layer %2: %3 keeps no high-impact weights, so it takes no "
                                    "ratio; remove the ratio or choose another quantizer."),
                        where, model.layers[i].name, layer.weights.id);
        }
    }
    return resolved;
}

ComponentChoice manualAllocation(std::span<const LayerChoice> layers)
{
    Json list = Json::object();
    for (const LayerChoice &choice : layers) {
        list[choice.layer] = {{bitsKey, choice.bits}};
        if (choice.ratio) {
            list[choice.layer]["ratio"] = *choice.ratio;
        }
    }
    return {"manual", Json{{"layers", list}}.dump()};
}

std::vector<LayerChoice> manualChoices(const ComponentChoice &allocation, std::string_view where)
{
    const Json params = allocation.parameters();
    const Json list = params.value("layers", Json::object());
    if (!list.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"layers\" must be an object of layers by name."),
                    where);
    }
    std::vector<LayerChoice> choices;
    for (const auto &[name, entry] : list.items()) {
        const std::string place = std::string(where) + ": " + name;
        const auto fields = params::read<ManualFields>(entry, place);
        if (!entry.contains(bitsKey) || entry.contains("id")) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: write {\"bits\": N}, with \"ratio\" if need be."),
                        place);
        }
        const bool hasRatio = entry.contains("ratio");
        choices.push_back(
            {name, fields.bits, hasRatio ? std::optional<double>(fields.ratio) : std::nullopt});
    }
    return choices;
}

std::vector<RecipeChange> recipeDifferences(const Recipe &before, const Recipe &after)
{
    std::map<std::string, std::string> first;
    std::map<std::string, std::string> second;
    flatten(before.toJson(), "", first);
    flatten(after.toJson(), "", second);
    std::map<std::string, RecipeChange> changes;
    for (const auto &[key, value] : first) {
        const auto found = second.find(key);
        const std::string other = found == second.end() ? "" : found->second;
        if (other != value && !(isEmptyList(value) && other.empty())) {
            changes[key] = {key, value, other};
        }
    }
    for (const auto &[key, value] : second) {
        // An empty list that became a filled one shows as the filled one's keys.
        if (!first.contains(key) && !isEmptyList(value)) {
            changes[key] = {key, "", value};
        }
    }
    std::vector<RecipeChange> result;
    for (auto &[key, change] : changes) {
        result.push_back(std::move(change));
    }
    return result;
}

} // namespace bitprism
