// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <string>
#include <vector>

namespace bitprism {

/// One line for each parameter that a validated recipe sets to something else than its default
/// though another parameter of the same component puts it out of force, as in
/// "activations.kept = 0.9 has no effect: activations.search is true".
std::vector<std::string> idleParameters(const Recipe &recipe);

} // namespace bitprism
