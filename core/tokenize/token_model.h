// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/vocabulary.h"

#include <memory>

namespace bitprism::tokenize {

/// Gives a piece of text its ids. Thread-safe.
class TokenModel
{
public:
    virtual ~TokenModel() = default;

    /// Appends the ids of `piece` (not empty).
    virtual void encode(std::string_view piece, std::vector<TokenId> &ids) const = 0;
    /// Length of a beginning of `piece` (not empty) whose ids do not depend on what follows, and
    /// the other way round; the whole length where the model knows none.
    virtual std::size_t independentPrefix(std::string_view piece) const { return piece.size(); }
    virtual const Vocabulary &vocabulary() const = 0;
    /// "BPE with byte fallback".
    virtual std::string kind() const = 0;
};

using TokenModelPtr = std::unique_ptr<const TokenModel>;

TokenModelPtr readBpeModel(const JsonNode &node);
TokenModelPtr readWordLevelModel(const JsonNode &node);
TokenModelPtr readWordPieceModel(const JsonNode &node);
TokenModelPtr readUnigramModel(const JsonNode &node);
/// From the bytes of a tokenizer.model under "bytes" (binary; never in a file of JSON).
TokenModelPtr readSentencePieceModel(const JsonNode &node);
/// The control and unknown tokens of a tokenizer.model, as "added_tokens" has them.
nlohmann::json sentencePieceSpecials(const std::string &bytes);

/// From the key "model": BPE, WordLevel, WordPiece, Unigram or SentencePiece (an old file without
/// "type" is told by its merges). Throws BadInput for any other.
TokenModelPtr readTokenModel(const JsonNode &node);

} // namespace bitprism::tokenize
