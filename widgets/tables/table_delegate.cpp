// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_delegate.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/table_roles.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QRegularExpression>
#include <QStyle>

namespace bitprism {

QFont figureFont(const QFont &font)
{
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(u'0');
    for (char16_t figure = u'1'; figure <= u'9'; ++figure) {
        if (!qFuzzyCompare(metrics.horizontalAdvance(figure), width)) {
            QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
            fixed.setPointSizeF(font.pointSizeF());
            fixed.setWeight(font.weight());
            return fixed;
        }
    }
    return font;
}

namespace {

/// The name of a tensor that does not fit keeps its block and its last part.
QString fittingName(const QString &text, const QStyleOptionViewItem &option)
{
    static const QRegularExpression ofTensor(R"(\.\d+\.)");
    const QStyle &style
        = option.widget == nullptr ? *QApplication::style() : *option.widget->style();
    const int margin = 2 * (style.pixelMetric(QStyle::PM_FocusFrameHMargin) + 1);
    const bool fits = option.fontMetrics.horizontalAdvance(text) <= option.rect.width() - margin;
    return fits || !text.contains(ofTensor) ? text : shortLayerName(text);
}

/// A column that reaches beyond the table's edge shows its figures in the part that is seen. What
/// has no room is not shown at all: a figure that is cut would be read as another.
void keepWhole(QStyleOptionViewItem &option)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    if (view == nullptr) {
        return;
    }
    const int left = qMax(option.rect.left(), 0);
    const int right = qMin(option.rect.right(), view->viewport()->width() - 1);
    if (left <= right && right - left + 1 < option.rect.width()) {
        option.rect.setLeft(left);
        option.rect.setRight(right);
    }
    const int margin = 2 * (view->style()->pixelMetric(QStyle::PM_FocusFrameHMargin) + 1);
    if (QFontMetrics(option.font).horizontalAdvance(option.text) > option.rect.width() - margin) {
        option.text = QStringLiteral("\u2026");
    }
}

} // namespace

void TableDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    RowDelegate::initStyleOption(option, index);
    const bool isFigure = option->displayAlignment.testFlag(Qt::AlignRight);
    if (!isFigure) {
        // Names of tensors differ at both ends; of words the first say most.
        option->textElideMode = option->text.contains(' ') ? Qt::ElideRight : Qt::ElideMiddle;
        option->text = fittingName(option->text, *option);
    }
    if (index.data(BestRole).toBool()) {
        option->font.setWeight(QFont::DemiBold);
    }
    if (isFigure) {
        option->font = figureFont(option->font);
        if (!option->rect.isEmpty()) { // else it is asked how much room it needs
            keepWhole(*option);
        }
    }
    if (index.data(MutedRole).toBool()) {
        const QColor muted = Theme::of(option->palette).mutedText;
        option->palette.setColor(QPalette::Text, muted);
        option->palette.setColor(QPalette::HighlightedText, muted);
    }
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem unbound = option;
    unbound.rect = QRect();
    return RowDelegate::sizeHint(unbound, index);
}

} // namespace bitprism
