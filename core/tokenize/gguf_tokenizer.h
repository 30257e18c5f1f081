// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/gguf.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace bitprism::tokenize {

/// The text of a tokenizer.json that stands for a GGUF file's tokenizer: the one that it carries
/// (tokenizer.huggingface.json), or one made of its tokens, merges, scores and token types;
/// nothing for a file that is no GGUF or has no tokenizer. Throws BadInput, naming the key, for
/// damage and for a pre-tokenizer that is not known.
std::optional<std::string> ggufTokenizerJson(const std::filesystem::path &file);

/// Whether ggufTokenizerJson() would find one.
bool hasGgufTokenizer(const std::filesystem::path &file);

/// What other programs lack of the checkpoint's tokenizer in a GGUF, a phrase; empty: nothing.
std::string ggufTokenizerNote(const std::filesystem::path &checkpoint);

/// What a GGUF of `checkpoint` (a folder, or a GGUF file) says of its tokenizer: tokens, types,
/// merges or scores, special ids, chat template, and the tokenizer.json itself. Rows beyond the
/// tokenizer up to `vocabularySize` become unused tokens. Empty where it has no tokenizer. A
/// tokenizer that GGUF has no form for travels as tokenizer.json alone. `preTokenizer` names the
/// splitting rule; empty: found from the tokenizer. Throws BadInput for a rule that has to be
/// named.
io::GgufMetadata ggufTokenizerMetadata(const std::filesystem::path &checkpoint,
                                       std::int64_t vocabularySize, std::string_view preTokenizer);

} // namespace bitprism::tokenize
