// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace bitprism::tokenize {

/// A file's stages must not blow a text up: throws BadInput once `after` bytes exceed 64 times
/// `before` (and 1 MiB, for short texts).
void checkGrowth(std::size_t before, std::size_t after, std::string_view where);

/// A text that a stage inserts, possibly many times: at most 256 bytes.
std::string readInsertedText(const JsonNode &node);

} // namespace bitprism::tokenize
