// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// Bytes that `count` codes of `bits` take: ceil(count * bits / 8).
std::size_t packedBytes(std::size_t count, int bits);

/// Codes as one dense bit stream: code i takes the bits i * bits .. i * bits + bits - 1; bit k is
/// bit k % 8, counted from the least significant, of byte k / 8; the last byte is filled with
/// zeros. Rows of a matrix follow each other without gaps. `bits` is 1 to 8 (uint8) or 1 to 16
/// (uint16); a code that does not fit is an InternalError.
std::vector<std::byte> packCodes(std::span<const std::uint8_t> codes, int bits);
std::vector<std::byte> packCodes(std::span<const std::uint16_t> codes, int bits);

/// The reverse; throws BadInput unless `packed` has exactly packedBytes(codes.size(), bits) bytes
/// and a zero filling.
void unpackCodes(std::span<const std::byte> packed, int bits, std::span<std::uint8_t> codes);
void unpackCodes(std::span<const std::byte> packed, int bits, std::span<std::uint16_t> codes);

} // namespace bitprism
