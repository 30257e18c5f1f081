// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bitprism {

/// Position of the first byte that is not well-formed UTF-8 (overlong forms, surrogates and code
/// points above U+10FFFF included), or nothing.
std::optional<std::size_t> invalidUtf8Position(std::string_view text);

/// `text` with malformed bytes replaced by U+FFFD and control characters by a space.
std::string sanitizedUtf8(std::string_view text);

/// The largest position not above `limit` that does not cut a code point of well-formed `text`.
std::size_t utf8Floor(std::string_view text, std::size_t limit);

/// Decodes the code point at `position` of well-formed text and moves behind it.
char32_t nextCodePoint(std::string_view text, std::size_t &position);

void appendUtf8(std::string &text, char32_t codePoint);

} // namespace bitprism
