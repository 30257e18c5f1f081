// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"
#include "core/tokenize/pattern.h"

#include <functional>
#include <string>
#include <vector>

namespace bitprism::tokenize {

/// A stretch of text between added tokens, cut into the pieces that the model encodes one by one.
struct PieceList
{
    std::string text;
    std::vector<Range> pieces; ///< none empty, in order; what lies between two is dropped
    bool beginsInput = false; ///< the first piece begins with the input's first character

    std::string_view view(const Range &range) const
    {
        return std::string_view(text).substr(range.begin, range.end - range.begin);
    }
};

/// Cuts (and respells) the pieces further. Thread-safe.
using PreTokenizer = std::function<void(PieceList &list)>;

/// What becomes of the matches that a text is cut at.
enum class SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous ///< neighbouring matches form one piece
};

/// Cuts every piece at the matches of `pattern`; with `inverts`, at what lies between them.
void splitPieces(PieceList &list, const Pattern &pattern, SplitBehavior behavior,
                 bool inverts = false);

/// From the key "pre_tokenizer": Sequence, ByteLevel, Split, Metaspace, Whitespace,
/// WhitespaceSplit, Punctuation, Digits, BertPreTokenizer, CharDelimiterSplit. Throws BadInput for
/// any other.
PreTokenizer readPreTokenizer(const JsonNode &node);

} // namespace bitprism::tokenize
