// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"

namespace bitprism {

namespace {

/// Length of the well-formed sequence at `i`, or 0.
std::size_t sequenceLength(std::string_view text, std::size_t i)
{
    const auto byte
        = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
    const auto continues = [&](std::size_t k) { return (byte(k) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(i);
    if (lead < 0x80U) {
        return 1;
    }
    if (lead >= 0xC2U && lead <= 0xDFU) {
        return continues(i + 1) ? 2 : 0;
    }
    if (lead >= 0xE0U && lead <= 0xEFU) {
        const bool overlong = lead == 0xE0U && byte(i + 1) < 0xA0U;
        const bool surrogate = lead == 0xEDU && byte(i + 1) > 0x9FU;
        return continues(i + 1) && continues(i + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0U && lead <= 0xF4U) {
        const bool overlong = lead == 0xF0U && byte(i + 1) < 0x90U;
        const bool tooLarge = lead == 0xF4U && byte(i + 1) > 0x8FU;
        const bool whole = continues(i + 1) && continues(i + 2) && continues(i + 3);
        return whole && !overlong && !tooLarge ? 4 : 0;
    }
    return 0;
}

} // namespace

std::optional<std::size_t> invalidUtf8Position(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequenceLength(text, i);
        if (length == 0) {
            return i;
        }
        i += length;
    }
    return std::nullopt;
}

std::string sanitizedUtf8(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequenceLength(text, i);
        const unsigned char byte = static_cast<unsigned char>(text[i]);
        if (length == 0) {
            result += "\xEF\xBF\xBD";
        } else if (byte < 0x20 || byte == 0x7F) {
            result += ' ';
        } else {
            result.append(text.substr(i, length));
        }
        i += length == 0 ? 1 : length;
    }
    return result;
}

std::size_t utf8Floor(std::string_view text, std::size_t limit)
{
    if (limit >= text.size()) {
        return text.size();
    }
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) {
        --limit;
    }
    return limit;
}

char32_t nextCodePoint(std::string_view text, std::size_t &position)
{
    const auto byte = [&](std::size_t k) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[position + k]));
    };
    const std::size_t length = sequenceLength(text, position);
    char32_t codePoint = 0xFFFD;
    if (length == 1) {
        codePoint = byte(0);
    } else if (length == 2) {
        codePoint = ((byte(0) & 0x1FU) << 6) | (byte(1) & 0x3FU);
    } else if (length == 3) {
        codePoint = ((byte(0) & 0x0FU) << 12) | ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
    } else if (length == 4) {
        codePoint = ((byte(0) & 0x07U) << 18) | ((byte(1) & 0x3FU) << 12) | ((byte(2) & 0x3FU) << 6)
            | (byte(3) & 0x3FU);
    }
    position += length == 0 ? 1 : length;
    return codePoint;
}

void appendUtf8(std::string &text, char32_t c)
{
    const auto put = [&](char32_t value) { text += static_cast<char>(value); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | (c >> 6));
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | (c >> 12));
        put(0x80U | ((c >> 6) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | (c >> 18));
        put(0x80U | ((c >> 12) & 0x3FU));
        put(0x80U | ((c >> 6) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

} // namespace bitprism
