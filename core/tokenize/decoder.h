// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"

#include <functional>
#include <string>
#include <vector>

namespace bitprism::tokenize {

/// Rewrites the spellings of tokens until they can be joined to a text. Thread-safe.
using Decoder = std::function<void(std::vector<std::string> &tokens)>;

/// From the key "decoder": ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, WordPiece,
/// BPEDecoder, Sequence. Throws BadInput for any other.
Decoder readDecoder(const JsonNode &node);

} // namespace bitprism::tokenize
