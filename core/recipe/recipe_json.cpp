// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe_json.h"

#include "core/recipe/settings.h"

#include <algorithm>

namespace bitprism {

namespace recipe_json {

namespace {

constexpr std::int64_t maxSamples = 1000000;
constexpr std::int64_t maxLength = 1048576;
constexpr std::int64_t maxBits = 16;

struct RecipeFields
{
    std::int64_t version = 1; // of a recipe that names none, whatever the newest is by then
    std::int64_t seed = 0;
    Json calibration = Json::object();
    Json transforms = Json::array();
    Json allocation;
    Json weights;
    Json activations;
    Json kvCache;
    Json overrides = Json::array();
    Json evaluation = Json::array();

    void visit(ParamVisitor &v)
    {
        v.integer("version", version, {1, INT32_MAX}, {});
        v.integer("seed", seed, {0, INT64_MAX}, {});
        v.json("calibration", calibration, {});
        v.json("transforms", transforms, {});
        v.json("allocation", allocation, {});
        v.json("weights", weights, {});
        v.json("activations", activations, {});
        v.json("kv_cache", kvCache, {});
        v.json("overrides", overrides, {});
        v.json("evaluation", evaluation, {});
    }
};

struct SampleFields
{
    int samples = CalibrationChoice().samples;
    int length = CalibrationChoice().length;

    void visit(ParamVisitor &v)
    {
        v.integer("samples", samples, {1, maxSamples}, {});
        v.integer("length", length, {1, maxLength}, {});
    }
};

struct OverrideFields
{
    std::string match;
    bool skip = false;
    int bits = 1;
    double ratio = 0;
    Json weights = Json::object();

    void visit(ParamVisitor &v)
    {
        v.path("match", match, {});
        v.flag("skip", skip, {});
        v.integer("bits", bits, {1, maxBits}, {});
        v.real("ratio", ratio, {0, 1}, {});
        v.json("weights", weights, {});
    }
};

/// params::read() leaves "id" to the registry; here it is a key like any other, and unknown.
void refuseId(const Json &json, std::string_view where)
{
    if (json.is_object() && json.contains("id")) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: unknown key \"id\"."), where);
    }
}

template <typename Fields> Fields readFields(const Json &json, std::string_view where)
{
    refuseId(json, where);
    return params::read<Fields>(json, where);
}

const Json &requireArray(const Json &json, const char *key, std::string_view where)
{
    if (!json.is_array()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"%2\" must be a list."), where,
                    key);
    }
    return json;
}

std::string at(std::string_view where, const char *key) { return std::string(where) + ": " + key; }

std::string at(std::string_view where, const char *key, std::size_t index)
{
    return at(where, key) + "[" + std::to_string(index) + "]";
}

CalibrationChoice calibrationFrom(const Json &json, std::string_view where)
{
    CalibrationChoice calibration;
    if (!json.is_object()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: must be an object."), where);
    }
    refuseId(json, where);
    Json rest = json;
    rest.emplace("sampler", calibration.sampler.id);
    Json sizes = Json::object();
    for (const char *key : {"samples", "length"}) {
        if (rest.contains(key)) {
            sizes[key] = rest[key];
            rest.erase(key);
        }
    }
    const auto fields = readFields<SampleFields>(sizes, where);
    calibration.samples = fields.samples;
    calibration.length = fields.length;
    calibration.sampler = choiceFrom(rest, "sampler", where);
    return calibration;
}

LayerOverride overrideFrom(const Json &json, std::string_view where)
{
    const auto fields = readFields<OverrideFields>(json, where);
    if (fields.match.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: \"match\" is missing: the layers' names, with * and ? "
                                "for any text and character."),
                    where);
    }
    if (!fields.weights.is_object()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"weights\" must be an object."),
                    where);
    }
    if (json.contains("bits") && fields.weights.contains("bits")) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: \"bits\" stands twice; keep one of bits and "
                                "weights.bits."),
                    where);
    }
    LayerOverride result;
    result.match = fields.match;
    result.weights = fields.weights.dump();
    if (json.contains("skip")) {
        result.skip = fields.skip;
    }
    if (json.contains("bits")) {
        result.bits = fields.bits;
    }
    if (json.contains("ratio")) {
        result.ratio = fields.ratio;
    }
    return result;
}

