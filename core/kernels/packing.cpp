// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/packing.h"

#include "core/base/error.h"

#include <limits>

namespace bitprism {

namespace {

template <typename Code> void checkBits(int bits)
{
    BITPRISM_ASSERT(bits >= 1 && bits <= std::numeric_limits<Code>::digits,
                    "codes have as many bits as their type at most");
}

template <typename Code> std::vector<std::byte> pack(std::span<const Code> codes, int bits)
{
    checkBits<Code>(bits);
    std::vector<std::byte> packed(packedBytes(codes.size(), bits));
    std::uint64_t pending = 0; // bits not yet written, the first one lowest
    int pendingBits = 0;
    std::size_t next = 0;
    std::uint64_t overflow = 0;
    for (const Code code : codes) {
        overflow |= static_cast<std::uint64_t>(code) >> bits;
        pending |= static_cast<std::uint64_t>(code) << pendingBits;
        for (pendingBits += bits; pendingBits >= 8; pendingBits -= 8) {
            packed[next++] = static_cast<std::byte>(pending & 0xffU);
            pending >>= 8;
        }
    }
    if (pendingBits > 0) {
        packed[next] = static_cast<std::byte>(pending & 0xffU);
    }
    BITPRISM_ASSERT(overflow == 0, "each code fits its bits");
    return packed;
}

template <typename Code>
void unpack(std::span<const std::byte> packed, int bits, std::span<Code> codes)
{
    checkBits<Code>(bits);
    if (packed.size() != packedBytes(codes.size(), bits)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Packed codes take %1 bytes instead of %2."),
                    packed.size(), packedBytes(codes.size(), bits));
    }
    const std::uint64_t mask = (std::uint64_t(1) << bits) - 1;
    std::uint64_t pending = 0;
    int pendingBits = 0;
    std::size_t next = 0;
    for (Code &code : codes) {
        for (; pendingBits < bits; pendingBits += 8) {
            pending |= static_cast<std::uint64_t>(packed[next++]) << pendingBits;
        }
        code = static_cast<Code>(pending & mask);
        pending >>= bits;
        pendingBits -= bits;
    }
    if (pending != 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Packed codes do not end with zeros; they are damaged."));
    }
}

} // namespace

std::size_t packedBytes(std::size_t count, int bits)
{
    const auto width = static_cast<std::size_t>(bits);
    return count / 8 * width + (count % 8 * width + 7) / 8; // no overflow for any count
}

std::vector<std::byte> packCodes(std::span<const std::uint8_t> codes, int bits)
{
    return pack(codes, bits);
}

std::vector<std::byte> packCodes(std::span<const std::uint16_t> codes, int bits)
{
    return pack(codes, bits);
}

void unpackCodes(std::span<const std::byte> packed, int bits, std::span<std::uint8_t> codes)
{
    unpack(packed, bits, codes);
}

void unpackCodes(std::span<const std::byte> packed, int bits, std::span<std::uint16_t> codes)
{
    unpack(packed, bits, codes);
}

} // namespace bitprism
