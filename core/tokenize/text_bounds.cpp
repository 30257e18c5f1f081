// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/text_bounds.h"

#include "core/io/companion_files.h"
#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <array>

namespace bitprism::tokenize {

namespace {

constexpr std::array<std::string_view, 8> bosNames{
    "<s>",   "<|begin_of_text|>", "<|startoftext|>", "<bos>", "[CLS]",
    "[BOS]", "<|endoftext|>",     "<|bos|>"};
constexpr std::array<std::string_view, 8> eosNames{
    "</s>", "<|end_of_text|>", "<|endoftext|>", "<eos>", "[SEP]", "[EOS]", "<|im_end|>", "<|eos|>"};

Json readIfThere(const std::filesystem::path &folder, std::string_view name)
{
    const std::filesystem::path path = folder / name;
    std::error_code problem;
    if (folder.empty() || !std::filesystem::is_regular_file(path, problem)) {
        return Json::object();
    }
    Json document = io::readJsonFile(path);
    return document.is_object() ? document : Json::object();
}

/// From "bos_token": "<s>" or {"content": "<s>"}.
std::optional<std::string> nameOf(const Json &document, const char *key)
{
    const auto found = document.find(key);
    if (found == document.end()) {
        return std::nullopt;
    }
    const Json &name
        = found->is_object() && found->contains("content") ? found->at("content") : *found;
    return name.is_string() ? std::optional(name.get<std::string>()) : std::nullopt;
}

std::optional<TokenId> namedToken(const Pipeline &pipeline, const Json &document, const char *key)
{
    const std::optional<std::string> name = nameOf(document, key);
    return name ? pipeline.idOf(*name) : std::nullopt;
}

/// From "bos_token_id": 1 or [1, 2].
std::optional<TokenId> numberedToken(const Pipeline &pipeline, const Json &document,
                                     const char *key)
{
    const auto found = document.find(key);
    if (found == document.end()) {
        return std::nullopt;
    }
    const Json &id = found->is_array() && !found->empty() ? found->front() : *found;
    const bool isKnown = id.is_number_integer() && id >= 0 && id <= maxTokenId
        && pipeline.tokenOf(id.get<TokenId>()) != nullptr;
    return isKnown ? std::optional(id.get<TokenId>()) : std::nullopt;
}

std::optional<TokenId> usualToken(const Pipeline &pipeline,
                                  const std::array<std::string_view, 8> &names)
{
    for (const std::string_view name : names) {
        const std::optional<TokenId> id = pipeline.addedTokens.vocabulary().idOf(name);
        if (id && pipeline.addedTokens.isSpecial(*id)) {
            return id;
        }
    }
    return std::nullopt;
}

std::optional<TokenId> firstOf(std::initializer_list<std::optional<TokenId>> candidates)
{
    for (const std::optional<TokenId> &candidate : candidates) {
        if (candidate) {
            return candidate;
        }
    }
    return std::nullopt;
}

} // namespace

TextBounds findTextBounds(const Pipeline &pipeline, const std::filesystem::path &folder)
{
    const Json tokenizerConfig = readIfThere(folder, io::companions::tokenizerConfig);
    const Json generationConfig = readIfThere(folder, io::companions::generation);
    const Json config = readIfThere(folder, "config.json");
    const SpecialFrame &frame = pipeline.frame;
    const auto numbered = [&](const char *key) {
        return firstOf(
            {numberedToken(pipeline, generationConfig, key), numberedToken(pipeline, config, key)});
    };
    return {firstOf({namedToken(pipeline, tokenizerConfig, "bos_token"),
                     frame.before.empty() ? std::nullopt : std::optional(frame.before.front()),
                     numbered("bos_token_id"), usualToken(pipeline, bosNames)}),
            firstOf({namedToken(pipeline, tokenizerConfig, "eos_token"),
                     frame.after.empty() ? std::nullopt : std::optional(frame.after.back()),
                     numbered("eos_token_id"), usualToken(pipeline, eosNames)})};
}

std::vector<std::string> namedBounds(const std::filesystem::path &folder)
{
    const Json tokenizerConfig = readIfThere(folder, io::companions::tokenizerConfig);
    std::vector<std::string> names;
    for (const char *key : {"bos_token", "eos_token", "mask_token"}) {
        if (std::optional<std::string> name = nameOf(tokenizerConfig, key);
            name && !name->empty()) {
            names.push_back(std::move(*name));
        }
    }
    return names;
}

} // namespace bitprism::tokenize
