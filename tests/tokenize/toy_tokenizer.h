// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/tokenize/byte_level.h"
#include "core/tokenize/tokenizer.h"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <vector>

/// Small tokenizer.json documents for tests.
namespace bitprism::test {

/// A vocabulary of `tokens`, numbered in order.
inline Json numbered(const std::vector<std::string> &tokens)
{
    Json vocabulary = Json::object();
    for (const std::string &token : tokens) {
        vocabulary[token] = vocabulary.size();
    }
    return vocabulary;
}

inline Json document(Json model)
{
    return {{"version", "1.0"},          {"truncation", nullptr},
            {"padding", nullptr},        {"added_tokens", Json::array()},
            {"normalizer", nullptr},     {"pre_tokenizer", nullptr},
            {"post_processor", nullptr}, {"decoder", nullptr},
            {"model", std::move(model)}};
}

/// `tokens`, then what the merges make of them where it is missing; a merge is "LEFT RIGHT".
inline Json bpeModel(std::vector<std::string> tokens, const std::vector<std::string> &merges)
{
    Json vocabulary = numbered(tokens);
    for (const std::string &merge : merges) {
        std::string merged = merge;
        merged.erase(merged.find(' '), 1);
        if (!vocabulary.contains(merged)) {
            vocabulary[merged] = vocabulary.size();
        }
    }
    return {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}};
}

inline Json addedToken(const std::string &content, int id, bool isSpecial = true)
{
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", isSpecial}};
}

/// All 256 bytes, a few merges and "<|end|>", split as GPT-2 does.
inline Json byteLevelDocument()
{
    std::vector<std::string> tokens(tokenize::byteLevelAlphabet().begin(),
                                    tokenize::byteLevelAlphabet().end());
    Json result = document(bpeModel(tokens, {"t h", "th e", "Ġ the", "l l", "Ã ¤"}));
    const Json stage = {{"type", "ByteLevel"},
                        {"add_prefix_space", false},
                        {"trim_offsets", true},
                        {"use_regex", true}};
    result["pre_tokenizer"] = stage;
    result["decoder"] = stage;
    result["added_tokens"]
        = {addedToken("<|end|>", static_cast<int>(result["model"]["vocab"].size()))};
    return result;
}

/// SentencePiece's manner: marks for spaces, bytes for what has no token, "<s>" first.
inline Json byteFallbackDocument()
{
    std::vector<std::string> tokens{"<unk>", "<s>", "</s>"};
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
        tokens.emplace_back(name);
    }
    for (const char *token : {"▁", "a", "b", "c", "t", "h", "e", "l", "o"}) {
        tokens.emplace_back(token);
    }
    Json model = bpeModel(tokens, {"t h", "th e", "▁ the", "l l"});
    model.update({{"unk_token", "<unk>"}, {"fuse_unk", true}, {"byte_fallback", true}});
    Json result = document(model);
    result["added_tokens"] = {addedToken("<unk>", 0), addedToken("<s>", 1), addedToken("</s>", 2)};
    result["normalizer"] = Json::parse(R"({"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "▁"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]})");
    result["post_processor"] = Json::parse(R"({"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}})");
    result["decoder"] = Json::parse(R"({"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
        {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})");
    return result;
}

inline std::shared_ptr<const tokenize::Tokenizer> open(const Json &json)
{
    return tokenize::Tokenizer::fromJson(json.dump());
}

inline std::string joined(const std::vector<std::string> &pieces)
{
    std::string text;
    for (const std::string &piece : pieces) {
        text += (text.empty() ? "" : "|") + piece;
    }
    return text;
}

} // namespace bitprism::test
