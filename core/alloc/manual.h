// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/allocation.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>
#include <vector>

namespace bitprism {

/// Reads `{"NAME": {"bits": 3, "ratio": 0.05}, ...}`, the parameter `layers` of the manual
/// allocation; `ratio` may be absent. Throws BadInput, naming the key, for anything else; `where`
/// names the place. Bits are 1 to 8, ratios in [0, 1].
std::vector<LayerChoice> readLayerChoices(const nlohmann::json &layers, std::string_view where);
/// The reverse, for recipes.
nlohmann::json writeLayerChoices(const std::vector<LayerChoice> &choices);

} // namespace bitprism
