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
GgmlType typeFor(const UniformAffineWeight &codes, const std::string &tensor)
{
    const GridSet &grids = codes.grids();
    if (!grids.groupOfColumn.empty()) {
        refuse(tensor, "their groups are not of neighbouring columns");
    }
    if (grids.cols % blockWeights != 0 || grids.groupSize % blockWeights != 0) {
        refuse(tensor, "their groups are no multiples of 32 columns");
    }
    if (grids.scaleType == ScaleType::F32 && codes.isOutline()) {
        refuse(tensor, "their scales are not in F16");
    }
    const int middle = 1 << (grids.bits - 1);
    bool isSymmetric = !codes.isOutline() || bitprism::isSymmetric(grids.rule);
    for (std::size_t i = 0; i < grids.scales.size(); ++i) {
        if (!isHalf(grids.scales[i])) {
            refuse(tensor, "their scales are not exact in F16");
        }
        isSymmetric = isSymmetric && grids.zeroPoints[i] == middle;
    }
    // Whether a minimum is exact, no outline can say; it rarely is.
    const std::optional<GgmlType> type = isSymmetric ? symmetricType(grids.bits)
        : codes.isOutline()                          ? std::nullopt
                                                     : offsetType(grids.bits);
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

GgmlType ggmlTypeOf(const QuantizedWeight &codes, const std::string &tensor)
{
    if (const auto *blocks = dynamic_cast<const GgmlWeight *>(&codes)) {
        return blocks->type();
    }
    const auto *affine = dynamic_cast<const UniformAffineWeight *>(&codes);
    if (affine == nullptr) {
        refuse(tensor, "they are " + codes.encodingId());
    }
    return typeFor(*affine, tensor);
}

std::vector<std::byte> ggmlBlocksOf(const QuantizedWeight &codes, const std::string &tensor)
{
    const GgmlType type = ggmlTypeOf(codes, tensor);
    if (const auto *blocks = dynamic_cast<const GgmlWeight *>(&codes)) {
        return blocks->blocks();
    }
    const auto &affine = dynamic_cast<const UniformAffineWeight &>(codes);
    const GridSet &grids = affine.grids();
    const auto blockBytes = static_cast<std::size_t>(ggmlTypeInfo(type).blockBytes);
    const std::vector<std::uint8_t> values = affine.codes();
    std::vector<std::byte> bytes(values.size() / blockWeights * blockBytes);
    for (std::int64_t row = 0; row < grids.rows; ++row) {
        for (std::int64_t col = 0; col < grids.cols; col += blockWeights) {
            const std::int64_t place = row * grids.cols + col;
            putBlock(type, grids.grid(row, grids.group(col)), values.data() + place,
                     bytes.data() + static_cast<std::size_t>(place / blockWeights) * blockBytes);
        }
    }
    return bytes;
}

} // namespace bitprism
