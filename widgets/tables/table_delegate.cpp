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

/// A column that reaches beyond the table's edge shows its figures in the part that is seen, whole
/// or with an ellipsis: cut in the middle, a figure would read as another.
void keepInSight(QStyleOptionViewItem &option)
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
        option.textElideMode = Qt::ElideRight;
    }
}

} // namespace

void TableDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    RowDelegate::initStyleOption(option, index);
    if (option->displayAlignment.testFlag(Qt::AlignRight)) {
        option->font = figureFont(option->font);
        keepInSight(*option);
    } else {
        // Names of tensors differ at both ends; of words the first say most.
        option->textElideMode = option->text.contains(' ') ? Qt::ElideRight : Qt::ElideMiddle;
        option->text = fittingName(option->text, *option);
    }
    if (index.data(BestRole).toBool()) {
        option->font.setWeight(QFont::DemiBold);
    }
    if (index.data(MutedRole).toBool()) {
        const QColor muted = Theme::of(option->palette).mutedText;
        option->palette.setColor(QPalette::Text, muted);
        option->palette.setColor(QPalette::HighlightedText, muted);
    }
}

} // namespace bitprism
