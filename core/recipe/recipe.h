// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// One component of a recipe with its parameters.
struct ComponentChoice
{
    std::string id;
    std::string params = "{}"; ///< JSON object without "id", keys sorted

    /// The parameters parsed, ready for create<Interface>(id, parameters(), where).
    Json parameters() const;
    /// The parameters with "id", as it stands in a recipe file.
    Json toJson() const;

    bool operator==(const ComponentChoice &) const = default;
};

struct CalibrationChoice
{
    ComponentChoice sampler{"random-windows", "{}"};
    int samples = 128; ///< 1 to 1,000,000
    int length = 2048; ///< tokens, 1 to 1,048,576; jobs cut it to the model's context and say so

    /// What the sampler is created with: its own parameters, and samples and length where the
    /// component has parameters of these names.
    Json samplerParameters() const;

    bool operator==(const CalibrationChoice &) const = default;
};

/// Exceptions for the layers whose name matches.
struct LayerOverride
{
    std::string match; ///< glob over the whole layer name: `*` any text, `?` one character
    std::optional<bool> skip;
    std::optional<int> bits;
    std::optional<double> ratio;
    std::string weights = "{}"; ///< JSON object: parameters that differ; "id" changes the quantizer

    bool operator==(const LayerOverride &) const = default;
};

struct EvaluationChoice
{
    ComponentChoice task; ///< in JSON its id stands under "task"
    std::string data; ///< path of the evaluation data

    bool operator==(const EvaluationChoice &) const = default;
};

/// The full description of a quantization, as a value. A default recipe is
/// the plainest one: rtn at 4 bits in groups of 128, nothing else.
///
/// fromJson() checks everything that can be checked without the engine: unknown keys, types and
/// ranges of the recipe's own keys, and the parameters of components whose kind is registered.
/// Kinds that live in the engine are checked by validate() once it is loaded.
struct Recipe
{
    static constexpr int currentVersion = 1;

    std::uint64_t seed = 0;
    CalibrationChoice calibration;
    std::vector<ComponentChoice> transforms;
    std::optional<ComponentChoice> allocation;
    ComponentChoice weights{"rtn", R"({"bits":4,"group_size":128})"};
    ComponentChoice activations{"none", "{}"};
    ComponentChoice kvCache{"full", "{}"}; ///< in JSON "kv_cache"; not written while it is "full"
    std::vector<LayerOverride> overrides;
    std::vector<EvaluationChoice> evaluation;

    /// Throws BadInput that names the key. `where` names the source in messages: "recipe.json".
    static Recipe fromJson(const Json &json, std::string_view where);
    /// Every key, in a fixed order of keys: equal recipes give equal texts.
    Json toJson() const;
    std::string toText() const { return textOf(*this, -1); }
    /// Indented by two spaces, as files are written.
    std::string toFileText() const { return textOf(*this, 2) + "\n"; }

    /// Checks every component's parameters against the registry and fills in their defaults.
    /// Call it once the engine is loaded; kinds without any registered component are left alone.
    /// "none" stands for no component. Throws BadInput that names component and key.
    void validate(std::string_view where = "recipe");

    bool operator==(const Recipe &) const = default;

private:
    static std::string textOf(const Recipe &recipe, int indent);
};

/// Reads a recipe file; a missing file, a file above 16 MiB, malformed JSON and duplicate keys are
/// BadInput too.
Recipe readRecipe(const std::filesystem::path &file);

/// `*` stands for any text (dots included), `?` for one character; the whole name must match.
bool globMatches(std::string_view pattern, std::string_view name);

} // namespace bitprism
