// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QWidget>

namespace bitprism {

/// `count` steps of the one rhythm of the window: 4 pixels each at the usual font, growing with it.
/// Used as 1, 2, 3, 4 and 6.
inline int space(const QWidget *widget, int count)
{
    return qMax(1, qRound(count * widget->fontMetrics().height() / 4.25));
}

/// `count` widths of the letter M.
inline int em(const QWidget *widget, double count)
{
    return qRound(count * widget->fontMetrics().horizontalAdvance(QLatin1Char('M')));
}

/// The widget's font, `factor` times as large: 0.85 for notes, 1.2 for titles, 1.5 for figures.
inline QFont scaledFont(const QWidget *widget, double factor, QFont::Weight weight = QFont::Normal)
{
    QFont font = widget->font();
    font.setPointSizeF(font.pointSizeF() * factor);
    font.setWeight(weight);
    return font;
}

} // namespace bitprism
