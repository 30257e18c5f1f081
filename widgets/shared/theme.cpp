// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/theme.h"

namespace bitprism {

namespace {

Theme lightTheme()
{
    Theme theme;
    theme.surface = QColor(0xffffff);
    theme.border = QColor(0xd5d9e0);
    theme.grid = QColor(0xe6e9ee);
    theme.mutedText = QColor(0x5a6372);
    theme.accent = QColor(0x1f5fbf);
    theme.good = QColor(0x1f7a3f);
    theme.warning = QColor(0x9a5b00);
    theme.bad = QColor(0xb3261e);
    theme.series = {QColor(0x1d299f), QColor(0xcb770d), QColor(0x15a593), QColor(0x6a064b),
                    QColor(0x725723), QColor(0x8863c6), QColor(0x316b7a)};
    return theme;
}

Theme darkTheme()
{
    Theme theme;
    theme.isDark = true;
    theme.surface = QColor(0x1e222a);
    theme.border = QColor(0x3a404c);
    theme.grid = QColor(0x2c313b);
    theme.mutedText = QColor(0xa0a9b8);
    theme.accent = QColor(0x7fb0ff);
    theme.good = QColor(0x6fcf8f);
    theme.warning = QColor(0xf0b45a);
    theme.bad = QColor(0xff8a80);
    theme.series = {QColor(0x87c0f6), QColor(0xf9d6b6), QColor(0x3d9453), QColor(0xb84bb3),
                    QColor(0xbfb223), QColor(0xa48df4), QColor(0x91effe)};
    return theme;
}

} // namespace

Theme Theme::of(const QPalette &palette)
{
    return isDarkPalette(palette) ? darkTheme() : lightTheme();
}

bool Theme::isDarkPalette(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

QPalette Theme::palette(bool dark)
{
    const Theme theme = dark ? darkTheme() : lightTheme();
    const QColor window(dark ? 0x16191f : 0xf4f5f7);
    const QColor text(dark ? 0xe8ebf0 : 0x1b1f27);
    const QColor selection(dark ? 0x2a3f63 : 0xd9e6fb);
    QPalette palette(text, theme.surface, theme.surface.lighter(110), theme.border,
                     theme.border.darker(105), text, text, theme.surface, window);
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::Button, theme.surface);
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::ToolTipBase, theme.surface);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Highlight, selection);
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::PlaceholderText, theme.mutedText);
    palette.setColor(QPalette::Link, theme.accent);
    palette.setColor(QPalette::LinkVisited, theme.accent);
    palette.setColor(QPalette::Shadow, theme.border.darker(dark ? 160 : 120));
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, theme.mutedText);
    }
    return palette;
}

} // namespace bitprism
