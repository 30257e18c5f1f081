// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <vector>

namespace bitprism {

struct Theme;

/// A colour in OKLab (B. Ottosson, "A perceptual color space for image processing", 2020):
/// lightness 0 to 1, then green to red and blue to yellow.
struct OkLab
{
    double lightness = 0;
    double a = 0;
    double b = 0;
};

OkLab toOkLab(const QColor &colour);
/// Clipped to what sRGB can show.
QColor fromOkLab(const OkLab &colour);
/// Straight line in OKLab; `share` 0 is `from`, 1 is `to`.
QColor mixColours(const QColor &from, const QColor &to, double share);

/// Colours for the values 0 to 1, evenly spaced stops joined by straight lines in OKLab.
class ColourMap
{
public:
    /// `stops` has at least two colours.
    explicit ColourMap(const std::vector<QColor> &stops);

    /// For amounts: more is lighter on dark and darker on light, so that the eye goes to it.
    static const ColourMap &sequential(const Theme &theme);
    /// For differences: zero is 0.5, a colour near the surface's own.
    static const ColourMap &diverging(const Theme &theme);

    /// Values beyond 0 and 1 have the colour of the end.
    QColor colour(double value) const;
    /// The same lightness without the hue: what lies inside the noise.
    QColor mutedColour(double value) const;
    const std::vector<QColor> &table() const { return m_table; }

private:
    std::vector<QColor> m_table; ///< 257 colours
    std::vector<QColor> m_mutedTable;
};

/// Black or white, whichever is easier to read on `background`.
QColor inkOn(const QColor &background);

} // namespace bitprism
