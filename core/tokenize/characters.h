// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// Classes of characters as Hugging Face's `tokenizers` (Rust's char and regex crate) draws them.
namespace bitprism::tokenize {

/// The property White_Space.
bool isWhitespace(char32_t c);
/// Categories N*.
bool isNumeric(char32_t c);
/// ASCII punctuation (symbols such as "$" included) or categories P*.
bool isPunctuation(char32_t c);
/// What `\w` matches: letters, marks, decimal and letter numbers, connectors, joiners.
bool isWordCharacter(char32_t c);
/// Categories M*.
bool isMark(char32_t c);
/// Category Mn: what an accent becomes in NFD.
bool isNonspacingMark(char32_t c);
/// Control, format and private use characters, but tab, line feed and carriage return.
bool isControl(char32_t c);
/// The blocks that BERT puts white space around.
bool isCjkIdeograph(char32_t c);

/// Appends the full lower case of one character, whatever stands around it.
void appendLowercase(std::string &text, char32_t c);

/// Bytes turned into text: each maximal malformed part becomes one U+FFFD (Unicode 3.9, "best
/// practice for using U+FFFD").
std::string repairedUtf8(std::string_view bytes);

} // namespace bitprism::tokenize
