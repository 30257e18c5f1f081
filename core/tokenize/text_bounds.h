// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/pipeline.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::tokenize {

/// What a text begins and ends with.
struct TextBounds
{
    std::optional<TokenId> bos;
    std::optional<TokenId> eos;
};

/// In this order: bos_token and eos_token of tokenizer_config.json; the post-processor;
/// bos_token_id and eos_token_id (the first, of several) of generation_config.json and config.json;
/// special tokens of the usual names. Files that are absent, and tokens outside the vocabulary, are
/// passed over; a file that is no JSON is BadInput. An empty `folder` has no files.
TextBounds findTextBounds(const Pipeline &pipeline, const std::filesystem::path &folder);

/// What tokenizer_config.json calls the begin, the end or the mask of a text; empty without it.
std::vector<std::string> namedBounds(const std::filesystem::path &folder);

} // namespace bitprism::tokenize
