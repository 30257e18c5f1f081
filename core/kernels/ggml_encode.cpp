// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/ggml_two_level.h"
#include "core/kernels/stop.h"
#include "core/kernels/uniform_quantizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace bitprism::ggml {

namespace {

/// 256 weights turned so that blocks of 32, or sub-blocks of one of 256, are lanes.
struct Tile
{
    alignas(32) std::array<float, tileWeights> x{};
    alignas(32) std::array<float, tileWeights> w;
    Lanes lanes;

    explicit Tile(int count)
        : lanes{x.data(), w.data(), count, static_cast<int>(tileWeights) / count, false}
    {
        w.fill(1);
    }

    std::size_t placeOf(int i, int lane) const
    {
        const int place = i * lanes.lanes + lane;
        return static_cast<std::size_t>(place);
    }

    void takeLane(const BlockSource &source, int first, int lane)
    {
        for (int i = 0; i < lanes.count; ++i) {
            x[placeOf(i, lane)] = source.values[first + i];
        }
        for (int i = 0; source.importance != nullptr && i < lanes.count; ++i) {
            w[placeOf(i, lane)] = source.importance[first + i];
            lanes.isWeighted = true;
        }
    }

    void takeSuperBlock(const BlockSource &source)
    {
        for (int lane = 0; lane < lanes.lanes; ++lane) {
            takeLane(source, lane * lanes.count, lane);
        }
    }
};

void putHalf(std::byte *to, float value)
{
    const std::uint16_t bits = floatToHalf(value);
    std::memcpy(to, &bits, sizeof bits);
}

void orInto(std::byte &byte, int bits) { byte |= static_cast<std::byte>(bits); }

/// The code of weight i of a super-block whose lanes have `count` values; `shift` makes it
/// unsigned.
struct CodeReader
{
    const float *codes;
    int count;
    int shift;

    int operator()(int i) const
    {
        const int lanes = static_cast<int>(tileWeights) / count;
        return static_cast<int>(codes[i % count * lanes + i / count]) + shift;
    }
};

int whole(float value) { return static_cast<int>(value); }

void packQ2K(const TwoLevel &level, std::byte *b)
{
    const CodeReader code{level.codes.data(), 16, 0};
    for (std::size_t k = 0; k < 16; ++k) {
        b[k] = static_cast<std::byte>(whole(level.scale[k]) | whole(level.minimum[k]) << 4);
    }
    for (int i = 0; i < 256; ++i) {
        orInto(b[16 + 32 * (i / 128) + i % 32], code(i) << (2 * (i % 128 / 32)));
    }
    putHalf(b + 80, level.d);
    putHalf(b + 82, level.dmin);
}

void packQ3K(const TwoLevel &level, std::byte *b)
{
    const CodeReader code{level.codes.data(), 16, 4};
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        orInto(b[32 + 32 * half + i % 32], (code(i) & 3) << (2 * quarter));
        orInto(b[i % 32], (code(i) >> 2) << (4 * half + quarter));
    }
    for (int k = 0; k < 16; ++k) {
        const int scale = whole(level.scale[static_cast<std::size_t>(k)]) + 32;
        orInto(b[96 + k % 8], (scale & 15) << (k < 8 ? 0 : 4));
        orInto(b[104 + k % 4], (scale >> 4) << (2 * (k / 4)));
    }
    putHalf(b + 108, level.d);
}

void packScalesQ4K(const TwoLevel &level, std::byte *b)
{
    for (int k = 0; k < 8; ++k) {
        const int s = whole(level.scale[static_cast<std::size_t>(k)]);
        const int m = whole(level.minimum[static_cast<std::size_t>(k)]);
        if (k < 4) {
            orInto(b[k], s);
            orInto(b[k + 4], m);
        } else {
            orInto(b[k + 4], (s & 15) | (m & 15) << 4);
            orInto(b[k - 4], (s >> 4) << 6);
            orInto(b[k], (m >> 4) << 6);
        }
    }
}

void packQ45K(const TwoLevel &level, bool hasFifthBit, std::byte *b)
{
    putHalf(b, level.d);
    putHalf(b + 2, level.dmin);
    packScalesQ4K(level, b + 4);
    std::byte *high = b + 16;
    std::byte *low = hasFifthBit ? b + 48 : b + 16;
    const CodeReader code{level.codes.data(), 32, 0};
    for (int k = 0; k < 8; ++k) {
        for (int l = 0; l < 32; ++l) {
            const int value = code(32 * k + l);
            orInto(low[32 * (k / 2) + l], (value & 15) << (k % 2 == 0 ? 0 : 4));
            if (hasFifthBit) {
                orInto(high[l], (value >> 4) << k);
            }
        }
    }
}

