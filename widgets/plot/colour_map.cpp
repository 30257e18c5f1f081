// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/colour_map.h"

#include "widgets/shared/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

namespace {

/// Odd, so that the middle of a diverging map is one of its colours.
constexpr int tableSize = 257;

double toLinear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double fromLinear(double channel)
{
    const double clipped = std::clamp(channel, 0.0, 1.0);
    return clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
}

const std::vector<QColor> sequentialStops{QColor(0x1e0439), QColor(0x242358), QColor(0x224471),
                                          QColor(0x1a6685), QColor(0x288790), QColor(0x51a695),
                                          QColor(0x81c491), QColor(0xc6d9a1), QColor(0xfdefba)};
const std::vector<QColor> lightDivergingStops{QColor(0x1d5fa5), QColor(0x5b8fcb), QColor(0xa3bfe2),
                                              QColor(0xf5f5f5), QColor(0xe0b49f), QColor(0xc67f5c),
                                              QColor(0xa14f22)};
const std::vector<QColor> darkDivergingStops{QColor(0x7fb5f2), QColor(0x5a86bd), QColor(0x465d7d),
                                             QColor(0x3a3f49), QColor(0x7a5646), QColor(0xb9764f),
                                             QColor(0xf0a070)};

} // namespace

OkLab toOkLab(const QColor &colour)
{
    const double r = toLinear(colour.redF());
    const double g = toLinear(colour.greenF());
    const double b = toLinear(colour.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

QColor fromOkLab(const OkLab &colour)
{
    const auto cube = [](double root) { return root * root * root; };
    const double l = cube(colour.lightness + 0.3963377774 * colour.a + 0.2158037573 * colour.b);
    const double m = cube(colour.lightness - 0.1055613458 * colour.a - 0.0638541728 * colour.b);
    const double s = cube(colour.lightness - 0.0894841775 * colour.a - 1.2914855480 * colour.b);
    const double r = fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    const double g = fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    const double b = fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    return QColor::fromRgbF(static_cast<float>(r), static_cast<float>(g), static_cast<float>(b));
}

QColor mixColours(const QColor &from, const QColor &to, double share)
{
    const OkLab a = toOkLab(from);
    const OkLab b = toOkLab(to);
    return fromOkLab({std::lerp(a.lightness, b.lightness, share), std::lerp(a.a, b.a, share),
                      std::lerp(a.b, b.b, share)});
}

ColourMap::ColourMap(const std::vector<QColor> &stops)
{
    const std::size_t pieces = stops.size() - 1;
    for (int i = 0; i < tableSize; ++i) {
        const double place = static_cast<double>(i) * static_cast<double>(pieces) / (tableSize - 1);
        const std::size_t piece = std::min(static_cast<std::size_t>(place), pieces - 1);
        const QColor colour
            = mixColours(stops[piece], stops[piece + 1], place - static_cast<double>(piece));
        m_table.push_back(colour);
        m_mutedTable.push_back(fromOkLab({toOkLab(colour).lightness, 0, 0}));
    }
}

const ColourMap &ColourMap::sequential(const Theme &theme)
{
    static const ColourMap dark(sequentialStops);
    static const ColourMap light({sequentialStops.rbegin(), sequentialStops.rend()});
    return theme.isDark ? dark : light;
}

const ColourMap &ColourMap::diverging(const Theme &theme)
{
    static const ColourMap dark(darkDivergingStops);
    static const ColourMap light(lightDivergingStops);
    return theme.isDark ? dark : light;
}

QColor ColourMap::colour(double value) const
{
    const double place = std::clamp(value, 0.0, 1.0) * (tableSize - 1);
    return m_table[static_cast<std::size_t>(std::lround(place))];
}

QColor ColourMap::mutedColour(double value) const
{
    const double place = std::clamp(value, 0.0, 1.0) * (tableSize - 1);
    return m_mutedTable[static_cast<std::size_t>(std::lround(place))];
}

QColor inkOn(const QColor &background)
{
    // The lightness at which black and white contrast alike (4.6:1 each).
    constexpr double middle = 0.57;
    return toOkLab(background).lightness > middle ? Qt::black : Qt::white;
}

} // namespace bitprism