EvaluationChoice evaluationFrom(const Json &json, std::string_view where)
{
    EvaluationChoice evaluation;
    Json rest = json;
    if (json.is_object() && json.contains("data")) {
        if (!json["data"].is_string()) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"data\" must be a path."),
                        where);
        }
        evaluation.data = json["data"].get<std::string>();
        rest.erase("data");
    }
    evaluation.task = choiceFrom(rest, "task", where);
    return evaluation;
}

Json overrideToJson(const LayerOverride &layerOverride)
{
    Json json{{"match", layerOverride.match}};
    if (layerOverride.skip) {
        json["skip"] = *layerOverride.skip;
    }
    if (layerOverride.bits) {
        json["bits"] = *layerOverride.bits;
    }
    if (layerOverride.ratio) {
        json["ratio"] = *layerOverride.ratio;
    }
    if (layerOverride.weights != "{}") {
        json["weights"] = Json::parse(layerOverride.weights);
    }
    return json;
}

/// A recipe is read again elsewhere, where a relative path would name another file.
ComponentChoice withAbsolutePaths(ComponentChoice choice, Kind kind)
{
    const ComponentEntry *entry = Registry::instance().find(kind, choice.id);
    if (entry == nullptr) {
        return choice;
    }
    Json params = choice.parameters();
    for (const ParamInfo &parameter : entry->info().parameters) {
        const auto value = params.find(parameter.key);
        if (parameter.type == "path" && value != params.end() && *value != "") {
            *value
                = std::filesystem::absolute(value->get<std::string>()).lexically_normal().string();
        }
    }
    choice.params = params.dump();
    return choice;
}

void checkChoice(ComponentChoice &choice, Kind kind, std::string_view where, bool fills)
{
    ComponentChoice checked = normalized(choice, kind, where);
    if (fills) {
        choice = withAbsolutePaths(std::move(checked), kind);
    }
}

/// samples and length may be the sampler's parameters too; they stay the recipe's.
void checkSampler(CalibrationChoice &calibration, std::string_view where, bool fills)
{
    ComponentChoice full{calibration.sampler.id, calibration.samplerParameters().dump()};
    full = normalized(full, Kind::sampler, where);
    if (fills && isRegistered(Kind::sampler)) {
        Json params = full.parameters();
        params.erase("samples");
        params.erase("length");
        calibration.sampler.params = params.dump();
    }
}

} // namespace

bool isRegistered(Kind kind) { return !Registry::instance().ids(kind).empty(); }

bool hasParameter(Kind kind, const std::string &id, std::string_view key)
{
    if (!isRegistered(kind)) {
        return true;
    }
    const ComponentEntry *entry = Registry::instance().find(kind, id);
    if (entry == nullptr) {
        return false;
    }
    const std::vector<ParamInfo> parameters = entry->info().parameters;
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const ParamInfo &parameter) { return parameter.key == key; });
}

ComponentChoice choiceFrom(const Json &json, const char *idKey, std::string_view where)
{
    if (!json.is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: must be an object with \"%2\" and parameters."),
                    where, idKey);
    }
    const auto id = json.find(idKey);
    if (id == json.end()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: \"%2\" is missing; it names a component, and `methods` lists "
                                "them."),
                    where, idKey);
    }
    if (!id->is_string() || id->get_ref<const std::string &>().empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"%2\" must name a component; `methods` lists them."),
                    where, idKey);
    }
    Json rest = json;
    rest.erase(idKey);
    return {id->get<std::string>(), rest.dump()};
}

ComponentChoice overridden(const ComponentChoice &weights, const LayerOverride &layerOverride)
{
    Json differing = Json::parse(layerOverride.weights);
    ComponentChoice result = weights;
    if (differing.contains("id")) {
        result = choiceFrom(differing, "id", "recipe: overrides: " + layerOverride.match);
        if (result.id != weights.id) {
            return result; // another method's parameters say nothing about this one
        }
        differing.erase("id");
        result = weights;
    }
    Json params = result.parameters();
    params.update(differing);
    result.params = params.dump();
    return result;
}

