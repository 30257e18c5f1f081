// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/pdf_text.h"

#include "core/base/utf8.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bitprism::pdf {

namespace {

/// Advance widths of the characters 32 to 126, in thousandths of an em (Adobe's font metrics).
constexpr std::array<int, 95> helvetica{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
constexpr std::array<int, 95> helveticaBold{
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584};
constexpr int courier = 600;
constexpr int otherLatin = 556;

/// Characters that WinAnsi has outside of Latin-1, and stand-ins for some that it lacks.
constexpr std::array<std::pair<char32_t, unsigned char>, 13> winAnsi{{{0x20AC, 0x80},
                                                                      {0x2026, 0x85},
                                                                      {0x2018, 0x91},
                                                                      {0x2019, 0x92},
                                                                      {0x201C, 0x93},
                                                                      {0x201D, 0x94},
                                                                      {0x2022, 0x95},
                                                                      {0x2013, 0x96},
                                                                      {0x2014, 0x97},
                                                                      {0x2122, 0x99},
                                                                      {0x2212, 0x96},
                                                                      {0x2010, '-'},
                                                                      {0x2011, '-'}}};

/// 0 where WinAnsi has no such character.
unsigned char winAnsiCode(char32_t character)
{
    if ((character >= 32 && character < 127) || (character >= 0xA0 && character <= 0xFF)) {
        return static_cast<unsigned char>(character);
    }
    for (const auto &[known, code] : winAnsi) {
        if (known == character) {
            return code;
        }
    }
    return character < 32 ? ' ' : 0;
}

int widthOfCode(unsigned char code, Font font)
{
    if (font == Font::Mono) {
        return courier;
    }
    const std::array<int, 95> &widths = font == Font::Bold ? helveticaBold : helvetica;
    if (code >= 32 && code < 127) {
        return widths[static_cast<std::size_t>(code - 32)];
    }
    switch (code) {
    case 0x85:
    case 0x97:
    case 0x99:
        return 1000;
    case 0xB1: // plus-minus
    case 0xD7: // times
        return 584;
    case 0xB0:
        return 400;
    case 0xB2:
    case 0xB3:
        return 333;
    case 0xB7:
        return 278;
    default:
        return otherLatin;
    }
}

void appendUtf16(std::string &codes, char32_t character)
{
    const auto put = [&](char32_t unit) {
        codes.push_back(static_cast<char>(unit >> 8));
        codes.push_back(static_cast<char>(unit & 0xFF));
    };
    if (character < 0x10000) {
        put(character);
    } else {
        put(0xD800 + ((character - 0x10000) >> 10));
        put(0xDC00 + ((character - 0x10000) & 0x3FF));
    }
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether a line may end behind text[at]; a number is not taken apart.
bool breaksAfter(std::string_view text, std::size_t at)
{
    const char c = text[at];
    if (c == ' ' || c == '/' || c == '_') {
        return true;
    }
    const bool isInNumber = at > 0 && at + 1 < text.size() && isDigit(text[at + 1])
        && (isDigit(text[at - 1]) || (c == '-' && text[at - 1] == 'e'));
    return std::string_view(".,-:").find(c) != std::string_view::npos && !isInNumber;
}

} // namespace

std::vector<Run> shaped(std::string_view text, Font font)
{
    const std::string clean = sanitizedUtf8(text);
    std::vector<Run> runs;
    for (std::size_t position = 0; position < clean.size();) {
        const char32_t character = nextCodePoint(clean, position);
        const unsigned char code = winAnsiCode(character);
        const Font wanted = code == 0 ? Font::Wide : font;
        if (runs.empty() || runs.back().font != wanted) {
            runs.push_back({wanted, {}, 0});
        }
        Run &run = runs.back();
        if (code == 0) {
            appendUtf16(run.codes, character);
            run.width += 1;
        } else {
            run.codes.push_back(static_cast<char>(code));
            run.width += widthOfCode(code, font) / 1000.0;
        }
    }
    return runs;
}

double widthOf(std::string_view text, Font font, double size)
{
    double width = 0;
    for (const Run &run : shaped(text, font)) {
        width += run.width;
    }
    return width * size;
}

std::vector<std::string> wrapped(std::string_view text, Font font, double size, double width)
{
    std::vector<std::string> lines;
    std::string line;
    double lineWidth = 0;
    std::size_t breakAt = 0; // behind the last place to break; 0: none
    const auto flush = [&] {
        lines.push_back(std::exchange(line, {}));
        lineWidth = 0;
        breakAt = 0;
    };
    const std::string source(text);
    for (std::size_t position = 0; position < source.size();) {
        if (source[position] == '\n') {
            flush();
            ++position;
            continue;
        }
        std::size_t next = position + 1; // one character, malformed bytes alone
        while (next < source.size()
               && (static_cast<unsigned char>(source[next]) & 0xC0U) == 0x80U) {
            ++next;
        }
        const std::string character = source.substr(position, next - position);
        const double advance = widthOf(character, font, size);
        if (!line.empty() && lineWidth + advance > width) {
            if (character == " ") {
                flush();
                position = next;
                continue;
            }
            std::string rest = breakAt > 0 ? line.substr(breakAt) : std::string();
            line.resize(breakAt > 0 ? breakAt : line.size());
            flush();
            line = std::move(rest);
            lineWidth = widthOf(line, font, size);
        }
        line += character;
        lineWidth += advance;
        if (character.size() == 1 && breaksAfter(source, position)) {
            breakAt = line.size();
        }
        position = next;
    }
    lines.push_back(line);
    return lines;
}

double longestPiece(std::string_view text, Font font, double size)
{
    double longest = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isEnd = i + 1 == text.size() || text[i] == '\n' || breaksAfter(text, i);
        if (isEnd) {
            std::string_view piece = text.substr(first, i + 1 - first);
            piece.remove_suffix(piece.ends_with(' ') || piece.ends_with('\n') ? 1 : 0);
            longest = std::max(longest, widthOf(piece, font, size));
            first = i + 1;
        }
    }
    return longest;
}

} // namespace bitprism::pdf
