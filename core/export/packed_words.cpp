// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/packed_words.h"

#include "core/base/error.h"

#include <cstring>

namespace bitprism {

namespace {

constexpr int wordBits = 32;

std::uint32_t maskOf(int bits) { return (std::uint32_t{1} << bits) - 1; }

} // namespace

std::size_t denseWords(std::size_t codes, int bits)
{
    return (codes * static_cast<std::size_t>(bits) + wordBits - 1) / wordBits;
}

void packDense(Strided<const std::uint8_t> codes, int bits, Strided<std::uint32_t> words)
{
    BITPRISM_ASSERT(words.count == denseWords(codes.count, bits), "the words hold the codes");
    std::uint64_t pending = 0; // the first code lowest
    int pendingBits = 0;
    std::size_t next = 0;
    for (std::size_t k = 0; k < codes.count; ++k) {
        pending |= static_cast<std::uint64_t>(codes[k]) << pendingBits;
        pendingBits += bits;
        if (pendingBits >= wordBits) {
            words[next++] = static_cast<std::uint32_t>(pending);
            pending >>= wordBits;
            pendingBits -= wordBits;
        }
    }
    if (pendingBits > 0) {
        words[next] = static_cast<std::uint32_t>(pending);
    }
}

void unpackDense(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes)
{
    BITPRISM_ASSERT(words.count == denseWords(codes.count, bits), "the words hold the codes");
    std::uint64_t pending = 0;
    int pendingBits = 0;
    std::size_t next = 0;
    for (std::size_t k = 0; k < codes.count; ++k) {
        if (pendingBits < bits) {
            pending |= static_cast<std::uint64_t>(words[next++]) << pendingBits;
            pendingBits += wordBits;
        }
        codes[k] = static_cast<std::uint8_t>(pending & maskOf(bits));
        pending >>= bits;
        pendingBits -= bits;
    }
}

std::size_t looseWords(std::size_t codes, int bits)
{
    const auto perWord = static_cast<std::size_t>(wordBits / bits);
    return (codes + perWord - 1) / perWord;
}

void unpackLoose(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes)
{
    BITPRISM_ASSERT(words.count == looseWords(codes.count, bits), "the words hold the codes");
    const auto perWord = static_cast<std::size_t>(wordBits / bits);
    for (std::size_t k = 0; k < codes.count; ++k) {
        const auto shift = static_cast<int>(k % perWord) * bits;
        codes[k] = static_cast<std::uint8_t>((words[k / perWord] >> shift) & maskOf(bits));
    }
}

void unpackPlanar(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes)
{
    BITPRISM_ASSERT(codes.count % wordBits == 0 && words.count == denseWords(codes.count, bits),
                    "the words hold the codes");
    std::size_t next = 0;
    for (std::size_t first = 0; first < codes.count; first += wordBits) {
        for (std::size_t k = 0; k < wordBits; ++k) {
            codes[first + k] = 0;
        }
        int done = 0; // bits of the planes before
        for (const int width : {8, 4, 2, 1}) {
            if ((bits & width) == 0) {
                continue;
            }
            for (std::size_t k = 0; k < wordBits; ++k) {
                const std::size_t bit = k * static_cast<std::size_t>(width);
                const std::uint32_t part = words[next + bit / wordBits] >> bit % wordBits;
                codes[first + k]
                    = static_cast<std::uint8_t>(codes[first + k] | (part & maskOf(width)) << done);
            }
            next += static_cast<std::size_t>(width);
            done += width;
        }
    }
}

void packAwq(std::span<const std::uint8_t> codes, std::span<std::uint32_t> words)
{
    BITPRISM_ASSERT(codes.size() == words.size() * 8, "eight codes a word");
    for (std::size_t c = 0; c < words.size(); ++c) {
        words[c] = 0;
        for (std::size_t p = 0; p < 8; ++p) {
            words[c] |= static_cast<std::uint32_t>(codes[8 * c + awqOrder[p]]) << (4 * p);
        }
    }
}

void unpackAwq(std::span<const std::uint32_t> words, std::span<std::uint8_t> codes)
{
    BITPRISM_ASSERT(codes.size() == words.size() * 8, "eight codes a word");
    for (std::size_t c = 0; c < words.size(); ++c) {
        for (std::size_t p = 0; p < 8; ++p) {
            codes[8 * c + awqOrder[p]] = static_cast<std::uint8_t>((words[c] >> (4 * p)) & 15U);
        }
    }
}

std::vector<std::uint32_t> wordsOf(std::span<const std::byte> bytes)
{
    std::vector<std::uint32_t> words(bytes.size() / sizeof(std::uint32_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::uint32_t));
    return words;
}

std::vector<std::byte> bytesOf(std::span<const std::uint32_t> words)
{
    const auto bytes = std::as_bytes(words);
    return {bytes.begin(), bytes.end()};
}

} // namespace bitprism
