// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bitprism {

/// Block types of ggml and GGUF that this program reads and writes. Q5_0, Q5_1 and F16 are what the
/// reference falls back to where a row is no multiple of a larger block.
enum class GgmlType
{
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Iq4Nl,
    Q2K,
    Q3K,
    Q4K,
    Q5K,
    Q6K
};

/// What is known of a type without a weight.
struct GgmlTypeInfo
{
    GgmlType type;
    std::string_view name; ///< "q4_k", as llama.cpp spells it
    std::uint32_t ggmlId; ///< in a GGUF file
    int bits; ///< of a code
    int blockWeights; ///< 1, 32 or 256 neighbours in a row
    int blockBytes;
    int scaleBits; ///< of a block, for its scales of both levels
    int minBits; ///< of a block, for its minima of both levels
};

const GgmlTypeInfo &ggmlTypeInfo(GgmlType type);
/// Nothing for an unknown name.
std::optional<GgmlType> ggmlTypeFromName(std::string_view name);
/// By the id in a GGUF file; nothing for a type that this program does not read.
std::optional<GgmlType> ggmlTypeFromId(std::uint32_t id);
/// Whether it holds plain values: no blocks, no scales.
bool isPlain(GgmlType type);

/// The type of a matrix with `cols` columns whose wanted type is `type`: itself where the block
/// divides the row, else what the reference quantizer takes instead (Q2_K and Q3_K: Q4_0, Q4_K:
/// Q5_0, Q5_K: Q5_1, Q6_K: Q8_0), and F16 where 32 does not divide it either.
GgmlType ggmlTypeThatFits(GgmlType type, std::int64_t cols);

/// Bytes of one row; `cols` is a multiple of the block.
std::int64_t ggmlRowBytes(GgmlType type, std::int64_t cols);

} // namespace bitprism
