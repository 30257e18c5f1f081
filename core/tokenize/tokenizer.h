// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The pipeline of a tokenizer.json: added tokens, normalizer, pre-tokenizer, model,
/// post-processor; and the decoder back to text.
namespace bitprism::tokenize {

/// The place of a token in the vocabulary, from 0.
using TokenId = std::int32_t;

/// One text as the model sees it; `pieces[i]` is the vocabulary's spelling of `ids[i]` (a
/// byte-level one spells a space as "Ġ").
struct Encoding
{
    std::vector<TokenId> ids;
    std::vector<std::string> pieces;
};

struct Pipeline;

/// What a model folder's tokenizer.json describes, with the ids that Hugging Face's `tokenizers`
/// gives. Immutable and safe to share among threads.
class Tokenizer
{
public:
    /// `path` is a tokenizer.json, a file of another layout (vocab.json, vocab.txt,
    /// tokenizer.model, NAME.tiktoken), a folder that holds one of them, or a GGUF file (a
    /// tokenizer.json beside it comes first); the begin and end
    /// tokens then come also from the folder's tokenizer_config.json, generation_config.json and
    /// config.json. Throws BadInput naming the key for what is damaged or not supported, and where
    /// nothing is there.
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path &path);
    /// From the text of a tokenizer.json; `source` names it in errors.
    static std::shared_ptr<const Tokenizer> fromJson(std::string_view json,
                                                     std::string_view source = "tokenizer.json");
    /// Whether `folder` (or a GGUF file) holds a tokenizer (which need not be a good one).
    static bool existsIn(const std::filesystem::path &folder);
    ~Tokenizer();

    /// With `addSpecials`, the post-processor's specials are put around it. Throws BadInput with
    /// the byte's position for text that is not UTF-8. O(n log n).
    Encoding encode(std::string_view text, bool addSpecials = true) const;
    /// As encode(), without spelling the pieces: what long texts need.
    std::vector<TokenId> encodeIds(std::string_view text, bool addSpecials = true) const;
    /// The text of `ids`; throws BadInput for an id outside the vocabulary. Ids without a token
    /// leave no trace; nor do special tokens, with `skipSpecials`.
    std::string decode(std::span<const TokenId> ids, bool skipSpecials = true) const;

    /// One more than the largest id, added tokens included; ids without a token may lie below.
    std::int64_t vocabularySize() const;
    std::optional<TokenId> tokenToId(std::string_view token) const;
    /// Nothing for an id without a token.
    std::optional<std::string> idToToken(TokenId id) const;
    bool isSpecial(TokenId id) const;

    /// What a generation from nothing begins with: as tokenizer_config.json says, else the
    /// post-processor's first special, else what the other configuration files or the usual names
    /// ("<s>", "<|begin_of_text|>", ...) say. Nothing where there is none. Whether a text gets it
    /// is for the post-processor to say: encode() puts it there.
    std::optional<TokenId> bosId() const;
    /// What a text ends with, by the same rule.
    std::optional<TokenId> eosId() const;

    /// How many specials encode() puts behind a text.
    std::size_t specialsAfter() const;

    /// "byte-level BPE, 2048 tokens"; "BPE with byte fallback, ..."; "word-level, ...".
    std::string description() const;

private:
    explicit Tokenizer(std::unique_ptr<const Pipeline> pipeline);
    static std::shared_ptr<const Tokenizer> openGguf(const std::filesystem::path &file);
    static std::shared_ptr<const Tokenizer> make(const nlohmann::json &document,
                                                 std::string_view source,
                                                 const std::filesystem::path &folder);

    std::unique_ptr<const Pipeline> m_pipeline;
    std::optional<TokenId> m_bosId;
    std::optional<TokenId> m_eosId;
};

/// `tokenizer`, or BadInput where `model` has none or another's: it writes ids beyond the
/// vocabulary (special tokens without a row of their own are common, and refused where they are
/// met), or leaves more of it unused than padding explains.
const Tokenizer &require(const Tokenizer *tokenizer, const ModelInfo &model);

} // namespace bitprism::tokenize
