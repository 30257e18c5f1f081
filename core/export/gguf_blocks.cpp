// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_blocks.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/uniform_affine.h"

#include <cstring>

namespace bitprism {

namespace {

constexpr std::int64_t blockWeights = 32;

[[noreturn]] void refuse(const std::string &layer, std::string_view problem)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "gguf has no block type for the codes of %1: %2. The nearest: a ggml-* "
                            "quantizer, or rtn or gptq with 4, 5 or 8 bits, symmetric, in groups "
                            "of 32 or a multiple; or export to safetensors and convert that."),
                layer, problem);
}

std::optional<GgmlType> symmetricType(int bits)
{
    switch (bits) {
    case 4:
        return GgmlType::Q4_0;
    case 5:
        return GgmlType::Q5_0;
    case 8:
        return GgmlType::Q8_0;
    default:
        return std::nullopt;
    }
}

std::optional<GgmlType> offsetType(int bits)
{
    switch (bits) {
    case 4:
        return GgmlType::Q4_1;
    case 5:
        return GgmlType::Q5_1;
    default:
        return std::nullopt;
    }
}

bool isHalf(float value) { return roundToHalf(value) == value; }

void putHalf(std::byte *to, float value)
{
    const std::uint16_t bits = floatToHalf(value);
    std::memcpy(to, &bits, sizeof bits);
}

/// Codes of 4 or 5 bits: nibbles of weights i and i + 16 share a byte, fifth bits lie before them.
void putCodes(const std::uint8_t *codes, bool hasFifthBits, std::byte *to)
{
    if (hasFifthBits) {
        std::uint32_t high = 0;
        for (int i = 0; i < blockWeights; ++i) {
            high |= static_cast<std::uint32_t>(codes[i] >> 4) << i;
        }
        std::memcpy(to, &high, sizeof high);
        to += sizeof high;
    }
    for (int i = 0; i < blockWeights / 2; ++i) {
        to[i] = static_cast<std::byte>((codes[i] & 15) | (codes[i + blockWeights / 2] & 15) << 4);
    }
}

void putBlock(GgmlType type, const Grid &grid, const std::uint8_t *codes, std::byte *to)
{
    putHalf(to, grid.scale);
    if (type == GgmlType::Q8_0) {
        for (int i = 0; i < blockWeights; ++i) {
            to[2 + i] = static_cast<std::byte>(static_cast<std::uint8_t>(codes[i] - 128));
        }
        return;
    }
    const bool hasMinimum = type == GgmlType::Q4_1 || type == GgmlType::Q5_1;
    if (hasMinimum) {
        putHalf(to + 2, -grid.scale * static_cast<float>(grid.zeroPoint));
    }
    putCodes(codes, type == GgmlType::Q5_0 || type == GgmlType::Q5_1, to + (hasMinimum ? 4 : 2));
}

/// The one type whose blocks hold all grids, or what is in the way.
GgmlType typeFor(const GridSet &grids, const std::string &tensor)
{
    if (!grids.groupOfColumn.empty()) {
        refuse(tensor, "their groups are not of neighbouring columns");
    }
    if (grids.cols % blockWeights != 0 || grids.groupSize % blockWeights != 0) {
        refuse(tensor, "their groups are no multiples of 32 columns");
    }
    const int middle = 1 << (grids.bits - 1);
    bool isSymmetric = true;
    for (std::size_t i = 0; i < grids.scales.size(); ++i) {
        if (!isHalf(grids.scales[i])) {
            refuse(tensor, "their scales are not exact in F16");
        }
        isSymmetric = isSymmetric && grids.zeroPoints[i] == middle;
    }
    const std::optional<GgmlType> type
        = isSymmetric ? symmetricType(grids.bits) : offsetType(grids.bits);
    if (!type) {
        refuse(tensor,
               std::to_string(grids.bits) + " bits, " + (isSymmetric ? "symmetric" : "asymmetric"));
    }
    for (std::size_t i = 0; !isSymmetric && i < grids.scales.size(); ++i) {
        if (!isHalf(grids.scales[i] * static_cast<float>(grids.zeroPoints[i]))) {
            refuse(tensor, "asymmetric, with minima that are not exact in F16");
        }
    }
    return *type;
}

} // namespace

GgmlBlocks ggmlBlocksOf(const QuantizedWeight &codes, const std::string &tensor)
{
    if (const auto *blocks = dynamic_cast<const GgmlWeight *>(&codes)) {
        return {blocks->type(), blocks->blocks()};
    }
    const auto *affine = dynamic_cast<const UniformAffineWeight *>(&codes);
    if (affine == nullptr) {
        refuse(tensor, "they are " + codes.encodingId());
    }
    const GridSet &grids = affine->grids();
    GgmlBlocks result{typeFor(grids, tensor), {}};
    const auto blockBytes = static_cast<std::size_t>(ggmlTypeInfo(result.type).blockBytes);
    const std::vector<std::uint8_t> values = affine->codes();
    result.bytes.resize(values.size() / blockWeights * blockBytes);
    for (std::int64_t row = 0; row < grids.rows; ++row) {
        for (std::int64_t col = 0; col < grids.cols; col += blockWeights) {
            const std::int64_t place = row * grids.cols + col;
            putBlock(result.type, grids.grid(row, grids.group(col)), values.data() + place,
                     result.bytes.data()
                         + static_cast<std::size_t>(place / blockWeights) * blockBytes);
        }
    }
    return result;
}

void requireGgmlCodes(const PlannedCodes &codes)
{
    const std::string &layer = codes.layer->name;
    const std::string encoding = codes.encoding();
    if (encoding == "ggml-blocks") {
        return;
    }
    if (encoding != "uniform-affine") {
        refuse(layer, "they are " + encoding);
    }
    const int bits = codes.bits > 0 ? codes.bits : static_cast<int>(codes.number("bits", 4));
    const std::int64_t group = codes.number("group_size", 128);
    if (codes.layer->cols % blockWeights != 0 || group % blockWeights != 0) {
        refuse(layer, "their groups are no multiples of 32 columns");
    }
    const std::string rule = codes.text("range_rule", "auto");
    const bool isSymmetric = codes.flag("symmetric", false) || rule.ends_with("-sym");
    if (!isSymmetric || !symmetricType(bits)) {
        refuse(layer,
               std::to_string(bits) + " bits, " + (isSymmetric ? "symmetric" : "asymmetric"));
    }
    if (codes.text("scale_type", "f16") != "f16") {
        refuse(layer, "their scales are not in F16");
    }
}

} // namespace bitprism
