// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"
#include "core/tokenize/pattern.h"

namespace bitprism::tokenize {

/// {"String": "..."} or {"Regex": "..."}: how Split and Replace say what they look for.
Pattern readPattern(const JsonNode &node);

} // namespace bitprism::tokenize
