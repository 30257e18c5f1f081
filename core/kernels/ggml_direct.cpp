// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_direct.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/kernels/ggml_two_level.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace bitprism {

namespace {

constexpr int blockWeights = 32;

void putScale(std::byte *to, float value)
{
    static_cast<void>(ggml::storableScale(value)); // throws where F16 ends
    const std::uint16_t bits = floatToHalf(value);
    std::memcpy(to, &bits, sizeof bits);
}

/// The first weight of largest magnitude. By bits: magnitudes order as unsigned numbers, which
/// needs no care for NaN and vectorises.
float extreme(const float *x)
{
    std::uint32_t largest = 0;
    for (int i = 0; i < blockWeights; ++i) {
        largest = std::max(largest, std::bit_cast<std::uint32_t>(x[i]) & 0x7fffffffU);
    }
    for (int i = 0; i < blockWeights; ++i) {
        if ((std::bit_cast<std::uint32_t>(x[i]) & 0x7fffffffU) == largest) {
            return x[i];
        }
    }
    return 0;
}

/// Codes 0 .. most: trunc(x * inverse + offset), the largest cut.
void truncated(const float *x, float inverse, float offset, int most, std::uint8_t *codes)
{
    for (int i = 0; i < blockWeights; ++i) {
        codes[i]
            = static_cast<std::uint8_t>(std::min(most, static_cast<int>(x[i] * inverse + offset)));
    }
}

void packNibbles(const std::uint8_t *codes, std::byte *to)
{
    for (int i = 0; i < blockWeights / 2; ++i) {
        to[i] = static_cast<std::byte>((codes[i] & 15) | (codes[i + blockWeights / 2] & 15) << 4);
    }
}

void packFifthBits(const std::uint8_t *codes, std::byte *to)
{
    std::uint32_t bits = 0;
    for (int i = 0; i < blockWeights; ++i) {
        bits |= static_cast<std::uint32_t>(codes[i] >> 4) << i;
    }
    std::memcpy(to, &bits, sizeof bits);
}

/// 0 where the inverse is beyond FP32: such weights are zeros in F16's scales.
float inverseOf(float scale)
{
    const float inverse = scale != 0 ? 1 / scale : 0;
    return std::isfinite(inverse) ? inverse : 0;
}

void encodeQ8_0(const float *x, std::byte *to)
{
    const float d = std::abs(extreme(x)) / 127;
    const float inverse = inverseOf(d);
    putScale(to, d);
    for (int i = 0; i < blockWeights; ++i) {
        const float value = x[i] * inverse;
        const int whole = static_cast<int>(value); // halves away from zero, below
        const float rest = value - static_cast<float>(whole);
        to[2 + i]
            = static_cast<std::byte>(whole + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0));
    }
}

/// Q4_0 and Q5_0: the extreme weight takes code 0.
void encodeSymmetric(const float *x, int bits, std::byte *to)
{
    const int half = 1 << (bits - 1);
    const float d = extreme(x) / static_cast<float>(-half);
    std::uint8_t codes[blockWeights];
    truncated(x, inverseOf(d), static_cast<float>(half) + 0.5F, 2 * half - 1, codes);
    putScale(to, d);
    to += 2;
    if (bits == 5) {
        packFifthBits(codes, to);
        to += 4;
    }
    packNibbles(codes, to);
}

/// Q4_1 and Q5_1: from the smallest weight to the largest.
void encodeAffine(const float *x, int bits, std::byte *to)
{
    const auto [low, high] = std::minmax_element(x, x + blockWeights);
    const float minimum = *low;
    const int most = (1 << bits) - 1;
    const float d = (*high - minimum) / static_cast<float>(most);
    const float inverse = inverseOf(d);
    std::uint8_t codes[blockWeights];
    for (int i = 0; i < blockWeights; ++i) {
        const float code = (x[i] - minimum) * inverse + 0.5F; // not negative: truncated, as ggml
        codes[i] = static_cast<std::uint8_t>(std::min(most, static_cast<int>(code)));
    }
    putScale(to, d);
    putScale(to + 2, minimum);
    to += 4;
    if (bits == 5) {
        packFifthBits(codes, to);
        to += 4;
    }
    packNibbles(codes, to);
}

bool areFinite(const float *x)
{
    bool areAll = true;
    for (int i = 0; i < blockWeights; ++i) {
        areAll = areAll && (std::bit_cast<std::uint32_t>(x[i]) & 0x7f800000U) != 0x7f800000U;
    }
    return areAll;
}

void encodeBlock(GgmlType type, const float *x, std::byte *to)
{
    switch (type) {
    case GgmlType::Q4_0:
        return encodeSymmetric(x, 4, to);
    case GgmlType::Q5_0:
        return encodeSymmetric(x, 5, to);
    case GgmlType::Q4_1:
        return encodeAffine(x, 4, to);
    case GgmlType::Q5_1:
        return encodeAffine(x, 5, to);
    default:
        return encodeQ8_0(x, to);
    }
}

} // namespace

bool hasDirectEncoding(GgmlType type)
{
    return type == GgmlType::Q8_0 || type == GgmlType::Q4_0 || type == GgmlType::Q4_1
        || type == GgmlType::Q5_0 || type == GgmlType::Q5_1;
}

std::vector<std::byte> encodeGgmlDirect(GgmlType type, MatrixView<const float> weights)
{
    BITPRISM_ASSERT(hasDirectEncoding(type), "a type of 32 without a table");
    const auto blockBytes = static_cast<std::size_t>(ggmlTypeInfo(type).blockBytes);
    std::vector<std::byte> bytes(
        static_cast<std::size_t>(weights.rows * ggmlRowBytes(type, weights.cols)));
    std::byte *to = bytes.data();
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        const float *row = weights.row(i);
        for (std::int64_t col = 0; col < weights.cols; col += blockWeights) {
            if (!areFinite(row + col)) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "The weights hold a value that is not finite."));
            }
            encodeBlock(type, row + col, to);
            to += blockBytes;
        }
    }
    return bytes;
}

} // namespace bitprism
