// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace bitprism::report {

/// For text and attributes of XML and HTML; malformed UTF-8 and control characters are replaced.
std::string xmlEscaped(std::string_view text);
/// For a cell of a Markdown table: no markup, no line break, no raw HTML.
std::string markdownEscaped(std::string_view text);
/// One field of RFC 4180, quoted where it must be; a leading =, +, - or @ of a text is kept from
/// being taken for a formula by an apostrophe.
std::string csvField(std::string_view text);

} // namespace bitprism::report