void checkComponents(Recipe &recipe, std::string_view where, bool fills)
{
    checkSampler(recipe.calibration, at(where, "calibration"), fills);
    for (std::size_t i = 0; i < recipe.transforms.size(); ++i) {
        checkChoice(recipe.transforms[i], Kind::transform, at(where, "transforms", i), fills);
    }
    if (recipe.allocation) {
        checkChoice(*recipe.allocation, Kind::allocator, at(where, "allocation"), fills);
    }
    for (std::size_t i = 0; i < recipe.overrides.size(); ++i) {
        // Against the weights as they were given: with defaults filled in, nothing changes.
        ComponentChoice merged = overridden(recipe.weights, recipe.overrides[i]);
        checkChoice(merged, Kind::weights, at(where, "overrides", i), false);
    }
    checkChoice(recipe.weights, Kind::weights, at(where, "weights"), fills);
    checkChoice(recipe.activations, Kind::activations, at(where, "activations"), fills);
    checkChoice(recipe.kvCache, Kind::kv_cache, at(where, "kv_cache"), fills);
    for (std::size_t i = 0; i < recipe.evaluation.size(); ++i) {
        checkChoice(recipe.evaluation[i].task, Kind::metric, at(where, "evaluation", i), fills);
    }
}

} // namespace recipe_json

Recipe Recipe::fromJson(const Json &json, std::string_view where)
{
    using namespace recipe_json;
    const auto fields = readFields<RecipeFields>(json, where);
    if (fields.version > currentVersion) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: \"version\" is %2, this program reads up to %3; update "
                                "Bitprism."),
                    where, fields.version, currentVersion);
    }
    Recipe recipe;
    recipe.seed = static_cast<std::uint64_t>(fields.seed);
    recipe.calibration = calibrationFrom(fields.calibration, at(where, "calibration"));
    requireArray(fields.transforms, "transforms", where);
    for (std::size_t i = 0; i < fields.transforms.size(); ++i) {
        recipe.transforms.push_back(
            choiceFrom(fields.transforms[i], "id", at(where, "transforms", i)));
    }
    if (!fields.allocation.is_null()) {
        recipe.allocation = choiceFrom(fields.allocation, "id", at(where, "allocation"));
    }
    if (!fields.weights.is_null()) {
        recipe.weights = choiceFrom(fields.weights, "id", at(where, "weights"));
    }
    if (!fields.activations.is_null()) {
        recipe.activations = choiceFrom(fields.activations, "id", at(where, "activations"));
    }
    if (!fields.kvCache.is_null()) {
        recipe.kvCache = choiceFrom(fields.kvCache, "id", at(where, "kv_cache"));
    }
    requireArray(fields.overrides, "overrides", where);
    for (std::size_t i = 0; i < fields.overrides.size(); ++i) {
        recipe.overrides.push_back(overrideFrom(fields.overrides[i], at(where, "overrides", i)));
    }
    requireArray(fields.evaluation, "evaluation", where);
    for (std::size_t i = 0; i < fields.evaluation.size(); ++i) {
        recipe.evaluation.push_back(
            evaluationFrom(fields.evaluation[i], at(where, "evaluation", i)));
    }
    checkComponents(recipe, where, false);
    return recipe;
}

Json Recipe::toJson() const
{
    using namespace recipe_json;
    Json sampler = Json::parse(calibration.sampler.params);
    sampler["sampler"] = calibration.sampler.id;
    sampler["samples"] = calibration.samples;
    sampler["length"] = calibration.length;
    Json json{{"version", currentVersion},   {"seed", seed},
              {"calibration", sampler},      {"transforms", Json::array()},
              {"weights", weights.toJson()}, {"activations", activations.toJson()},
              {"overrides", Json::array()},  {"evaluation", Json::array()}};
    if (allocation) {
        json["allocation"] = allocation->toJson();
    }
    if (kvCache.id != Recipe().kvCache.id) { // recipes without one stay the text they were
        json["kv_cache"] = kvCache.toJson();
    }
    for (const ComponentChoice &transform : transforms) {
        json["transforms"].push_back(transform.toJson());
    }
    for (const LayerOverride &layerOverride : overrides) {
        json["overrides"].push_back(overrideToJson(layerOverride));
    }
    for (const EvaluationChoice &choice : evaluation) {
        Json entry = Json::parse(choice.task.params);
        entry["task"] = choice.task.id;
        entry["data"] = choice.data;
        json["evaluation"].push_back(entry);
    }
    return json;
}

} // namespace bitprism
