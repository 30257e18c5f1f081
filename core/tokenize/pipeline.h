// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/added_tokens.h"
#include "core/tokenize/decoder.h"
#include "core/tokenize/post_processor.h"
#include "core/tokenize/pre_tokenizer.h"
#include "core/tokenize/token_model.h"

#include <nlohmann/json_fwd.hpp>

namespace bitprism::tokenize {

/// The stages of a tokenizer.json. An absent normalizer, pre-tokenizer or decoder is an empty
/// function.
struct Pipeline
{
    Normalizer normalizer;
    TokenModelPtr model;
    AddedTokens addedTokens;
    PreTokenizer preTokenizer;
    SpecialFrame frame;
    Decoder decoder;
    bool isByteLevel = false;

    /// Added tokens first, then the model's.
    std::optional<TokenId> idOf(std::string_view token) const;
    /// Null for an id without a token.
    const std::string *tokenOf(TokenId id) const;
};

/// Builds the stages from a whole tokenizer.json. Truncation and padding are not applied: how a
/// text is cut is the caller's matter.
std::unique_ptr<const Pipeline> readPipeline(const nlohmann::json &document,
                                             std::string_view source);

/// The ids of `text`, without the post-processor's.
std::vector<TokenId> encodeText(const Pipeline &pipeline, std::string_view text);

} // namespace bitprism::tokenize
