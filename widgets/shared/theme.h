// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

#include <array>

namespace bitprism {

enum class Appearance
{
    System, ///< as light or dark as the desktop's palette
    Light,
    Dark
};

/// The only source of colour: palette roles, and a few named colours that QPalette has no role for.
/// Cheap to make; a widget makes one from its palette when it paints, so it follows every change.
struct Theme
{
    bool isDark = false;
    QColor surface; ///< behind data: cards, tables, plots
    QColor border;
    QColor grid;
    QColor mutedText;
    QColor accent;
    QColor good;
    QColor warning;
    QColor bad;
    std::array<QColor, 7> series; ///< in this order; apart for colour-blind sight too

    /// By the lightness of the palette's window colour: Qt 6.4 has no colour-scheme query.
    static Theme of(const QPalette &palette);
    static bool isDarkPalette(const QPalette &palette);
    static QPalette palette(bool dark);
};

} // namespace bitprism
