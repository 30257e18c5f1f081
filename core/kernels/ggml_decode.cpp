// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/kernels/ggml_codec.h"

#include <algorithm>
#include <cstring>

/// Reading ggml's blocks. The products of scales come before those with codes, as ggml has it.
namespace bitprism::ggml {

const float iq4Levels[16]
    = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

namespace {

float halfAt(const std::byte *bytes)
{
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes, sizeof bits);
    return halfToFloat(bits);
}

int valueOf(std::byte byte) { return std::to_integer<int>(byte); }
int signedValueOf(std::byte byte) { return static_cast<std::int8_t>(byte); }

/// Weight i of 32 has the low nibble of byte i, or the high one of byte i - 16.
int nibble(const std::byte *codes, int i)
{
    return i < 16 ? valueOf(codes[i]) & 15 : valueOf(codes[i - 16]) >> 4;
}

void decodeQ8_0(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * static_cast<float>(signedValueOf(b[2 + i]));
    }
}

void decodeQ4_0(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * static_cast<float>(nibble(b + 2, i) - 8);
    }
}

void decodeQ4_1(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    const float m = halfAt(b + 2);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * static_cast<float>(nibble(b + 4, i)) + m;
    }
}

int fifthBit(const std::byte *bits, int i) { return (valueOf(bits[i / 8]) >> (i % 8)) & 1; }

void decodeQ5_0(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * static_cast<float>((nibble(b + 6, i) | fifthBit(b + 2, i) << 4) - 16);
    }
}

void decodeQ5_1(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    const float m = halfAt(b + 2);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * static_cast<float>(nibble(b + 8, i) | fifthBit(b + 4, i) << 4) + m;
    }
}

void decodeIq4Nl(const std::byte *b, float *w)
{
    const float d = halfAt(b);
    for (int i = 0; i < 32; ++i) {
        w[i] = d * iq4Levels[nibble(b + 2, i)];
    }
}

void decodeQ2K(const std::byte *b, float *w)
{
    const float d = halfAt(b + 80);
    const float dmin = halfAt(b + 82);
    for (int i = 0; i < 256; ++i) {
        const int scales = valueOf(b[i / 16]);
        const int code = (valueOf(b[16 + 32 * (i / 128) + i % 32]) >> (2 * (i % 128 / 32))) & 3;
        w[i] = d * static_cast<float>(scales & 15) * static_cast<float>(code)
            - dmin * static_cast<float>(scales >> 4);
    }
}

int scaleOfQ3K(const std::byte *b, int k)
{
    const int low = k < 8 ? valueOf(b[k]) & 15 : valueOf(b[k - 8]) >> 4;
    const int high = (valueOf(b[8 + k % 4]) >> (2 * (k / 4))) & 3;
    return (low | high << 4) - 32;
}

void decodeQ3K(const std::byte *b, float *w)
{
    const float d = halfAt(b + 108);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const int low = (valueOf(b[32 + 32 * half + i % 32]) >> (2 * quarter)) & 3;
        const int isHigh = (valueOf(b[i % 32]) >> (4 * half + quarter)) & 1;
        const float scale = d * static_cast<float>(scaleOfQ3K(b + 96, i / 16));
        w[i] = scale * static_cast<float>(low - (isHigh != 0 ? 0 : 4));
    }
}

struct ScaleAndMin
{
    int scale;
    int min;
};

ScaleAndMin scaleOfQ4K(const std::byte *b, int k)
{
    const auto at = [b](int i) { return valueOf(b[i]); };
    if (k < 4) {
        return {at(k) & 63, at(k + 4) & 63};
    }
    return {(at(k + 4) & 15) | (at(k - 4) >> 6) << 4, (at(k + 4) >> 4) | (at(k) >> 6) << 4};
}