void packQ6K(const TwoLevel &level, std::byte *b)
{
    const CodeReader code{level.codes.data(), 16, 32};
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const int l = i % 32;
        orInto(b[64 * half + 32 * (quarter & 1) + l], (code(i) & 15) << (quarter < 2 ? 0 : 4));
        orInto(b[128 + 32 * half + l], (code(i) >> 4) << (2 * quarter));
    }
    for (std::size_t k = 0; k < 16; ++k) {
        b[192 + k] = static_cast<std::byte>(whole(level.scale[k]));
    }
    putHalf(b + 208, level.d);
}

void encodeSuperBlock(GgmlType type, const BlockSource &source, const Kernels &kernels,
                      std::byte *bytes)
{
    constexpr SubScales sixBits{0, 63};
    Tile tile(type == GgmlType::Q4K || type == GgmlType::Q5K ? 32 : 16);
    tile.takeSuperBlock(source);
    switch (type) {
    case GgmlType::Q2K:
        return packQ2K(
            searchTwoLevelAffine(tile.lanes, {3, -0.5F, 0.1F, 16, 0.1F, 3}, {0, 15}, 3, kernels),
            bytes);
    case GgmlType::Q4K:
        return packQ45K(searchTwoLevelAffine(tile.lanes, {15, -1, 0.1F, 21}, sixBits, 1, kernels),
                        false, bytes);
    case GgmlType::Q5K:
        return packQ45K(searchTwoLevelAffine(tile.lanes, {31, -1, 0.1F, 21}, sixBits, 1, kernels),
                        true, bytes);
    case GgmlType::Q3K:
        return packQ3K(searchTwoLevelSymmetric(tile.lanes, {-4, 3, 0.1F, 9}, {-32, 31}, 4, kernels),
                       bytes);
    default:
        return packQ6K(
            searchTwoLevelSymmetric(tile.lanes, {-32, 31, 0.1F, 9}, {-128, 127}, 2, kernels),
            bytes);
    }
}

/// Up to eight blocks of 32: scales as F16 holds them, and the codes that go with them.
struct SmallBlocks
{
    alignas(32) std::array<float, 8> scale{};
    alignas(32) std::array<float, 8> offset{}; ///< added; Q4_1 and Q5_1 only
    alignas(32) std::array<float, tileWeights> codes{}; ///< [32, 8]
};

/// The codes of such blocks as bytes, [32, 8]; those of Q8_0 in two's complement.
struct ByteCodes
{
    std::array<std::uint8_t, tileWeights> bytes;

    /// `shift` makes them unsigned.
    ByteCodes(const SmallBlocks &blocks, int shift)
    {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = static_cast<std::uint8_t>(static_cast<int>(blocks.codes[i]) + shift);
        }
    }
    unsigned at(int lane, int i) const
    {
        const int place = i * 8 + lane;
        return bytes[static_cast<std::size_t>(place)];
    }
};

using Eight = std::array<float, 8>;

/// Rounds scales to F16: of the nearest value and its neighbours on both sides the one that errs
/// least.
template <typename Code> void roundScales(SmallBlocks &blocks, const Code &code)
{
    const Eight fitted = blocks.scale;
    Eight least;
    least.fill(std::numeric_limits<float>::infinity());
    for (const float nudge : {0.0F, 0x1p-10F, -0x1p-10F}) {
        Eight scale;
        Eight errors;
        for (std::size_t l = 0; l < scale.size(); ++l) {
            scale[l] = storableScale(fitted[l] * (1 + nudge));
        }
        code(scale, errors);
        for (std::size_t l = 0; l < scale.size(); ++l) {
            if (errors[l] < least[l]) {
                least[l] = errors[l];
                blocks.scale[l] = scale[l];
            }
        }
    }
    Eight errors;
    code(blocks.scale, errors);
}

SmallBlocks searchSymmetric(const Lanes &lanes, const SymmetricScan &scan, const Kernels &kernels)
{
    SmallBlocks blocks;
    kernels.scanSymmetric(lanes, scan, blocks.scale.data());
    roundScales(blocks, [&](const Eight &scale, Eight &errors) {
        kernels.codeSymmetric(lanes, scale.data(), scan.lowCode, scan.highCode, blocks.codes.data(),
                              errors.data());
    });
    return blocks;
}

