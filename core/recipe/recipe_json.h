// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <nlohmann/json.hpp>

namespace bitprism::recipe_json {

/// Whether any component of the kind is known: the engine's kinds are only once it is loaded.
bool isRegistered(Kind kind);
/// Whether the component has a parameter of this name; true while its kind is not registered.
bool hasParameter(Kind kind, const std::string &id, std::string_view key);

/// {"id": ..., parameters}; the id stands under `idKey`. Only the shape is checked.
ComponentChoice choiceFrom(const Json &json, const char *idKey, std::string_view where);

/// The quantizer of a recipe with an override's differences, `bits` and `ratio` left aside.
ComponentChoice overridden(const ComponentChoice &weights, const LayerOverride &layerOverride);

/// Checks every component whose kind is registered; fills in defaults if `fills`.
void checkComponents(Recipe &recipe, std::string_view where, bool fills);

} // namespace bitprism::recipe_json