/// Q4_K, and Q5_K with the fifth bits at `high`.
void decodeQ45K(const std::byte *b, const std::byte *high, const std::byte *codes, float *w)
{
    const float d = halfAt(b);
    const float dmin = halfAt(b + 2);
    for (int k = 0; k < 8; ++k) {
        const ScaleAndMin sub = scaleOfQ4K(b + 4, k);
        const float scale = d * static_cast<float>(sub.scale);
        const float minimum = dmin * static_cast<float>(sub.min);
        for (int l = 0; l < 32; ++l) {
            const int byte = valueOf(codes[32 * (k / 2) + l]);
            int code = k % 2 == 0 ? byte & 15 : byte >> 4;
            if (high != nullptr) {
                code |= ((valueOf(high[l]) >> k) & 1) << 4;
            }
            w[32 * k + l] = scale * static_cast<float>(code) - minimum;
        }
    }
}

void decodeQ6K(const std::byte *b, float *w)
{
    const float d = halfAt(b + 208);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const int l = i % 32;
        const int byte = valueOf(b[64 * half + 32 * (quarter & 1) + l]);
        const int low = quarter < 2 ? byte & 15 : byte >> 4;
        const int high = (valueOf(b[128 + 32 * half + l]) >> (2 * quarter)) & 3;
        w[i] = d * static_cast<float>(signedValueOf(b[192 + i / 16]))
            * static_cast<float>((low | high << 4) - 32);
    }
}

} // namespace

void decodeBlock(GgmlType type, const std::byte *bytes, float *values)
{
    switch (type) {
    case GgmlType::F32:
        std::memcpy(values, bytes, sizeof(float));
        return;
    case GgmlType::F16:
        values[0] = halfAt(bytes);
        return;
    case GgmlType::BF16: {
        std::uint16_t bits = 0;
        std::memcpy(&bits, bytes, sizeof bits);
        values[0] = bfloat16ToFloat(bits);
        return;
    }
    case GgmlType::Q4_0:
        return decodeQ4_0(bytes, values);
    case GgmlType::Q4_1:
        return decodeQ4_1(bytes, values);
    case GgmlType::Q5_0:
        return decodeQ5_0(bytes, values);
    case GgmlType::Q5_1:
        return decodeQ5_1(bytes, values);
    case GgmlType::Q8_0:
        return decodeQ8_0(bytes, values);
    case GgmlType::Iq4Nl:
        return decodeIq4Nl(bytes, values);
    case GgmlType::Q2K:
        return decodeQ2K(bytes, values);
    case GgmlType::Q3K:
        return decodeQ3K(bytes, values);
    case GgmlType::Q4K:
        return decodeQ45K(bytes, nullptr, bytes + 16, values);
    case GgmlType::Q5K:
        return decodeQ45K(bytes, bytes + 16, bytes + 48, values);
    case GgmlType::Q6K:
        return decodeQ6K(bytes, values);
    }
}

} // namespace bitprism::ggml

namespace bitprism {

void decodeGgml(GgmlType type, std::span<const std::byte> blocks, MatrixView<float> weights)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    const std::int64_t rowBytes = ggmlRowBytes(type, weights.cols);
    BITPRISM_ASSERT(std::ssize(blocks) == weights.rows * rowBytes, "the blocks fill the matrix");
    constexpr std::int64_t grainWeights = 1 << 15;
    const auto grain
        = static_cast<std::size_t>(std::max<std::int64_t>(1, grainWeights / weights.cols));
    parallelFor(static_cast<std::size_t>(weights.rows), grain,
                [&](std::size_t begin, std::size_t end) {
                    for (auto row = static_cast<std::int64_t>(begin);
                         row < static_cast<std::int64_t>(end); ++row) {
                        const std::byte *from = blocks.data() + row * rowBytes;
                        for (std::int64_t col = 0; col < weights.cols; col += info.blockWeights) {
                            ggml::decodeBlock(type, from, weights.row(row) + col);
                            from += info.blockBytes;
                        }
                    }
                });
}

} // namespace bitprism
