// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_name_delegate.h"

#include <QApplication>
#include <QStyle>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int mostApart = 6; ///< rows before and behind that a name is read beside

} // namespace

Qt::TextElideMode RunNameDelegate::elisionOf(const QString &text, const QStringList &others,
                                             const QFontMetrics &metrics, int width)
{
    for (const Qt::TextElideMode mode : {Qt::ElideMiddle, Qt::ElideRight, Qt::ElideLeft}) {
        const QString shown = metrics.elidedText(text, mode, width);
        if (std::none_of(others.begin(), others.end(), [&](const QString &other) {
                return other != text && metrics.elidedText(other, mode, width) == shown;
            })) {
            return mode;
        }
    }
    return Qt::ElideMiddle;
}

void RunNameDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    RowDelegate::initStyleOption(option, index);
    const QStyle *style
        = option->widget == nullptr ? QApplication::style() : option->widget->style();
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, option, option->widget) + 1;
    const int width = option->rect.width() - 2 * margin;
    if (width <= 0 || option->fontMetrics.horizontalAdvance(option->text) <= width) {
        return;
    }
    QStringList others;
    for (int row = index.row() - mostApart; row <= index.row() + mostApart; ++row) {
        if (const QModelIndex other = index.siblingAtRow(row);
            row != index.row() && other.isValid()) {
            others.append(other.data().toString());
        }
    }
    option->textElideMode = elisionOf(option->text, others, option->fontMetrics, width);
}

} // namespace bitprism
