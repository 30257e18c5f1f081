// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

/// Larger text files are refused: the text and its ids are held in memory at once.
constexpr std::int64_t maxTextBytes = std::int64_t{1} << 30;

/// The whole of an evaluation or calibration text, a byte order mark dropped. Throws BadInput for a
/// file that is not there, is no plain file, exceeds maxTextBytes, holds only white space, or is
/// not UTF-8 (with the byte's position).
std::string readTextFile(const std::filesystem::path &path);

/// `text` cut at each `separator`; documents are trimmed of white space, empty ones dropped. Throws
/// BadInput for an empty separator, and where no document is left. The views point into `text`.
std::vector<std::string_view> splitDocuments(std::string_view text, std::string_view separator);

/// `text` without white space at both ends.
std::string_view trimmed(std::string_view text);

} // namespace bitprism::tokenize
