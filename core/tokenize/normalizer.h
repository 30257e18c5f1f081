// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"

#include <functional>
#include <string>

namespace bitprism::tokenize {

/// Rewrites a text before it is cut; an empty function leaves it alone. Thread-safe.
using Normalizer = std::function<void(std::string &text)>;

/// From the key "normalizer": Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip,
/// StripAccents, BertNormalizer, ByteLevel. Throws BadInput for any other.
Normalizer readNormalizer(const JsonNode &node);

} // namespace bitprism::tokenize
