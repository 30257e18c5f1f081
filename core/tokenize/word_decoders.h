// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/decoder.h"

namespace bitprism::tokenize {

/// Joins runs of tokens "<0x41>" to the text of those bytes; bytes that are no UTF-8 become one
/// U+FFFD each.
void decodeByteFallback(std::vector<std::string> &tokens);

/// A space before every token but the first, unless it begins with `prefix` ("##"). With
/// `cleansUp`, the space before English punctuation and contractions goes too.
Decoder wordPieceDecoder(std::string prefix, bool cleansUp);

/// The end-of-word mark becomes a space; at the last token it is dropped.
Decoder wordSuffixDecoder(std::string suffix);

} // namespace bitprism::tokenize
