// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <span>

namespace bitprism {

/// One `--set SECTION.KEY=VALUE` (or KEY=VALUE for a key at the top).
struct Setting
{
    std::string section; ///< "weights"; empty for a key at the top
    std::string key; ///< "group_size"
    std::string value; ///< JSON text; what does not parse as JSON is taken as a string

    /// Throws BadInput for a text without `=` or without a key.
    static Setting parse(std::string_view text);
};

/// Applies `--set` texts to a recipe: `seed=3`, `weights.group_size=32`, `calibration.length=256`,
/// `allocation.id=uniform`, `activations.id=none`, `transforms.smoothquant.alpha=0.6` (adds the
/// transform if it is not there), or a whole section as JSON (`overrides=[...]`). Ids are applied
/// first, whatever the order; changing an id drops the parameters the new component does not know
/// (all but `bits` while its kind is not registered). Unknown sections and keys, and values out of
/// range, are BadInput; parameters are checked together, behind the last setting. Call it once the
/// engine is loaded, so that parameters are checked.
void applySettings(Recipe &recipe, std::span<const std::string> settings);

/// Applies settings' keys to one component outside a recipe (`quantizer.group_size=32` in
/// sensitivity, `allocator.ratio=0.1`): `id` changes the component as above.
void applyParameters(ComponentChoice &choice, Kind kind, std::span<const Setting> settings);

/// The parameters checked against the registry, defaults filled in; unchanged while no component
/// of the kind is registered. Throws BadInput for an unknown id.
ComponentChoice normalized(const ComponentChoice &choice, Kind kind, std::string_view where);

} // namespace bitprism
