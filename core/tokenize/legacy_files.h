// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>

namespace bitprism::tokenize {

/// The files that a folder may hold instead of tokenizer.json, the best first; nothing where there
/// are none.
std::optional<std::filesystem::path> findLegacyFile(const std::filesystem::path &folder);

/// A tokenizer that is not a tokenizer.json, put into its form: vocab.json with merges.txt
/// (byte-level BPE; CLIP's lower-cased one where words end in "</w>"), vocab.txt (WordPiece),
/// tokenizer.model (SentencePiece), vocab.json alone (characters), NAME.tiktoken (byte-level BPE by
/// ranks). Companions (merges, configuration) lie beside the file. Throws BadInput naming file and
/// line.
nlohmann::json readLegacyTokenizer(const std::filesystem::path &file);

} // namespace bitprism::tokenize
