// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace bitprism::io {

/// Names of the files that readers open in a checkpoint's folder, beside config.json and the
/// weights. A reader takes its names from here: then the identity of the checkpoint depends on
/// them, and they travel with an export.
namespace companions {
inline constexpr std::string_view tokenizer = "tokenizer.json";
inline constexpr std::string_view tokenizerConfig = "tokenizer_config.json";
inline constexpr std::string_view specialTokens = "special_tokens_map.json";
inline constexpr std::string_view addedTokens = "added_tokens.json";
inline constexpr std::string_view vocabulary = "vocab.json";
inline constexpr std::string_view merges = "merges.txt";
inline constexpr std::string_view wordPieces = "vocab.txt";
inline constexpr std::string_view sentencePieces = "tokenizer.model";
inline constexpr std::string_view albertPieces = "spiece.model";
inline constexpr std::string_view spellings = "normalizer.json"; ///< of Whisper
inline constexpr std::string_view preprocessor = "preprocessor_config.json";
inline constexpr std::string_view generation = "generation_config.json";
} // namespace companions

/// The tokenizer.json of a checkpoint: in its folder, or beside a checkpoint that is a file.
std::optional<std::filesystem::path> tokenizerJsonOf(const std::filesystem::path &checkpoint);

/// Every file that a reader opens: config.json, weights and companions, in a fixed order.
std::vector<std::filesystem::path> readFilesOf(const std::filesystem::path &checkpoint);

/// What travels with a checkpoint: the companions, and what other programs and people read
/// (templates, processor settings, licences and notices).
std::vector<std::filesystem::path> companionFilesOf(const std::filesystem::path &checkpoint);

} // namespace bitprism::io
