// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"

namespace bitprism::tokenize {

/// Where Metaspace puts a mark before a text that has none.
enum class PrependScheme
{
    Always,
    First, ///< only at the input's beginning, not behind added tokens
    Never
};

/// From "prepend_scheme", or the older "add_prefix_space".
PrependScheme readPrependScheme(const JsonNode &node);

} // namespace bitprism::tokenize
