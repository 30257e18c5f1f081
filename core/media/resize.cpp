// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/resize.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace bitprism::media {

namespace {

constexpr int fractionBits = 22; // 8 bits of pixel and 2 of headroom stay free in 32

/// Keys' cubic convolution kernel with a = -0.5 (IEEE TASSP 29, 1981, eq. 15).
double cubic(double x)
{
    const double distance = std::abs(x);
    if (distance < 1) {
        return (1.5 * distance - 2.5) * distance * distance + 1;
    }
    return distance < 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
}

/// The source pixels that one target pixel is made of.
struct Taps
{
    std::int64_t first = 0;
    std::vector<std::int32_t> weights; ///< fixed point, summing to about one
};

/// The kernel is widened by the scale when the image shrinks: that is the antialiasing.
std::vector<Taps> tapsOf(std::int64_t from, std::int64_t to)
{
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double widened = std::max(1.0, scale);
    const double narrowing = 1 / widened;
    const double support = 2 * widened;
    std::vector<Taps> taps(static_cast<std::size_t>(to));
    std::vector<double> weights;
    for (std::int64_t target = 0; target < to; ++target) {
        const double centre = (static_cast<double>(target) + 0.5) * scale;
        const double low = std::trunc(centre - support + 0.5);
        const double high = std::trunc(centre + support + 0.5);
        const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(low));
        const auto end = std::min(from, static_cast<std::int64_t>(high));
        weights.clear();
        double sum = 0;
        for (std::int64_t source = first; source < end; ++source) {
            weights.push_back(cubic((static_cast<double>(source) - centre + 0.5) * narrowing));
            sum += weights.back();
        }
        Taps &row = taps[static_cast<std::size_t>(target)];
        row.first = first;
        for (const double weight : weights) {
            const double fixed = weight / sum * (1 << fractionBits);
            row.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return taps;
}

std::uint8_t toByte(std::int64_t fixed)
{
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(fixed >> fractionBits, 0, 255));
}

constexpr std::int64_t half = std::int64_t{1} << (fractionBits - 1);

/// Resizes along one axis: `outer` lines, whose pixels lie `step` apart.
void resizeLine(const std::uint8_t *source, std::uint8_t *target, std::int64_t step,
                const std::vector<Taps> &taps)
{
    for (std::size_t i = 0; i < taps.size(); ++i) {
        std::int64_t sum = half;
        const std::uint8_t *from = source + taps[i].first * step;
        for (const std::int32_t weight : taps[i].weights) {
            sum += static_cast<std::int64_t>(weight) * *from;
            from += step;
        }
        target[static_cast<std::int64_t>(i) * step] = toByte(sum);
    }
}

Image resizeRows(const Image &image, std::int64_t width)
{
    Image result{width, image.height, {}};
    result.rgb.resize(static_cast<std::size_t>(width * image.height * 3));
    const std::vector<Taps> taps = tapsOf(image.width, width);
    for (std::int64_t y = 0; y < image.height; ++y) {
        for (std::int64_t channel = 0; channel < 3; ++channel) {
            resizeLine(image.rgb.data() + y * image.width * 3 + channel,
                       result.rgb.data() + y * width * 3 + channel, 3, taps);
        }
    }
    return result;
}

Image resizeColumns(const Image &image, std::int64_t height)
{
    Image result{image.width, height, {}};
    const std::int64_t step = image.width * 3;
    result.rgb.resize(static_cast<std::size_t>(step * height));
    const std::vector<Taps> taps = tapsOf(image.height, height);
    for (std::int64_t x = 0; x < step; ++x) {
        resizeLine(image.rgb.data() + x, result.rgb.data() + x, step, taps);
    }
    return result;
}

} // namespace

Image resizeBicubic(const Image &image, std::int64_t width, std::int64_t height)
{
    BITPRISM_ASSERT(width >= 1 && height >= 1 && width * height <= maxImagePixels,
                    "the target has a sensible size");
    const Image rows = width == image.width ? image : resizeRows(image, width);
    return height == rows.height ? rows : resizeColumns(rows, height);
}

std::vector<float> prepareImage(const Image &image, const ImagePreparation &preparation)
{
    const std::int64_t size = preparation.size;
    const bool isWide = image.width > image.height;
    const std::int64_t shorter = isWide ? image.height : image.width;
    const std::int64_t longer = size * (isWide ? image.width : image.height) / shorter;
    if (size * longer > maxImagePixels) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "An image of %1 x %2 pixels is too narrow to be resized to a "
                                "shorter side of %3."),
                    image.width, image.height, size);
    }
    const Image resized = resizeBicubic(image, isWide ? longer : size, isWide ? size : longer);
    const std::int64_t left = (resized.width - size) / 2;
    const std::int64_t top = (resized.height - size) / 2;
    std::vector<float> result(static_cast<std::size_t>(3 * size * size));
    float *target = result.data();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::int64_t y = 0; y < size; ++y) {
            const std::uint8_t *row
                = resized.rgb.data() + ((top + y) * resized.width + left) * 3 + channel;
            for (std::int64_t x = 0; x < size; ++x) {
                *target++ = static_cast<float>((row[3 * x] / 255.0 - preparation.mean[channel])
                                               / preparation.deviation[channel]);
            }
        }
    }
    return result;
}

} // namespace bitprism::media
