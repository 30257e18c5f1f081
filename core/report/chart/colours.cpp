// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/drawing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace bitprism::chart {

namespace {

using Pair = std::array<std::uint32_t, 2>; // light, dark

constexpr Pair text{0x1b1f27, 0xe8ebf0};
constexpr Pair muted{0x5a6372, 0xa0a9b8};
constexpr Pair grid{0xe6e9ee, 0x2c313b};
constexpr Pair border{0xd5d9e0, 0x3a404c};
constexpr Pair surface{0xffffff, 0x1e222a};
constexpr Pair accent{0x1f5fbf, 0x7fb0ff};
constexpr Pair bad{0xb3261e, 0xff8a80};
constexpr Pair noise{0xe6e9ee, 0x2c313b};
constexpr std::array<Pair, seriesCount> series{{{0x1d299f, 0x87c0f6},
                                                {0xcb770d, 0xf9d6b6},
                                                {0x15a593, 0x3d9453},
                                                {0x6a064b, 0xb84bb3},
                                                {0x725723, 0xbfb223},
                                                {0x8863c6, 0xa48df4},
                                                {0x316b7a, 0x91effe}}};
constexpr std::array<std::uint32_t, 9> mapStops{0x1e0439, 0x242358, 0x224471, 0x1a6685, 0x288790,
                                                0x51a695, 0x81c491, 0xc6d9a1, 0xfdefba};

using Vector = std::array<double, 3>;

Vector linearRgb(std::uint32_t colour)
{
    Vector result{};
    for (std::size_t i = 0; i < 3; ++i) {
        const double value = static_cast<double>(colour >> (16 - 8 * i) & 0xFF) / 255;
        result[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    }
    return result;
}

std::uint32_t fromLinearRgb(const Vector &rgb)
{
    std::uint32_t colour = 0;
    for (const double value : rgb) {
        const double encoded
            = value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
        const long level = std::lround(255 * std::clamp(encoded, 0.0, 1.0));
        colour = colour << 8 | static_cast<std::uint32_t>(level);
    }
    return colour;
}

Vector product(const std::array<Vector, 3> &matrix, const Vector &v)
{
    Vector result{};
    for (std::size_t i = 0; i < 3; ++i) {
        result[i] = matrix[i][0] * v[0] + matrix[i][1] * v[1] + matrix[i][2] * v[2];
    }
    return result;
}

// OKLab (Ottosson 2020): linear sRGB to cone responses, their cube roots to lightness and
// opponents.
Vector oklab(std::uint32_t colour)
{
    Vector lms = product({{{0.4122214708, 0.5363325363, 0.0514459929},
                           {0.2119034982, 0.6806995451, 0.1073969566},
                           {0.0883024619, 0.2817188376, 0.6299787005}}},
                         linearRgb(colour));
    std::transform(lms.begin(), lms.end(), lms.begin(), [](double v) { return std::cbrt(v); });
    return product({{{0.2104542553, 0.7936177850, -0.0040720468},
                     {1.9779984951, -2.4285922050, 0.4505937099},
                     {0.0259040371, 0.7827717662, -0.8086757660}}},
                   lms);
}

std::uint32_t fromOklab(const Vector &lab)
{
    Vector lms = product({{{1, 0.3963377774, 0.2158037573},
                           {1, -0.1055613458, -0.0638541728},
                           {1, -0.0894841775, -1.2914855480}}},
                         lab);
    std::transform(lms.begin(), lms.end(), lms.begin(), [](double v) { return v * v * v; });
    return fromLinearRgb(product({{{4.0767416621, -3.3077115913, 0.2309699292},
                                   {-1.2684380046, 2.6097574011, -0.3413193965},
                                   {-0.0041960863, -0.7034186147, 1.7076147010}}},
                                 lms));
}

/// `share` 0 is the dark end, 1 the light one.
std::uint32_t mapColour(double share)
{
    const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(mapStops.size() - 1);
    const std::size_t stop = std::min(static_cast<std::size_t>(place), mapStops.size() - 2);
    const double weight = place - static_cast<double>(stop);
    const Vector from = oklab(mapStops[stop]);
    const Vector to = oklab(mapStops[stop + 1]);
    Vector mixed{};
    for (std::size_t i = 0; i < 3; ++i) {
        mixed[i] = from[i] + weight * (to[i] - from[i]);
    }
    return fromOklab(mixed);
}

std::uint32_t valueOf(Ink ink, bool isDark)
{
    const std::size_t theme = isDark ? 1 : 0;
    switch (ink.role) {
    case Role::Text:
        return text[theme];
    case Role::Muted:
        return muted[theme];
    case Role::Grid:
        return grid[theme];
    case Role::Border:
        return border[theme];
    case Role::Surface:
        return surface[theme];
    case Role::Accent:
        return accent[theme];
    case Role::Bad:
        return bad[theme];
    case Role::Noise:
        return noise[theme];
    case Role::Series:
        return series[static_cast<std::size_t>(ink.index % seriesCount)][theme];
    case Role::Map: {
        // More damage is darker on light and lighter on dark.
        const double damage = static_cast<double>(ink.index) / (mapLevels - 1);
        return mapColour(isDark ? damage : 1 - damage);
    }
    }
    return 0;
}

} // namespace

std::string colourOf(Ink ink, bool isDark)
{
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "#%06x", valueOf(ink, isDark));
    return digits.data();
}

} // namespace bitprism::chart
