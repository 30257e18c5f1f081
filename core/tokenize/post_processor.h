// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/json_node.h"
#include "core/tokenize/tokenizer.h"

#include <vector>

namespace bitprism::tokenize {

/// The special tokens that a post-processor puts around one text.
struct SpecialFrame
{
    std::vector<TokenId> before;
    std::vector<TokenId> after;
};

/// From the key "post_processor": TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel
/// (which changes offsets only), Sequence. Throws BadInput for any other, and for a template that
/// does not hold the text exactly once. Ids are checked against the vocabulary by the caller.
SpecialFrame readPostProcessor(const JsonNode &node);

} // namespace bitprism::tokenize