SmallBlocks searchTable(const Lanes &lanes, const Kernels &kernels)
{
    constexpr int steps = 9;
    SmallBlocks blocks;
    kernels.scanTable(lanes, iq4Levels, steps, blocks.scale.data());
    roundScales(blocks, [&](const Eight &scale, Eight &errors) {
        kernels.codeTable(lanes, iq4Levels, scale.data(), blocks.codes.data(), errors.data());
    });
    return blocks;
}

SmallBlocks searchAffine(const Lanes &lanes, float maxCode, const Kernels &kernels)
{
    AffineScan scan{maxCode, -0.5F, 0.1F, 16};
    scan.isOffsetFree = true;
    SmallBlocks blocks;
    Eight minimum;
    kernels.scanAffine(lanes, scan, blocks.scale.data(), minimum.data());
    for (std::size_t l = 0; l < minimum.size(); ++l) {
        minimum[l] = storableScale(minimum[l]);
        blocks.offset[l] = -minimum[l];
    }
    roundScales(blocks, [&](const Eight &scale, Eight &errors) {
        kernels.codeAffine(lanes, scale.data(), minimum.data(), scan.maxCode, blocks.codes.data(),
                           errors.data());
    });
    return blocks;
}

void packNibbles(const ByteCodes &codes, int lane, std::byte *to)
{
    for (int i = 0; i < 16; ++i) {
        to[i]
            = static_cast<std::byte>((codes.at(lane, i) & 15) | (codes.at(lane, i + 16) & 15) << 4);
    }
}

void packFifthBits(const ByteCodes &codes, int lane, std::byte *to)
{
    std::uint32_t bits = 0;
    for (int i = 0; i < 32; ++i) {
        bits |= (codes.at(lane, i) >> 4) << i;
    }
    std::memcpy(to, &bits, sizeof bits);
}

int codeShift(GgmlType type)
{
    return type == GgmlType::Q4_0 ? 8 : type == GgmlType::Q5_0 ? 16 : 0;
}

void packSmall(GgmlType type, const SmallBlocks &blocks, const ByteCodes &codes, int lane,
               std::byte *b)
{
    putHalf(b, blocks.scale[static_cast<std::size_t>(lane)]);
    b += 2;
    if (type == GgmlType::Q4_1 || type == GgmlType::Q5_1) {
        putHalf(b, blocks.offset[static_cast<std::size_t>(lane)]);
        b += 2;
    }
    if (type == GgmlType::Q5_0 || type == GgmlType::Q5_1) {
        packFifthBits(codes, lane, b);
        b += 4;
    }
    if (type != GgmlType::Q8_0) {
        packNibbles(codes, lane, b);
        return;
    }
    for (int i = 0; i < 32; ++i) {
        b[i] = static_cast<std::byte>(codes.at(lane, i));
    }
}

SmallBlocks searchSmall(GgmlType type, const Lanes &lanes, const Kernels &kernels)
{
    switch (type) {
    case GgmlType::Q4_0:
        return searchSymmetric(lanes, {-8, 7, 0.1F, 9}, kernels);
    case GgmlType::Q5_0:
        return searchSymmetric(lanes, {-16, 15, 0.1F, 9}, kernels);
    case GgmlType::Q4_1:
        return searchAffine(lanes, 15, kernels);
    case GgmlType::Q5_1:
        return searchAffine(lanes, 31, kernels);
    case GgmlType::Iq4Nl:
        return searchTable(lanes, kernels);
    default: // -128 is not used, so that codes move to symmetric formats unchanged
        return searchSymmetric(lanes, {-127, 127, 0.1F, 5}, kernels);
    }
}

} // namespace

void encodeTile(GgmlType type, std::span<const BlockSource> blocks, const Kernels &kernels,
                std::byte *bytes)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    std::memset(bytes, 0, blocks.size() * static_cast<std::size_t>(info.blockBytes));
    if (info.blockWeights == static_cast<int>(tileWeights)) {
        encodeSuperBlock(type, blocks.front(), kernels, bytes);
        return;
    }
    Tile tile(info.blockWeights);
    for (std::size_t lane = 0; lane < blocks.size(); ++lane) {
        tile.takeLane(blocks[lane], 0, static_cast<int>(lane));
    }
    const SmallBlocks found = searchSmall(type, tile.lanes, kernels);
    const ByteCodes codes(found, codeShift(type));
    for (std::size_t lane = 0; lane < blocks.size(); ++lane) {
        packSmall(type, found, codes, static_cast<int>(lane),
                  bytes + lane * static_cast<std::size_t>(info.blockBytes));
    }
}

} // namespace bitprism::ggml

