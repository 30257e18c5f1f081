// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// Codes in 32-bit words, as GPTQ, AWQ and compressed-tensors hold them.

/// Elements of a vector `stride` apart.
template <typename T> struct Strided
{
    T *data = nullptr;
    std::size_t count = 0;
    std::size_t stride = 1;

    T &operator[](std::size_t i) const { return data[i * stride]; }
};

/// The dense rule: code k takes the bits k * bits .. k * bits + bits - 1 of the words in a row.
std::size_t denseWords(std::size_t codes, int bits);
void packDense(Strided<const std::uint8_t> codes, int bits, Strided<std::uint32_t> words);
void unpackDense(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes);

/// The older rule of compressed-tensors (up to 0.16): 32 / bits codes in each word, the rest of its
/// bits unused. Equal to the dense rule where bits divides 32.
std::size_t looseWords(std::size_t codes, int bits);
void unpackLoose(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes);

/// gptq_p: each 32 codes are `bits` words in planes of 1, 2, 4 or 8 bits, the low bits first (5
/// bits: 4 and 1, 7: 4, 2 and 1); in a plane of w bits a word holds 32 / w codes, the first lowest.
/// Equal to the dense rule for 2, 4 and 8 bits. `codes.count` is a multiple of 32.
void unpackPlanar(Strided<const std::uint32_t> words, int bits, Strided<std::uint8_t> codes);

/// AWQ's gemm order: nibble p of a word holds column awqOrder[p] of its eight.
inline constexpr std::size_t awqOrder[8] = {0, 2, 4, 6, 1, 3, 5, 7};
void packAwq(std::span<const std::uint8_t> codes, std::span<std::uint32_t> words);
void unpackAwq(std::span<const std::uint32_t> words, std::span<std::uint8_t> codes);

/// The words of a tensor's bytes, and back.
std::vector<std::uint32_t> wordsOf(std::span<const std::byte> bytes);
std::vector<std::byte> bytesOf(std::span<const std::uint32_t> words);

} // namespace bitprism
