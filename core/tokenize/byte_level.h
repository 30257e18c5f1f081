// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bitprism::tokenize {

/// GPT-2's spelling of bytes as printable characters: 33..126, 161..172 and 174..255 stand for
/// themselves, the other 68 follow from U+0100 on ("Ġ" is a space). Entries are UTF-8.
const std::array<std::string, 256> &byteLevelAlphabet();

void appendByteLevel(std::string &spelling, std::string_view bytes);

/// The bytes that `spelling` stands for; nothing if a character of it stands for none.
std::optional<std::string> bytesOfSpelling(std::string_view spelling);

} // namespace bitprism::tokenize