namespace bitprism {

namespace {

/// Importances over their mean, with a floor: a column without inputs still costs a little, and a
/// lane of such columns has a scale of its own.
std::vector<float> relativeImportance(std::span<const float> importance)
{
    constexpr double floor = 1e-6;
    double sum = 0;
    for (const float value : importance) {
        if (!(value >= 0) || !std::isfinite(value)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The mean square of a layer's input is not finite; the model "
                                    "overflows on this calibration data."));
        }
        sum += static_cast<double>(value);
    }
    const double mean = sum / static_cast<double>(importance.size());
    std::vector<float> relative(importance.size(), 1.0F);
    for (std::size_t j = 0; j < relative.size() && mean > 0; ++j) {
        relative[j]
            = static_cast<float>(std::max(static_cast<double>(importance[j]) / mean, floor));
    }
    return relative;
}

/// Squares of larger weights overflow in the searches, long after F16 scales ended.
void checkSize(MatrixView<const float> weights)
{
    constexpr float largest = 1e15F;
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        const float *row = weights.row(i);
        if (std::any_of(row, row + weights.cols, [](float w) { return std::abs(w) > largest; })) {
            ggml::storableScale(largest); // throws
        }
    }
}

void encodeHalves(MatrixView<const float> weights, std::vector<std::byte> &bytes)
{
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        for (std::int64_t j = 0; j < weights.cols; ++j) {
            const std::uint16_t bits = floatToHalf(weights(i, j));
            if ((bits & 0x7c00U) == 0x7c00U) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "The weights are too large for F16; keep the layer as "
                                        "it is."));
            }
            std::memcpy(bytes.data() + 2 * (i * weights.cols + j), &bits, sizeof bits);
        }
    }
}

/// F32 as it is, BF16 to nearest, halves to even.
void encodePlain(GgmlType type, MatrixView<const float> weights, std::vector<std::byte> &bytes)
{
    std::byte *to = bytes.data();
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        const float *row = weights.row(i);
        if (type == GgmlType::F32) {
            std::memcpy(to, row, static_cast<std::size_t>(weights.cols) * sizeof(float));
            to += static_cast<std::size_t>(weights.cols) * sizeof(float);
            continue;
        }
        for (std::int64_t j = 0; j < weights.cols; ++j) {
            const std::uint16_t bits = floatToBfloat16(row[j]);
            std::memcpy(to, &bits, sizeof bits);
            to += sizeof bits;
        }
    }
}

} // namespace

std::vector<std::byte> encodeGgml(GgmlType type, MatrixView<const float> weights,
                                  std::span<const float> importance, std::stop_token stop,
                                  const ggml::Kernels &kernels)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    BITPRISM_ASSERT(importance.empty() || std::ssize(importance) == weights.cols,
                    "one importance for each column");
    checkFinite(weights);
    std::vector<std::byte> bytes(
        static_cast<std::size_t>(weights.rows * ggmlRowBytes(type, weights.cols)));
    if (type == GgmlType::F16) {
        encodeHalves(weights, bytes);
        return bytes;
    }
    if (isPlain(type)) {
        encodePlain(type, weights, bytes);
        return bytes;
    }
    checkSize(weights);
    std::vector<float> relative;
    if (!importance.empty()) {
        relative = relativeImportance(importance);
    }
    const std::int64_t blocksPerRow = weights.cols / info.blockWeights;
    const auto perTile = static_cast<std::int64_t>(ggml::tileWeights) / info.blockWeights;
    const std::int64_t blocks = weights.rows * blocksPerRow;
    const std::int64_t tiles = (blocks + perTile - 1) / perTile;
    constexpr std::size_t grain = 64;
    parallelFor(static_cast<std::size_t>(tiles), grain, [&](std::size_t begin, std::size_t end) {
        std::vector<ggml::BlockSource> sources;
        for (auto tile = static_cast<std::int64_t>(begin); tile < static_cast<std::int64_t>(end);
             ++tile) {
            throwIfStopped(stop);
            const std::int64_t first = tile * perTile;
            sources.clear();
            for (std::int64_t b = first; b < std::min(first + perTile, blocks); ++b) {
                const std::int64_t col = b % blocksPerRow * info.blockWeights;
                sources.push_back({weights.row(b / blocksPerRow) + col,
                                   relative.empty() ? nullptr : relative.data() + col});
            }
            ggml::encodeTile(type, sources, kernels, bytes.data() + first * info.blockBytes);
        }
    });
    return bytes;
}

} // namespace bitprism
