// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_types.h"

#include "core/base/error.h"

#include <algorithm>
#include <iterator>

namespace bitprism {

namespace {

constexpr GgmlTypeInfo types[] = {
    {GgmlType::F32, "f32", 0, 32, 1, 4, 0, 0},
    {GgmlType::F16, "f16", 1, 16, 1, 2, 0, 0},
    {GgmlType::BF16, "bf16", 30, 16, 1, 2, 0, 0},
    {GgmlType::Q4_0, "q4_0", 2, 4, 32, 18, 16, 0},
    {GgmlType::Q4_1, "q4_1", 3, 4, 32, 20, 16, 16},
    {GgmlType::Q5_0, "q5_0", 6, 5, 32, 22, 16, 0},
    {GgmlType::Q5_1, "q5_1", 7, 5, 32, 24, 16, 16},
    {GgmlType::Q8_0, "q8_0", 8, 8, 32, 34, 16, 0},
    {GgmlType::Iq4Nl, "iq4_nl", 20, 4, 32, 18, 16, 0},
    {GgmlType::Q2K, "q2_k", 10, 2, 256, 84, 16 + 16 * 4, 16 + 16 * 4},
    {GgmlType::Q3K, "q3_k", 11, 3, 256, 110, 16 + 16 * 6, 0},
    {GgmlType::Q4K, "q4_k", 12, 4, 256, 144, 16 + 8 * 6, 16 + 8 * 6},
    {GgmlType::Q5K, "q5_k", 13, 5, 256, 176, 16 + 8 * 6, 16 + 8 * 6},
    {GgmlType::Q6K, "q6_k", 14, 6, 256, 210, 16 + 16 * 8, 0},
};

constexpr bool addUp()
{
    for (const GgmlTypeInfo &info : types) {
        if (info.blockBytes * 8 != info.blockWeights * info.bits + info.scaleBits + info.minBits) {
            return false;
        }
    }
    return true;
}
static_assert(addUp(), "every bit of a block is spent on codes, scales or minima");

GgmlType smallerBlocks(GgmlType type)
{
    switch (type) {
    case GgmlType::Q2K:
    case GgmlType::Q3K:
        return GgmlType::Q4_0;
    case GgmlType::Q4K:
        return GgmlType::Q5_0;
    case GgmlType::Q5K:
        return GgmlType::Q5_1;
    case GgmlType::Q6K:
        return GgmlType::Q8_0;
    default:
        return GgmlType::F16;
    }
}

} // namespace

const GgmlTypeInfo &ggmlTypeInfo(GgmlType type)
{
    const auto found = std::find_if(std::begin(types), std::end(types),
                                    [&](const GgmlTypeInfo &info) { return info.type == type; });
    BITPRISM_ASSERT(found != std::end(types), "every type has its row");
    return *found;
}

std::optional<GgmlType> ggmlTypeFromName(std::string_view name)
{
    const auto found = std::find_if(std::begin(types), std::end(types),
                                    [&](const GgmlTypeInfo &info) { return info.name == name; });
    return found == std::end(types) ? std::nullopt : std::optional(found->type);
}

std::optional<GgmlType> ggmlTypeFromId(std::uint32_t id)
{
    const auto found = std::find_if(std::begin(types), std::end(types),
                                    [&](const GgmlTypeInfo &info) { return info.ggmlId == id; });
    return found == std::end(types) ? std::nullopt : std::optional(found->type);
}

bool isPlain(GgmlType type) { return ggmlTypeInfo(type).blockWeights == 1; }

GgmlType ggmlTypeThatFits(GgmlType type, std::int64_t cols)
{
    while (cols % ggmlTypeInfo(type).blockWeights != 0) {
        type = smallerBlocks(type);
    }
    return type;
}

std::int64_t ggmlRowBytes(GgmlType type, std::int64_t cols)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    BITPRISM_ASSERT(cols % info.blockWeights == 0, "a row is made of whole blocks");
    return cols / info.blockWeights * info.blockBytes;
}

} // namespace bitprism
