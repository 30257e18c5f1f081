// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/characters.h"

#include "core/base/utf8.h"

#include <utf8proc.h>

namespace bitprism::tokenize {

namespace {

utf8proc_category_t categoryOf(char32_t c)
{
    return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool isAscii(char32_t c) { return c < 0x80; }

/// Other_Alphabetic beyond marks: circled and squared Latin letters.
bool isEnclosedLetter(char32_t c)
{
    return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149)
        || (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

bool isAsciiLetterOrDigit(char32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// What may follow a lead byte, by Unicode's table 3-7.
struct SequenceShape
{
    std::size_t length = 0; ///< 0: no lead byte
    unsigned char secondMin = 0x80;
    unsigned char secondMax = 0xBF;
};

SequenceShape shapeOf(unsigned char lead)
{
    if (lead < 0x80) {
        return {1};
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return {2};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
                static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
                static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
    }
    return {};
}

} // namespace

bool isWhitespace(char32_t c)
{
    if (isAscii(c)) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
    const utf8proc_category_t category = categoryOf(c);
    return c == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL
        || category == UTF8PROC_CATEGORY_ZP;
}

bool isNumeric(char32_t c)
{
    const utf8proc_category_t category = categoryOf(c);
    return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

bool isPunctuation(char32_t c)
{
    if (isAscii(c)) {
        return c > ' ' && c < 0x7F && !isAsciiLetterOrDigit(c);
    }
    const utf8proc_category_t category = categoryOf(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool isWordCharacter(char32_t c)
{
    if (isAscii(c)) {
        return isAsciiLetterOrDigit(c) || c == '_';
    }
    const utf8proc_category_t category = categoryOf(c);
    const bool isLetterOrMark
        = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
    return isLetterOrMark || category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL
        || category == UTF8PROC_CATEGORY_PC || c == 0x200C || c == 0x200D || isEnclosedLetter(c);
}

bool isMark(char32_t c)
{
    const utf8proc_category_t category = categoryOf(c);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool isNonspacingMark(char32_t c) { return categoryOf(c) == UTF8PROC_CATEGORY_MN; }

bool isControl(char32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r') {
        return false;
    }
    const utf8proc_category_t category = categoryOf(c);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF
        || category == UTF8PROC_CATEGORY_CO;
}

bool isCjkIdeograph(char32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

void appendLowercase(std::string &text, char32_t c)
{
    constexpr char32_t capitalIWithDot = 0x130; // the only one whose full lower case is longer
    constexpr char32_t dotAbove = 0x307;
    if (c == capitalIWithDot) {
        text += 'i';
        appendUtf8(text, dotAbove);
    } else {
        appendUtf8(text, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
    }
}

std::string repairedUtf8(std::string_view bytes)
{
    if (!invalidUtf8Position(bytes)) {
        return std::string(bytes);
    }
    std::string text;
    for (std::size_t i = 0; i < bytes.size();) {
        const SequenceShape shape = shapeOf(static_cast<unsigned char>(bytes[i]));
        std::size_t length = 1;
        while (length < shape.length && i + length < bytes.size()) {
            const unsigned char byte = static_cast<unsigned char>(bytes[i + length]);
            const bool isSecond = length == 1;
            if (byte < (isSecond ? shape.secondMin : 0x80)
                || byte > (isSecond ? shape.secondMax : 0xBF)) {
                break;
            }
            ++length;
        }
        if (length == shape.length) {
            text.append(bytes.substr(i, length));
        } else {
            text += "\xEF\xBF\xBD";
        }
        i += length;
    }
    return text;
}

} // namespace bitprism::tokenize
