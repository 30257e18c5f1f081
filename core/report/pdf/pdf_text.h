// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitprism::pdf {

/// The fonts that every PDF reader brings: Helvetica and Courier for Latin scripts, and a Chinese
/// font of the reader for what they lack. Nothing is embedded.
enum class Font
{
    Regular,
    Bold,
    Mono,
    Wide, ///< Adobe's STSong-Light, by UTF-16
};

/// A part of a text that one font can show, in the font's own codes.
struct Run
{
    Font font = Font::Regular;
    std::string codes; ///< WinAnsi, or UTF-16BE for Wide
    double width = 0; ///< in ems
};

/// `text` (UTF-8, malformed bytes replaced) cut into runs of `font` and Wide.
std::vector<Run> shaped(std::string_view text, Font font);
/// Width at `size`.
double widthOf(std::string_view text, Font font, double size);
/// Lines no wider than `width`: broken at spaces and after / . , _ - : where possible (not inside a
/// number), else anywhere; line breaks of the text are kept.
std::vector<std::string> wrapped(std::string_view text, Font font, double size, double width);
/// Width of the longest part of a text that wrapped() leaves whole where it can.
double longestPiece(std::string_view text, Font font, double size);

} // namespace bitprism::pdf
