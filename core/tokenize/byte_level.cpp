// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/byte_level.h"

#include "core/base/utf8.h"

namespace bitprism::tokenize {

namespace {

constexpr char32_t firstStandIn = 0x100;
constexpr std::size_t standInCount = 68;

bool standsForItself(unsigned byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

/// The bytes that do not stand for themselves, in order.
std::array<unsigned char, standInCount> makeStandIns()
{
    std::array<unsigned char, standInCount> bytes{};
    std::size_t count = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (!standsForItself(byte)) {
            bytes[count++] = static_cast<unsigned char>(byte);
        }
    }
    return bytes;
}

const std::array<unsigned char, standInCount> &standIns()
{
    static const std::array<unsigned char, standInCount> bytes = makeStandIns();
    return bytes;
}

std::array<std::string, 256> makeAlphabet()
{
    std::array<std::string, 256> alphabet;
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (standsForItself(byte)) {
            appendUtf8(alphabet[byte], static_cast<char32_t>(byte));
        }
    }
    for (std::size_t i = 0; i < standInCount; ++i) {
        appendUtf8(alphabet[standIns()[i]], firstStandIn + static_cast<char32_t>(i));
    }
    return alphabet;
}

} // namespace

const std::array<std::string, 256> &byteLevelAlphabet()
{
    static const std::array<std::string, 256> alphabet = makeAlphabet();
    return alphabet;
}

void appendByteLevel(std::string &spelling, std::string_view bytes)
{
    const std::array<std::string, 256> &alphabet = byteLevelAlphabet();
    for (const char byte : bytes) {
        spelling += alphabet[static_cast<unsigned char>(byte)];
    }
}

std::optional<std::string> bytesOfSpelling(std::string_view spelling)
{
    std::string bytes;
    for (std::size_t i = 0; i < spelling.size();) {
        const char32_t c = nextCodePoint(spelling, i);
        if (c < firstStandIn && standsForItself(static_cast<unsigned>(c))) {
            bytes += static_cast<char>(c);
        } else if (c >= firstStandIn && c < firstStandIn + standInCount) {
            bytes += static_cast<char>(standIns()[c - firstStandIn]);
        } else {
            return std::nullopt;
        }
    }
    return bytes;
}

} // namespace bitprism::tokenize
